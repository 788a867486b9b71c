import assert from "node:assert/strict";
import { shardOverflow } from "../../components/shards";
import { trustBudget } from "../../trust/budget";
import { buildTrustPolicy } from "../../trust/policy";
import { trustPolicySize } from "../../trust/size";
import type { TrustedCluster, TrustedPodIdentity } from "../../trust/types";
import { podIdentityFleet } from "../support/podIdentity";

/** Where a user is told that there is room, of shards "full" and "other". */
function roomIn(full: TrustedCluster[], other: TrustedCluster[]): string | undefined {
  const shards = [
    { name: "full", clusters: full },
    { name: "other", clusters: other },
  ];
  const text = shardOverflow(shards[0]!, trustBudget(full), {}, shards);
  return /\(room for clusters like "[^"]+": ([^)]+)\)/.exec(text ?? "")?.[1];
}

describe("room in other shards, for clusters with Pod Identity", () => {
  const fleet = (podIdentity: Partial<TrustedPodIdentity> = {}) => podIdentityFleet(40, { podIdentity });

  it("is what fits by the clusters' ARNs", () => {
    const [first, ...more] = fleet();
    assert.equal(roomIn(more, [first!]), '"other" for 29');
    assert.equal(roomIn(fleet(), []), '"other" for 30');
  });

  it("is so for every kind of association", () => {
    const baseRoleArn = "arn:aws:iam::123456789012:role/base";
    for (const kind of [{ disableSessionTags: true }, { baseRoleArn, disableSessionTags: true }]) {
      const size = (count: number) => trustPolicySize(buildTrustPolicy(fleet(kind).slice(0, count)));
      let count = 0;
      while (size(count + 1) <= 2048) count++;
      assert.equal(roomIn(fleet(kind), []), `"other" for ${count}`);
    }
  });

  it("is found where a cluster has the name that a copy would get", () => {
    const [first, second, ...more] = fleet();
    assert.equal(roomIn(more, [{ ...first!, name: `${more[36]!.name}-0` }, second!]), '"other" for 28');
    for (const one of more) assert.doesNotThrow(() => roomIn(more, [{ ...first!, name: `${one.name}-1` }]));
  });

  it("is found for a cluster whose name has one letter, of which there are not so many", () => {
    const named = (letters: string) => ({
      clusterArn: `arn:aws:eks:us-east-1:123456789012:cluster/${letters}`,
    });
    const full = fleet().map((cluster, index) => ({
      ...cluster,
      // One of three letters, so that the 36th is the first that no longer fits.
      podIdentity: named(index === 0 ? "abc" : index === 35 ? "z" : index.toString(36).padStart(2, "a")),
    }));
    // Ten of them with one letter, at 47 characters each, and the others with two.
    const places = 10 + Math.floor((2048 - 321 - 10 * 47) / 48);
    assert.equal(roomIn(full, []), `"other" for ${places}`);
  });
});
