import assert from "node:assert/strict";
import { injectionPatch, type Pod } from "../../../lab/kubernetes/podIdentity/inject";

const agentUri = "http://127.0.0.1:2080/v1/credentials";
const roleArn = "arn:aws:iam::123456789012:role/reader";
const mountPath = "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount";
const tokenName = "eks-pod-identity-token";

const sts = { name: "AWS_STS_REGIONAL_ENDPOINTS", value: "regional" };
const region = [
  { name: "AWS_DEFAULT_REGION", value: "eu-west-1" },
  { name: "AWS_REGION", value: "eu-west-1" },
];
const identity = [
  { name: "AWS_CONTAINER_CREDENTIALS_FULL_URI", value: agentUri },
  { name: "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", value: `${mountPath}/${tokenName}` },
];
const mount = { name: tokenName, readOnly: true, mountPath };
const volume = (expirationSeconds = 86_400) => ({
  name: tokenName,
  projected: {
    sources: [
      { serviceAccountToken: { audience: "pods.eks.amazonaws.com", expirationSeconds, path: tokenName } },
    ],
  },
});

type Spec = NonNullable<Pod["spec"]>;
type Value = Record<string, unknown>;

function podOf(spec: Spec = {}, annotations?: Record<string, string>): Pod {
  return { metadata: { annotations }, spec: { containers: [{ name: "main" }], ...spec } };
}

/** The patch for a pod whose ServiceAccount has an association, its operations by path. */
function patched(pod: Pod, annotations?: Record<string, string>): Record<string, unknown> {
  const patch = injectionPatch(pod, { annotations, agentUri }, "eu-west-1") ?? [];
  return Object.fromEntries(patch.map(({ path, value }) => [path, value]));
}

function firstContainer(pod: Pod, annotations?: Record<string, string>): Value {
  return (patched(pod, annotations)["/spec/containers"] as Value[])[0]!;
}

describe("injection of an EKS Pod Identity", () => {
  it("adds volume, variables and mount, in that order, where there is an association and no annotation", () => {
    assert.deepEqual(injectionPatch(podOf(), { annotations: undefined, agentUri }, "eu-west-1"), [
      { op: "add", path: "/spec/volumes", value: [volume()] },
      {
        op: "add",
        path: "/spec/containers",
        value: [{ name: "main", env: [sts, ...region, ...identity], volumeMounts: [mount] }],
      },
    ]);
  });

  it("gives a pod nothing of its annotated role, and no second token, where there is an association too", () => {
    const annotations = {
      "eks.amazonaws.com/role-arn": roleArn,
      "eks.amazonaws.com/audience": "vault",
    };
    assert.deepEqual(patched(podOf(), annotations), patched(podOf()));
    assert.doesNotMatch(JSON.stringify(patched(podOf(), annotations)), /AWS_ROLE_ARN|aws-iam-token|vault/);
  });

  it("gives the annotated role as soon as there is no association", () => {
    const annotations = { "eks.amazonaws.com/role-arn": roleArn };
    const patch = JSON.stringify(injectionPatch(podOf(), { annotations }, "eu-west-1"));
    assert.match(patch, /AWS_ROLE_ARN/);
    assert.doesNotMatch(patch, /AWS_CONTAINER|pods\.eks/);
  });

  it("takes the other annotations of a ServiceAccount into account, and a pod's before those", () => {
    const annotations = {
      "eks.amazonaws.com/sts-regional-endpoints": "false",
      "eks.amazonaws.com/token-expiration": "10000",
    };
    const { env } = firstContainer(podOf(), annotations);
    assert.deepEqual(env, [...region, ...identity]);
    assert.deepEqual(patched(podOf(), annotations)["/spec/volumes"], [volume(10_000)]);
    const pod = podOf({}, { "eks.amazonaws.com/token-expiration": "4000" });
    assert.deepEqual(patched(pod, annotations)["/spec/volumes"], [volume(4_000)]);
  });

  it("puts the volume before those that are there", () => {
    assert.deepEqual(patched(podOf({ volumes: [{ name: "data" }] }))["/spec/volumes/0"], volume());
  });

  it("adds no volume where there is one of that name, and still mounts it", () => {
    const patch = patched(podOf({ volumes: [{ name: tokenName }] }));
    assert.deepEqual(Object.keys(patch), ["/spec/containers"]);
    assert.deepEqual((patch["/spec/containers"] as Value[])[0]?.volumeMounts, [mount]);
  });

  it("adds its volume beside one that holds a token for STS", () => {
    assert.deepEqual(patched(podOf({ volumes: [{ name: "aws-iam-token" }] }))["/spec/volumes/0"], volume());
  });

  it("mounts nothing twice", () => {
    const volumeMounts = [{ name: tokenName, mountPath: "/some/other/path" }];
    const container = firstContainer(podOf({ containers: [{ name: "main", volumeMounts }] }));
    assert.deepEqual(container.volumeMounts, volumeMounts);
  });

  it("changes init containers too, and skips the containers that the pod names", () => {
    const spec = {
      initContainers: [{ name: "first" }, { name: "sidecar" }],
      containers: [{ name: "sidecar" }, { name: "main" }],
    };
    const patch = patched(podOf(spec, { "eks.amazonaws.com/skip-containers": "sidecar" }));
    const changed = { env: [sts, ...region, ...identity], volumeMounts: [mount] };
    assert.deepEqual(patch["/spec/initContainers"], [{ name: "first", ...changed }, { name: "sidecar" }]);
    assert.deepEqual(patch["/spec/containers"], [{ name: "sidecar" }, { name: "main", ...changed }]);
  });

  const own = (name: string) => ({ name, value: "own" });
  for (const [title, env, added, mounts] of [
    ["no address where one is set", [own("AWS_CONTAINER_CREDENTIALS_FULL_URI")], [sts, ...region], [mount]],
    [
      "no address where a token file is set",
      [own("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")],
      [sts, ...region],
      [mount],
    ],
    [
      "an address where the container has a role of its own",
      [own("AWS_ROLE_ARN"), own("AWS_WEB_IDENTITY_TOKEN_FILE")],
      [sts, ...region, ...identity],
      [mount],
    ],
    ["no region where one is set", [own("AWS_REGION")], [sts, ...identity], [mount]],
    [
      "nothing, not even the mount, where all is set",
      [own("AWS_CONTAINER_CREDENTIALS_FULL_URI"), own("AWS_REGION"), own(sts.name)],
      [],
      undefined,
    ],
  ] as const) {
    it(`adds ${title}`, () => {
      const container = firstContainer(podOf({ containers: [{ name: "main", env: [...env] }] }));
      assert.deepEqual(container.env, [...env, ...added]);
      assert.deepEqual(container.volumeMounts, mounts);
    });
  }

  it("names the token's file as Windows does on Windows", () => {
    const { env } = firstContainer(podOf({ nodeSelector: { "kubernetes.io/os": "windows" } }));
    assert.deepEqual((env as object[]).at(-1), {
      name: "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
      value: `C:${mountPath.replaceAll("/", "\\")}\\${tokenName}`,
    });
  });
});
