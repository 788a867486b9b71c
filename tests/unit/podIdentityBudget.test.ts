import assert from "node:assert/strict";
import fc from "fast-check";
import { budgetProblem, budgetWarnings, sizesByForm, trustBudget } from "../../trust/budget";
import { buildTrustPolicy } from "../../trust/policy";
import { trustPolicySize } from "../../trust/size";
import { podIdentitySaving } from "../../trust/toPodIdentity";
import { TrustPolicyForm, type TrustedCluster, type TrustPolicyOptions } from "../../trust/types";
import { someMixedFleet } from "../support/arbitraries";
import { trustedFleet } from "../support/fleet";
import { podIdentityFleet, type PodIdentityFleet } from "../support/podIdentity";

const { StatementPerCluster, SubjectOnly, SingleStatement, Auto } = TrustPolicyForm;
const LIMITS = [2048, 4096, 8192];
const sizeOf = (clusters: TrustedCluster[], options?: TrustPolicyOptions) =>
  trustPolicySize(buildTrustPolicy(clusters, options));
const problemOf = (clusters: TrustedCluster[], options: TrustPolicyOptions) =>
  budgetProblem(trustBudget(clusters, options), clusters, options);

describe("size of a trust policy for Pod Identity", () => {
  const off = { disableSessionTags: true };
  const baseRoleArn = "arn:aws:iam::123456789012:role/base";
  const rows: [string, PodIdentityFleet, number, number][] = [
    ["session tags", {}, 375, 56],
    ["session tags and a base role", { podIdentity: { baseRoleArn } }, 384, 56],
    ["no session tags", { podIdentity: off }, 270, 56],
    ["no session tags and a base role", { podIdentity: { baseRoleArn, ...off } }, 243, 54],
  ];
  for (const [what, fleet, one, each] of rows) {
    it(`with ${what} is ${one} for one cluster of us-east-1, and ${each} more for each further one beside two brackets`, () => {
      for (let count = 1; count <= 40; count++) {
        const expected = one + each * (count - 1) + (count > 1 ? 2 : 0);
        assert.equal(sizeOf(podIdentityFleet(count, fleet)), expected);
      }
    });
  }

  it("is 337 more for each further group of one cluster", () => {
    const other = { subjects: ["system:serviceaccount:default:s3-writer"] };
    const [first, second, third] = podIdentityFleet(3);
    const two = [first!, { ...second!, ...other }];
    assert.equal(sizeOf(two) - sizeOf([first!]), 337);
    assert.equal(sizeOf([...two, { ...third!, ...other }]) - sizeOf(two), 58);
  });

  it("lets 30, 67 and 140 clusters in", () => {
    const fitting = LIMITS.map((maxSize) => trustBudget(podIdentityFleet(200), { maxSize }).fitting);
    assert.deepEqual(fitting, [30, 67, 140]);
  });

  it("is judged rightly for any mixed fleet and any limit", () => {
    fc.assert(
      fc.property(someMixedFleet, fc.integer({ min: -30, max: 30 }), fc.nat(), (clusters, shift, pick) => {
        const sorted = [...clusters].sort((a, b) => (a.name < b.name ? -1 : 1));
        const sizes = sorted.map((_, index) => sizeOf(sorted.slice(0, index + 1)));
        const maxSize = sizes[pick % sizes.length]! + shift;
        const fitting = sizes.filter((size) => size <= maxSize).length;
        const budget = trustBudget(clusters, { maxSize });
        const { used, overflow } = budget;
        assert.deepEqual(
          { used, fitting: budget.fitting, overflow },
          { used: sizes.at(-1), fitting, overflow: sorted[fitting]?.name },
        );
        assert.deepEqual(budget.policy, buildTrustPolicy(clusters));
      }),
    );
  });

  it("counts in every form, and with its own conditions", () => {
    const web = trustedFleet(1).map((cluster) => ({
      ...cluster,
      oidcProviderClientIds: ["sts.amazonaws.com"],
    }));
    const pods = podIdentityFleet(1).map((cluster) => ({ ...cluster, name: "pods" }));
    const options = { podIdentityConditions: { StringEquals: { "aws:SourceOrgID": ["o-1"] } } };
    const sizes = sizesByForm([...web, ...pods], options);
    for (const form of [StatementPerCluster, SubjectOnly, SingleStatement] as const) {
      assert.equal(sizes[form], sizeOf([...web, ...pods], { form, ...options }));
      const more = 337 + ',"aws:SourceOrgID":"o-1"'.length;
      assert.equal(sizes[form], sizesByForm(web)[form] + more);
    }
  });
});

