import assert from "node:assert/strict";
import type { V1Pod } from "@kubernetes/client-node";
import type { SamplePodSettings } from "../../index";
import { IdentityMode } from "../../trust/types";
import { samplePodScript } from "../../components/proofScript";
import { late, POD } from "../support/clusters";
import { restrictedViolations } from "../support/podSecurity";
import { record, type Registration, UNKNOWN } from "../support/recorder";

const ROLE_ARN = "arn:aws:iam::123456789012:role/app";

/** The sample pod of the ServiceAccount default/s3-reader. */
async function samplePod(
  samplePod: SamplePodSettings = {},
  roleArn = ROLE_ARN,
): Promise<Registration & { inputs: V1Pod }> {
  const { recording } = await record(
    (lib) =>
      new lib.IrsaServiceAccount("reader", { namespace: "default", name: "s3-reader", roleArn, samplePod }),
  );
  return recording.one(POD);
}

const HARDENED = {
  runAsNonRoot: true,
  runAsUser: 65534,
  runAsGroup: 65534,
  fsGroup: 65534,
  seccompProfile: { type: "RuntimeDefault" },
};

describe("sample pod", () => {
  it("is exactly this", async () => {
    const { inputs, customTimeouts, ignoreChanges } = await samplePod();
    const { name, ...metadata } = inputs.metadata!;
    assert.match(name!, /^s3-reader-irsa-sample-[0-9a-f]{8}$/);
    assert.deepEqual(metadata, {
      namespace: "default",
      labels: { "app.kubernetes.io/name": "irsa-sample" },
    });
    assert.deepEqual(inputs.spec, {
      serviceAccountName: "s3-reader",
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      nodeSelector: { "kubernetes.io/os": "linux" },
      securityContext: HARDENED,
      containers: [
        {
          name: "aws-cli",
          image: "amazon/aws-cli:2.37.5",
          command: ["sh", "-c", samplePodScript(IdentityMode.Irsa)],
          env: [
            { name: "EXPECTED_ROLE_ARN", value: ROLE_ARN },
            { name: "HOME", value: "/home/irsa-sample" },
            { name: "TERMINATION_LOG", value: "/dev/termination-log" },
            { name: "AWS_EC2_METADATA_DISABLED", value: "true" },
          ],
          workingDir: "/home/irsa-sample",
          volumeMounts: [{ name: "home", mountPath: "/home/irsa-sample" }],
          readinessProbe: {
            exec: { command: ["sh", "-c", 'test -f "$HOME/ready"'] },
            periodSeconds: 2,
            failureThreshold: 1,
          },
          resources: { requests: { cpu: "10m", memory: "128Mi" }, limits: { memory: "256Mi" } },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
          terminationMessagePath: "/dev/termination-log",
          terminationMessagePolicy: "FallbackToLogsOnError",
        },
      ],
      volumes: [{ name: "home", emptyDir: { sizeLimit: "64Mi" } }],
    });
    assert.deepEqual(customTimeouts, { create: "5m", update: "5m", delete: "" });
    // The webhook's volume comes before these.
    assert.deepEqual(ignoreChanges, ["spec.volumes"]);
  });

  it("keeps every control of the restricted Pod Security Standard", async () => {
    const { inputs } = await samplePod({ nodeSelector: { a: "b" }, labels: { c: "d" } });
    assert.deepEqual(restrictedViolations(inputs.spec!), []);
  });

  it("has the image, labels and nodes that it is given, beside its own", async () => {
    const { inputs } = await samplePod({
      image: late("registry.example.com/aws-cli:1"),
      labels: { team: "data" },
      nodeSelector: { "kubernetes.io/arch": "arm64" },
    });
    assert.equal(inputs.spec?.containers[0]?.image, "registry.example.com/aws-cli:1");
    assert.deepEqual(inputs.metadata?.labels, { "app.kubernetes.io/name": "irsa-sample", team: "data" });
    assert.deepEqual(inputs.spec.nodeSelector, {
      "kubernetes.io/os": "linux",
      "kubernetes.io/arch": "arm64",
    });
  });

  it("is another pod for another spec, and the same for the same", async () => {
    const nameOf = async (...args: Parameters<typeof samplePod>) =>
      (await samplePod(...args)).inputs.metadata?.name;
    const first = await nameOf();
    assert.equal(await nameOf(), first);
    assert.equal(await nameOf({ image: late("amazon/aws-cli:2.37.5") }), first);
    // Labels of a running pod can be changed.
    assert.equal(await nameOf({ labels: { team: "data" } }), first);
    const others = [
      await nameOf({}, `${ROLE_ARN}-2`),
      await nameOf({ image: "amazon/aws-cli:2.37.4" }),
      await nameOf({ nodeSelector: { a: "b" } }),
    ];
    assert.equal(new Set([first, ...others]).size, 4);
  });

  it("does not depend on the order in which node labels were written", async () => {
    const names = await Promise.all(
      [
        { a: "1", b: "2" },
        { b: "2", a: "1" },
      ].map(async (nodeSelector) => {
        const { recording } = await record(
          (lib) =>
            new lib.IrsaServiceAccount("reader", {
              namespace: "default",
              name: "s3-reader",
              roleArn: ROLE_ARN,
              samplePod: { nodeSelector },
            }),
        );
        return (recording.one(POD).inputs as V1Pod).metadata?.name;
      }),
    );
    assert.equal(names[0], names[1]);
  });

  it("has no name at preview while its role's ARN is not known", async () => {
    const { recording } = await record(
      (lib) => {
        const role = new lib.IrsaRole("app", {
          clusters: [
            { name: "blue", oidcProviderArn: "arn:aws:iam::123456789012:oidc-provider/issuer.example.com" },
          ],
          serviceAccounts: [{ namespace: "default", name: "s3-reader" }],
        });
        const names = { namespace: "default", name: "s3-reader" };
        new lib.IrsaServiceAccount("reader", { ...names, roleArn: role.roleArn, samplePod: {} });
      },
      { preview: true },
    );
    const { metadata, spec } = recording.one(POD).inputs as {
      metadata: { name: unknown };
      spec: { containers: { env: unknown[] }[] };
    };
    assert.equal(metadata.name, UNKNOWN);
    assert.deepEqual(spec.containers[0]?.env[0], { name: "EXPECTED_ROLE_ARN", value: UNKNOWN });
  });
});

