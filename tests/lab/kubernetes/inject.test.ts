import assert from "node:assert/strict";
import { injectionPatch, type Pod } from "../../../lab/kubernetes/podIdentity/inject";

const roleArn = "arn:aws:iam::123456789012:role/reader";
const mountPath = "/var/run/secrets/eks.amazonaws.com/serviceaccount";
const annotated = (more: Record<string, string> = {}) => ({ "eks.amazonaws.com/role-arn": roleArn, ...more });

const sts = { name: "AWS_STS_REGIONAL_ENDPOINTS", value: "regional" };
const region = [
  { name: "AWS_DEFAULT_REGION", value: "eu-west-1" },
  { name: "AWS_REGION", value: "eu-west-1" },
];
const identity = [
  { name: "AWS_ROLE_ARN", value: roleArn },
  { name: "AWS_WEB_IDENTITY_TOKEN_FILE", value: `${mountPath}/token` },
];
const mount = { name: "aws-iam-token", readOnly: true, mountPath };
const volume = (audience = "sts.amazonaws.com", expirationSeconds = 86_400) => ({
  name: "aws-iam-token",
  projected: { sources: [{ serviceAccountToken: { audience, expirationSeconds, path: "token" } }] },
});

/** A pod with the containers of a test, and what else it says. */
function podOf(
  env: { name: string; value?: string }[] = [],
  more: Partial<NonNullable<Pod["spec"]>> = {},
  annotations?: Record<string, string>,
): Pod {
  const volumes = [{ name: "kube-api-access" }];
  return { metadata: { annotations }, spec: { volumes, containers: [{ name: "main", env }], ...more } };
}

function patchOf(pod: Pod, annotations?: Record<string, string>) {
  return injectionPatch(pod, { annotations }, "eu-west-1");
}

function valueAt(pod: Pod, path: string, serviceAccount = annotated()): unknown {
  return patchOf(pod, serviceAccount)?.find((operation) => operation.path === path)?.value;
}

describe("injection of an AWS identity", () => {
  it("leaves pods alone whose ServiceAccount has no role", () => {
    assert.equal(patchOf(podOf(), undefined), undefined);
    assert.equal(patchOf(podOf(), annotated({ "eks.amazonaws.com/role-arn": "" })), undefined);
  });

  it("adds volume, variables and mount, in that order, as EKS does", () => {
    assert.deepEqual(patchOf(podOf(), annotated()), [
      { op: "add", path: "/spec/volumes/0", value: volume() },
      {
        op: "add",
        path: "/spec/containers",
        value: [{ name: "main", env: [sts, ...region, ...identity], volumeMounts: [mount] }],
      },
    ]);
  });

  it("makes the list of volumes where there is none", () => {
    assert.deepEqual(valueAt(podOf([], { volumes: undefined }), "/spec/volumes"), [volume()]);
  });

  it("adds no volume where there is one of that name, and still mounts it", () => {
    const pod = podOf([], { volumes: [{ name: "aws-iam-token" }] });
    assert.deepEqual(
      patchOf(pod, annotated())?.map(({ path }) => path),
      ["/spec/containers"],
    );
  });

  const own = (name: string) => ({ name, value: "own" });
  for (const [title, env, added, mounts] of [
    ["no region where one of the two variables is set", [own("AWS_REGION")], [sts, ...identity], [mount]],
    ["no role where one is set", [own("AWS_ROLE_ARN")], [sts, ...region], [mount]],
    ["no role where a token file is set", [own("AWS_WEB_IDENTITY_TOKEN_FILE")], [sts, ...region], [mount]],
    ["no STS setting where one is set", [own(sts.name)], [...region, ...identity], [mount]],
    [
      "nothing, not even the mount, where all is set",
      [own("AWS_ROLE_ARN"), own("AWS_DEFAULT_REGION"), own(sts.name)],
      [],
      undefined,
    ],
  ] as const) {
    it(`adds ${title}`, () => {
      const [container] = valueAt(podOf([...env]), "/spec/containers") as {
        env: object[];
        volumeMounts?: object[];
      }[];
      assert.deepEqual(container?.env, [...env, ...added]);
      assert.deepEqual(container.volumeMounts, mounts);
    });
  }

  it("mounts nothing twice", () => {
    const containers = [{ name: "main", volumeMounts: [{ name: "aws-iam-token", mountPath: "/elsewhere" }] }];
    const [container] = valueAt(podOf([], { containers }), "/spec/containers") as {
      volumeMounts: object[];
    }[];
    assert.deepEqual(container?.volumeMounts, containers[0]?.volumeMounts);
  });

  it("changes init containers too", () => {
    const pod = podOf([], { initContainers: [{ name: "first" }] });
    assert.deepEqual(valueAt(pod, "/spec/initContainers"), [
      { name: "first", env: [sts, ...region, ...identity], volumeMounts: [mount] },
    ]);
  });

  for (const [list, skipped] of [
    ["main", true],
    ["other,main", true],
    ['"main"', true],
    ["other, main", false],
    ['ma"in,main', false],
    ["", false],
  ] as const) {
    it(`${skipped ? "skips" : "does not skip"} the container when told to skip ${list || "nothing"}`, () => {
      const pod = podOf([], {}, { "eks.amazonaws.com/skip-containers": list });
      const [container] = valueAt(pod, "/spec/containers") as { volumeMounts?: object[] }[];
      assert.equal(container?.volumeMounts === undefined, skipped);
    });
  }

  for (const [ofPod, ofServiceAccount, expected] of [
    [undefined, undefined, 86_400],
    [undefined, "7200", 7200],
    ["3600", "7200", 3600],
    ["1", "7200", 600],
    [undefined, "599", 600],
    ["soon", "7200", 7200],
    [undefined, "1h", 86_400],
  ] as const) {
    it(`expires after ${expected} s: pod ${ofPod ?? "silent"}, ServiceAccount ${ofServiceAccount ?? "silent"}`, () => {
      const expiration = "eks.amazonaws.com/token-expiration";
      const pod = podOf([], {}, ofPod ? { [expiration]: ofPod } : undefined);
      const serviceAccount = annotated(ofServiceAccount ? { [expiration]: ofServiceAccount } : {});
      assert.deepEqual(valueAt(pod, "/spec/volumes/0", serviceAccount), volume(undefined, expected));
    });
  }

  it("asks for the audience that the ServiceAccount names", () => {
    const serviceAccount = annotated({ "eks.amazonaws.com/audience": "vault" });
    assert.deepEqual(valueAt(podOf(), "/spec/volumes/0", serviceAccount), volume("vault"));
  });

  for (const [text, isRegional] of [
    ["false", false],
    ["F", false],
    ["TRUE", true],
    ["no", true],
  ] as const) {
    it(`takes sts-regional-endpoints "${text}" for ${isRegional}`, () => {
      const serviceAccount = annotated({ "eks.amazonaws.com/sts-regional-endpoints": text });
      const [container] = valueAt(podOf(), "/spec/containers", serviceAccount) as {
        env: { name: string }[];
      }[];
      assert.equal(
        container?.env.some(({ name }) => name === sts.name),
        isRegional,
      );
    });
  }

  it("names the token's file as Windows does on Windows", () => {
    const pod = podOf([], { nodeSelector: { "kubernetes.io/os": "windows" } });
    const [container] = valueAt(pod, "/spec/containers") as { env: { name: string; value: string }[] }[];
    const file = container?.env.find(({ name }) => name === "AWS_WEB_IDENTITY_TOKEN_FILE")?.value;
    assert.equal(file, "C:\\var\\run\\secrets\\eks.amazonaws.com\\serviceaccount\\token");
  });
});