describe("a trust policy without web identities", () => {
  const clusters = podIdentityFleet(5);

  it("is told of without forms, and without the remedy that it has already", () => {
    assert.equal(
      problemOf(clusters, { maxSize: 600 }),
      "the trust policy needs 601 characters (IAM does not count white space) and the limit is 600: " +
        'cluster "cluster004" is the first that no longer fits (4 of 5 do). What to do: ' +
        'have the quota "Role trust policy length" (L-C07B4B0D) raised, to 8192 at most, and set trust.maxSize to it; or ' +
        "make one role for each of several shards: name them in trust.shards, and one on each cluster; or " +
        "bind fewer ServiceAccounts to this role",
    );
  });

  it("is warned of without forms", () => {
    const options = { form: Auto, maxSize: 601 };
    assert.deepEqual(budgetWarnings(trustBudget(clusters, options), clusters, options), [
      "the trust policy takes 601 of 601 characters (100 %): one more cluster may be too many",
    ]);
  });

  it("leaves no audience out, whatever Auto finds", () => {
    assert.equal(trustBudget(clusters, { form: Auto, maxSize: 600 }).form, StatementPerCluster);
  });
});

describe("what Pod Identity would save", () => {
  const saving = (clusters: TrustedCluster[]) => podIdentitySaving(clusters, StatementPerCluster, {});
  const fleet = trustedFleet(3);

  it("is each cluster's own statement, but for its ARN in a list", () => {
    assert.deepEqual(saving(fleet), { then: 56, now: 440 });
    assert.deepEqual(saving([...fleet].reverse()), { then: 56, now: 440 });
  });

  it("is the size of the real document, when the clusters are called so in EKS", () => {
    const pods = podIdentityFleet(3);
    const web = fleet.map((cluster, index) => ({ ...cluster, name: pods[index]!.name }));
    assert.equal(saving(web)?.then, sizeOf(pods) - sizeOf(pods.slice(0, 2)));
  });

  it("is all of the web identities where a cluster has both", () => {
    const both = podIdentityFleet(3).map((cluster, index) => ({ ...cluster, ...fleet[index]! }));
    assert.deepEqual(saving(both), { then: 56, now: 56 + 440 });
  });

  it("is none where every ServiceAccount wants a statement of its own", () => {
    const subjects = Array.from(
      { length: 8 },
      (_, index) => `system:serviceaccount:space-${index}:sa-${index}`,
    );
    assert.equal(saving(trustedFleet(1, { subjects })), undefined);
    assert.equal(saving(trustedFleet(3, { subjects })), undefined);
  });

  it("is that of the cluster which saves most, wherever it stands", () => {
    const subjects = Array.from(
      { length: 8 },
      (_, index) => `system:serviceaccount:space-${index}:sa-${index}`,
    );
    for (const position of [0, 4]) {
      const mixed = trustedFleet(5).map((cluster, index) =>
        index === position ? { ...cluster, subjects } : cluster,
      );
      assert.deepEqual(saving(mixed), undefined);
      const more = trustedFleet(20).map((cluster, index) =>
        index === position ? { ...cluster, subjects } : cluster,
      );
      assert.deepEqual(saving(more), { then: 56, now: 440 });
    }
  });

  it("is none where no cluster can have it", () => {
    const patterned = fleet.map((cluster) => ({
      ...cluster,
      subjectPatterns: ["system:serviceaccount:jobs:*"],
    }));
    const selfHosted = fleet.map((cluster, index) => ({
      ...cluster,
      oidcProviderArn: `arn:aws:iam::123456789012:oidc-provider/idp-${index}.example.com/a/path/that/is/rather/long`,
    }));
    const unnamed = fleet.map((cluster) => ({ ...cluster, name: `no name of EKS's: ${cluster.name}` }));
    for (const clusters of [patterned, selfHosted, unnamed, podIdentityFleet(3)]) {
      assert.equal(saving(clusters), undefined);
    }
    assert.doesNotMatch(problemOf(patterned, { maxSize: 900 }) ?? "", /Pod Identity/);
  });

  it("is of those that can have it, where others cannot", () => {
    const [first, second, third] = fleet;
    const patterned = { ...third!, subjectPatterns: ["system:serviceaccount:jobs:*"] };
    assert.deepEqual(saving([first!, second!, patterned]), { then: 58, now: 440 });
  });
});