describe("the restricted Pod Security Standard, as these tests read it", () => {
  const breaks: [string, (spec: NonNullable<V1Pod["spec"]>) => void][] = [
    ["host namespaces", (spec) => (spec.hostNetwork = true)],
    ["volume types", (spec) => spec.volumes?.push({ name: "x", hostPath: { path: "/" } })],
    ["privileged", (spec) => (spec.containers[0]!.securityContext!.privileged = true)],
    ["privilege escalation", (spec) => delete spec.containers[0]!.securityContext!.allowPrivilegeEscalation],
    ["running as non-root", (spec) => delete spec.securityContext!.runAsNonRoot],
    ["running as non-root user (pod)", (spec) => (spec.securityContext!.runAsUser = 0)],
    ["seccomp", (spec) => delete spec.securityContext!.seccompProfile],
    ["capabilities", (spec) => (spec.containers[0]!.securityContext!.capabilities = { add: ["SYS_TIME"] })],
    ["host ports", (spec) => (spec.containers[0]!.ports = [{ containerPort: 1, hostPort: 1 }])],
  ];
  for (const [control, breakIt] of breaks) {
    it(`sees a breach of: ${control}`, async () => {
      const { inputs } = await samplePod();
      breakIt(inputs.spec!);
      assert.deepEqual(restrictedViolations(inputs.spec!), [control]);
    });
  }
});
