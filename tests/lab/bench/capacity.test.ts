import assert from "node:assert/strict";
import { capacityTable, clustersPerRole, KINDS } from "../../../lab/bench/trust/capacity";
import { fleetOf, READER, readers, US_EAST_1 } from "../../../lab/bench/trust/fleet";
import { PEERS } from "../../../lab/bench/trust/peers";
import { buildTrustPolicy } from "../../../trust/policy";

describe("clusters per role, beside others", () => {
  const rows: Record<string, string[]> = {
    "eks-irsa, StatementPerCluster": ["4 / 9 / 18", "3 / 7 / 15", "4 / 8 / 17", "4 / 8 / 17", "4 / 8 / 17"],
    "eks-irsa, SubjectOnly": ["5 / 11 / 23", "4 / 9 / 18", "5 / 11 / 22", "5 / 11 / 22", "5 / 11 / 22"],
    // Six clusters with three ServiceAccounts each take 2,049 characters.
    "eks-irsa, SingleStatement": ["8 / 17 / 35", "5 / 12 / 25", "7 / 16 / 33", "7 / 16 / 33", "7 / 15 / 32"],
    "terraform-aws-iam": ["4 / 9 / 18", "3 / 7 / 15", "4 / 8 / 17", "4 / 8 / 17", "4 / 8 / 17"],
    "eksctl (*)": ["4 / 9 / 18", "-", "4 / 8 / 17", "4 / 8 / 17", "4 / 8 / 17"],
    "AWS CDK eks (*)": ["4 / 9 / 18", "-", "4 / 8 / 17", "4 / 8 / 17", "4 / 8 / 17"],
  };

  it("are as counted by hand, in each region and with several ServiceAccounts", () => {
    const table = capacityTable();
    assert.deepEqual(table.columns.slice(1), [
      "us-east-1",
      "us-east-1, 3 ServiceAccounts",
      "ap-northeast-2",
      "us-gov-west-1",
      "cn-northwest-1",
    ]);
    assert.deepEqual(Object.fromEntries(table.rows.map(([name, ...counts]) => [name, counts])), rows);
  });

  it("a document that is one character too long does not fit", () => {
    const [east] = KINDS;
    const ofSize = (size: number) => (clusters: unknown[]) => ({
      text: "x".repeat(size * clusters.length - 11),
    });
    assert.deepEqual(clustersPerRole(ofSize(1024), east!), [2, 4, 8]);
    assert.deepEqual(clustersPerRole(ofSize(1025), east!), [1, 3, 7]);
  });

  it("the others' documents have the sizes of their shapes: 38 and 440 for each cluster, with a list of actions 442", () => {
    const size = (name: string, count: number) => {
      const peer = PEERS.find((one) => one.name === name);
      return JSON.stringify(peer?.document(fleetOf(count, US_EAST_1, [READER]))).length;
    };
    for (const count of [1, 2, 7]) {
      assert.equal(size("terraform-aws-iam", count), 38 + 440 * count);
      assert.equal(size("AWS CDK eks", count), 38 + 440 * count);
      assert.equal(size("eksctl", count), 38 + 442 * count);
    }
  });

  it("terraform-aws-iam's document is ours with the audience, but for the order of the elements", () => {
    const clusters = fleetOf(3, US_EAST_1, readers(2));
    assert.deepEqual(PEERS[0]?.document(clusters), buildTrustPolicy(clusters));
  });

  it("clusters of a fleet have issuers of EKS's length, each its own", () => {
    const arns = fleetOf(1000, US_EAST_1, [READER]).map(({ oidcProviderArn }) => oidcProviderArn);
    assert.equal(new Set(arns).size, 1000);
    for (const arn of arns) assert.match(arn, /\/id\/[0-9A-F]{32}$/);
    for (const reader of readers(20)) assert.equal(reader.length, READER.length);
  });
});
