import assert from "node:assert/strict";
import { accessTable } from "../../trust/access";
import { buildTrustPolicy } from "../../trust/policy";
import { IdentityMode, type TrustedCluster } from "../../trust/types";
import { A, B, HOST_B } from "./evaluateCases";

const clusters = [
  { name: "west", oidcProviderArn: B },
  { name: "east", oidcProviderArn: A },
];
const accounts = [
  { namespace: "default", name: "s3-reader" },
  { namespace: "jobs", name: "writer" },
];
const built = () =>
  buildTrustPolicy([
    {
      name: "east",
      oidcProviderArn: A,
      subjects: ["system:serviceaccount:default:s3-reader", "system:serviceaccount:jobs:writer"],
    },
    { name: "west", oidcProviderArn: B, subjects: ["system:serviceaccount:jobs:writer"] },
  ]);

describe("accessTable", () => {
  const expected = [
    {
      cluster: "west",
      namespace: "default",
      serviceAccount: "s3-reader",
      decision: "deny",
      reason: `statement 1: StringEquals on ${HOST_B}:sub does not hold`,
    },
    { cluster: "west", namespace: "jobs", serviceAccount: "writer", decision: "allow", statement: 1 },
    { cluster: "east", namespace: "default", serviceAccount: "s3-reader", decision: "allow", statement: 0 },
    { cluster: "east", namespace: "jobs", serviceAccount: "writer", decision: "allow", statement: 0 },
  ].map((row) => ({
    identity: IdentityMode.Irsa,
    ...row,
    ...(row.decision === "allow" && { reason: `statement ${row.statement}: its conditions hold` }),
  }));

  it("has a row for each cluster and ServiceAccount, in the order given", () => {
    assert.deepEqual(accessTable(built(), clusters, accounts), expected);
  });

  it("reads the document as text too", () => {
    assert.deepEqual(accessTable(JSON.stringify(built(), null, 2), clusters, accounts), expected);
  });

  it("says of each row that the text cannot be read", () => {
    for (const text of ["{", "null", '"text"']) {
      const rows = accessTable(text, clusters, accounts);
      assert.deepEqual(
        rows.map(({ decision, reason }) => [decision, reason]),
        Array.from({ length: 4 }, () => ["indeterminate", "the document cannot be read"]),
      );
    }
  });

  it("has no rows where there is nobody to ask about", () => {
    assert.deepEqual(accessTable(built(), [], accounts), []);
    assert.deepEqual(accessTable(built(), clusters, []), []);
  });
});

describe("accessTable, of clusters with Pod Identity", () => {
  const clusterArn = "arn:aws:eks:us-east-1:123456789012:cluster/east";
  const subjects = ["system:serviceaccount:jobs:writer"];
  const { Irsa, PodIdentity } = IdentityMode;
  const rowsOf = (cluster: Omit<TrustedCluster, "subjects">) =>
    accessTable(buildTrustPolicy([{ ...cluster, subjects }]), [cluster], accounts).map(
      ({ identity, serviceAccount, decision, statement, clusterWide }) =>
        [identity, serviceAccount, decision, statement, clusterWide] as const,
    );

  it("has a row for each way that the cluster has", () => {
    assert.deepEqual(rowsOf({ name: "east", oidcProviderArn: A, podIdentity: { clusterArn } }), [
      [Irsa, "s3-reader", "deny", undefined, undefined],
      [Irsa, "writer", "allow", 0, undefined],
      [PodIdentity, "s3-reader", "deny", undefined, undefined],
      [PodIdentity, "writer", "allow", 1, undefined],
    ]);
    assert.deepEqual(rowsOf({ name: "east", podIdentity: { clusterArn } }), [
      [PodIdentity, "s3-reader", "deny", undefined, undefined],
      [PodIdentity, "writer", "allow", 0, undefined],
    ]);
  });

  it("has none of a cluster with neither", () => {
    assert.deepEqual(accessTable(built(), [{ name: "none" }], accounts), []);
  });

  it("shows that every ServiceAccount is admitted where session tags are off", () => {
    const cluster = { name: "east", podIdentity: { clusterArn, disableSessionTags: true } };
    assert.deepEqual(rowsOf(cluster), [
      [PodIdentity, "s3-reader", "allow", 0, true],
      [PodIdentity, "writer", "allow", 0, true],
    ]);
    const policy = buildTrustPolicy([{ ...cluster, subjects }]);
    const [row] = accessTable(policy, [cluster], accounts);
    assert.equal(
      row?.reason,
      "statement 0: its conditions hold; with session tags off IAM sees the cluster alone, so every ServiceAccount of it is admitted that an association gives this role",
    );
    const other = { ...cluster, podIdentity: { ...cluster.podIdentity, clusterArn: `${clusterArn}-2` } };
    const [denied] = accessTable(policy, [other], accounts);
    assert.deepEqual([denied?.decision, denied?.clusterWide], ["deny", undefined]);
  });

  it("tells ServiceAccounts of a base role apart, by their external IDs where session tags are off", () => {
    for (const disableSessionTags of [false, true]) {
      const baseRoleArn = "arn:aws:iam::123456789012:role/base";
      const podIdentity = { clusterArn, baseRoleArn, disableSessionTags };
      assert.deepEqual(rowsOf({ name: "east", podIdentity }), [
        [PodIdentity, "s3-reader", "deny", undefined, undefined],
        [PodIdentity, "writer", "allow", 0, undefined],
      ]);
    }
  });
});
