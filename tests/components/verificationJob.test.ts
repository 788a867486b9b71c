import assert from "node:assert/strict";
import type { V1Job } from "@kubernetes/client-node";
import type { VerificationJobSettings } from "../../index";
import { IdentityMode } from "../../trust/types";
import { verificationScript } from "../../components/proofScript";
import { JOB, late, POD, goodArgs } from "../support/clusters";
import { restrictedViolations } from "../support/podSecurity";
import { record, type Registration } from "../support/recorder";

const ROLE_ARN = "arn:aws:iam::123456789012:role/app";

/** The verification Job of a ServiceAccount in the namespace default. */
async function verificationJob(
  settings: VerificationJobSettings = {},
  { name = "s3-reader", roleArn = ROLE_ARN } = {},
): Promise<Registration & { inputs: V1Job }> {
  const { recording } = await record(
    (lib) =>
      new lib.IrsaServiceAccount("reader", {
        namespace: "default",
        name,
        roleArn,
        verificationJob: settings,
      }),
  );
  return recording.one(JOB);
}

const nameOf = async (...args: Parameters<typeof verificationJob>): Promise<string> =>
  (await verificationJob(...args)).inputs.metadata?.name ?? "";

describe("verification Job", () => {
  it("is named by the ServiceAccount and a fingerprint, and replaced at the next up when it has failed", async () => {
    const { inputs, customTimeouts } = await verificationJob();
    const { name, ...metadata } = inputs.metadata!;
    assert.match(name!, /^s3-reader-irsa-verification-[0-9a-f]{8}$/);
    assert.deepEqual(metadata, {
      namespace: "default",
      labels: { "app.kubernetes.io/name": "irsa-verification" },
      annotations: { "pulumi.com/replaceUnready": "true" },
    });
    assert.equal(customTimeouts.create, "15m");
  });

  it("makes a new pod for every retry, for a container is never started again", async () => {
    const { inputs } = await verificationJob();
    assert.equal(inputs.spec?.template.spec?.restartPolicy, "Never");
    assert.equal(inputs.spec.backoffLimit, 5);
    assert.equal((await verificationJob({ retries: 0 })).inputs.spec?.backoffLimit, 0);
  });

  it("asks for the role by the ServiceAccount, and leaves AWS's error behind", async () => {
    const { inputs } = await verificationJob();
    const spec = inputs.spec!.template.spec!;
    assert.equal(spec.serviceAccountName, "s3-reader");
    assert.equal(spec.automountServiceAccountToken, false);
    const [container] = spec.containers;
    assert.deepEqual(container?.command, ["sh", "-c", verificationScript(IdentityMode.Irsa)]);
    assert.deepEqual(container.env?.[0], { name: "EXPECTED_ROLE_ARN", value: ROLE_ARN });
    assert.equal(container.terminationMessagePath, "/dev/termination-log");
    assert.equal(container.readinessProbe, undefined);
  });

  it("keeps every control of the restricted Pod Security Standard", async () => {
    const { inputs } = await verificationJob({ nodeSelector: { a: "b" }, labels: { c: "d" } });
    assert.deepEqual(restrictedViolations(inputs.spec!.template.spec!), []);
  });

  it("has the image, labels and nodes that it is given, on its pods too", async () => {
    const { inputs } = await verificationJob({
      image: late("registry.example.com/aws-cli:1"),
      labels: { team: "data" },
      nodeSelector: { "kubernetes.io/arch": "arm64" },
    });
    const { metadata, spec } = inputs.spec!.template;
    const labels = { "app.kubernetes.io/name": "irsa-verification", team: "data" };
    assert.equal(spec?.containers[0]?.image, "registry.example.com/aws-cli:1");
    assert.deepEqual(metadata?.labels, labels);
    assert.deepEqual(inputs.metadata?.labels, labels);
    assert.equal(spec.nodeSelector?.["kubernetes.io/arch"], "arm64");
  });

  it("is another Job for another spec, and the same for the same", async () => {
    const first = await nameOf();
    assert.equal(await nameOf({ image: late("amazon/aws-cli:2.37.5") }), first);
    const others = [
      await nameOf({}, { roleArn: `${ROLE_ARN}-2` }),
      await nameOf({ retries: 1 }),
      await nameOf({ labels: { team: "data" } }),
    ];
    assert.equal(new Set([first, ...others]).size, 4);
  });

  it("has a name that fits into a label, however long the ServiceAccount's is, and its own", async () => {
    const long = "a".repeat(34);
    const names = [
      await nameOf({}, { name: `${long}.b.c` }),
      await nameOf({}, { name: `${long}.b.d` }),
      await nameOf({}, { name: `${"a".repeat(252)}b` }),
    ];
    for (const name of names) assert.match(name, /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
    for (const name of names) assert.ok(name.length <= 63, name);
    assert.equal(new Set(names).size, 3);
  });

  it("is made by MultiClusterIrsa for each ServiceAccount in each of its clusters, with or without sample pods", async () => {
    const { recording } = await record(
      (lib) => new lib.MultiClusterIrsa("app", goodArgs({ verificationJob: {} })),
    );
    assert.deepEqual(
      recording.of(JOB).map(({ name }) => name),
      recording.of("kubernetes:core/v1:ServiceAccount").map(({ name }) => name),
    );
    assert.deepEqual(recording.of(POD), []);
  });
});
