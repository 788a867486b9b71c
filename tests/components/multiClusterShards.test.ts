import assert from "node:assert/strict";
import type { IrsaCluster, MultiClusterIrsa, MultiClusterIrsaArgs, TrustPolicy } from "../../index";
import {
  ATTACHMENT,
  FLEET,
  INLINE_POLICY,
  POD,
  PROVIDER,
  READER,
  ROLE,
  S3_READ,
  SERVICE_ACCOUNT,
} from "../support/clusters";
import { providerArn, trustedFleet } from "../support/fleet";
import { record, recordFailure, valueOf, type Recording } from "../support/recorder";
import { federatedOf } from "../support/statements";

/** Clusters of us-east-1, so many in each shard. */
function fleet(sizes: Record<string, number>): IrsaCluster[] {
  const shards = Object.entries(sizes).flatMap(([shard, count]) => Array<string>(count).fill(shard));
  return trustedFleet(shards.length).map(({ name, oidcProviderArn }, index) => ({
    name,
    issuerUrl: oidcProviderArn.replace(/^.*oidc-provider\//, "https://"),
    kubeconfig: `kubeconfig of ${name}`,
    shard: shards[index]!,
  }));
}

const argsOf = (sizes: Record<string, number>, changes: Partial<MultiClusterIrsaArgs> = {}) => ({
  clusters: fleet(sizes),
  serviceAccounts: [READER],
  policyArns: { s3Read: S3_READ },
  trust: { shards: ["a", "b"] },
  ...changes,
});
const deploy = (args: MultiClusterIrsaArgs) => record((lib) => new lib.MultiClusterIrsa("app", args));
const arnOf = (role: string) => `arn:aws:iam::123456789012:role/${role}-1a2b3c4`;

describe("MultiClusterIrsa: shards", () => {
  let recording: Recording;
  let irsa: MultiClusterIrsa;
  before(async () => {
    ({ recording, result: irsa } = await deploy(
      argsOf({ a: 2, b: 1 }, { inlinePolicies: { queue: "{}" }, samplePod: {} }),
    ));
  });

  it("one role for each, with the same permissions, that trusts the shard's own clusters", () => {
    assert.deepEqual(
      recording.of(ROLE).map(({ name }) => name),
      ["app-a", "app-b"],
    );
    for (const [name, clusters] of [
      ["app-a", ["cluster-00", "cluster-01"]],
      ["app-b", ["cluster-02"]],
    ] as const) {
      const { Statement } = JSON.parse(
        String(recording.one(ROLE, name).inputs.assumeRolePolicy),
      ) as TrustPolicy;
      const expected = argsOf({ a: 2, b: 1 }).clusters.filter((one) => clusters.includes(one.name as never));
      assert.deepEqual(
        Statement.map(federatedOf),
        expected.map(({ issuerUrl }) => providerArn(issuerUrl as string)),
      );
      const role = `${name}-1a2b3c4`;
      const shard = name.replace("app-", "");
      assert.equal(recording.one(ATTACHMENT, `app/${shard}/s3Read`).inputs.role, role);
      assert.equal(recording.one(ATTACHMENT, `app/${shard}/s3Read`).inputs.policyArn, S3_READ);
      assert.equal(recording.one(INLINE_POLICY, `app/${shard}/queue`).inputs.role, role);
    }
  });

  it("each waits for its own clusters' providers alone", () => {
    const labels = (name: string) =>
      recording.one(ROLE, name).dependencies.map((urn) => recording.label(urn));
    assert.deepEqual(labels("app-a").sort(), [
      "OpenIdConnectProvider app/cluster-00",
      "OpenIdConnectProvider app/cluster-01",
    ]);
    assert.deepEqual(labels("app-b"), ["OpenIdConnectProvider app/cluster-02"]);
  });

  it("ServiceAccounts and pods get the role of their own cluster's shard", () => {
    for (const [cluster, role] of [
      ["cluster-00", "app-a"],
      ["cluster-01", "app-a"],
      ["cluster-02", "app-b"],
    ] as const) {
      const { inputs } = recording.one(SERVICE_ACCOUNT, `app/${cluster}/default/s3-reader`);
      assert.deepEqual((inputs.metadata as { annotations: unknown }).annotations, {
        "eks.amazonaws.com/role-arn": arnOf(role),
      });
      assert.ok(
        JSON.stringify(recording.one(POD, `app/${cluster}/default/s3-reader`).inputs).includes(arnOf(role)),
      );
    }
  });

  it("outputs say which role serves which cluster", async () => {
    assert.deepEqual(await valueOf(irsa.roleArns), {
      "cluster-00": arnOf("app-a"),
      "cluster-01": arnOf("app-a"),
      "cluster-02": arnOf("app-b"),
    });
    const shardRoles = await valueOf(irsa.shardRoles);
    assert.deepEqual(Object.keys(shardRoles), ["a", "b"]);
    const policy = String(recording.one(ROLE, "app-b").inputs.assumeRolePolicy);
    assert.deepEqual(shardRoles.b, {
      roleArn: arnOf("app-b"),
      roleName: "app-b-1a2b3c4",
      trustPolicyJson: policy,
      trustPolicySize: policy.length,
    });
    const registered = recording.outputs.get(recording.one(FLEET).urn) as object;
    assert.deepEqual(Object.keys(registered).sort(), ["oidcProviderArns", "roleArns", "shardRoles"]);
  });

  it("there is no one role, which whoever reads it is told", () => {
    for (const property of [
      "roleArn",
      "roleName",
      "trustPolicyJson",
      "trustPolicySize",
      "serviceAccountAnnotations",
    ] as const) {
      assert.throws(() => irsa[property], {
        message: `MultiClusterIrsa "app" has one role for each shard, so there is no ${property}: read roleArns["<cluster>"], or shardRoles["<shard>"].${property}`,
      });
    }
  });

  it("a shard in which there is nobody yet has no role", async () => {
    const { recording: one } = await deploy(argsOf({ a: 2 }));
    assert.deepEqual(
      one.of(ROLE).map(({ name }) => name),
      ["app-a"],
    );
    const unbound = argsOf({ a: 1, b: 1 }, { serviceAccounts: [{ ...READER, clusters: ["cluster-00"] }] });
    const { recording: two } = await deploy(unbound);
    assert.deepEqual(
      two.of(ROLE).map(({ name }) => name),
      ["app-a"],
    );
    assert.equal(two.of(PROVIDER).length, 2);
  });

  it("names the roles after the one that was given", async () => {
    const { recording: named } = await deploy(argsOf({ a: 1, b: 1 }, { role: { name: "reader" } }));
    assert.deepEqual(
      named.of(ROLE).map(({ inputs }) => inputs.name),
      ["reader-a", "reader-b"],
    );
  });

  it("the original shard keeps the role that was there before, its name and its policies", async () => {
    const args = argsOf(
      { a: 1, b: 1 },
      { role: { name: "reader" }, trust: { shards: ["b", "a"], originalShard: "a" } },
    );
    const { recording: original } = await deploy(args);
    const roles = original.of(ROLE).map(({ name, inputs }) => [name, inputs.name]);
    assert.deepEqual(Object.fromEntries(roles), { "app/reader": "reader", "app-b": "reader-b" });
    assert.deepEqual(
      original
        .of(ATTACHMENT)
        .map(({ name }) => name)
        .sort(),
      ["app/b/s3Read", "app/reader/s3Read"],
    );
  });

  it("adding a cluster to one shard leaves the others' resources as they were", async () => {
    const before = (await deploy(argsOf({ a: 2, b: 2 }))).recording;
    const { clusters } = argsOf({ a: 2, b: 3 });
    const after = (await deploy({ ...argsOf({}), clusters: [clusters.at(-1)!, ...clusters.slice(0, -1)] }))
      .recording;
    const changed = after.resources
      .filter(({ type, name, inputs }) => {
        const old = before.resources.find((one) => one.type === type && one.name === name);
        return type !== FLEET && JSON.stringify(old?.inputs) !== JSON.stringify(inputs);
      })
      .map(({ urn }) => after.label(urn));
    assert.deepEqual(
      changed.filter((label) => !label.includes("cluster-04")),
      ["Role app-b"],
    );
  });

  it("a full shard: the error names it, and the free places elsewhere", async () => {
    const full = argsOf({ a: 5, b: 1, c: 0 }, { trust: { shards: ["a", "b", "c"] } });
    const { errors, resources } = await recordFailure((lib) => new lib.MultiClusterIrsa("app", full));
    assert.deepEqual(resources, []);
    assert.match(
      errors[0]!.message,
      /are too many: shard "a": the trust policy needs 2238 .* cluster "cluster-04" is the first .*\(room for clusters like "cluster-04": "b" for 3, "c" for 4\)/,
    );
    assert.doesNotMatch(errors[0]!.message, /make one role for each/);
    const only = argsOf({ a: 5 }, { trust: { shards: ["a"] } });
    const { errors: alone } = await recordFailure((lib) => new lib.MultiClusterIrsa("app", only));
    assert.match(alone[0]!.message, /there is no other shard/);
  });
});
