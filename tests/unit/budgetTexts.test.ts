import assert from "node:assert/strict";
import { budgetProblem, budgetWarnings, sizesByForm, trustBudget } from "../../trust/budget";
import { TrustPolicyForm, type WebIdentityCluster, type TrustPolicyOptions } from "../../trust/types";
import { trustedFleet } from "../support/fleet";

const { StatementPerCluster, SubjectOnly, SingleStatement, Auto } = TrustPolicyForm;

/** Clusters whose providers are known to take no audience but that of STS. */
const known = (count: number): WebIdentityCluster[] =>
  trustedFleet(count).map((cluster) => ({ ...cluster, oidcProviderClientIds: ["sts.amazonaws.com"] }));
const problemOf = (clusters: WebIdentityCluster[], options: TrustPolicyOptions, shards?: string) =>
  budgetProblem(trustBudget(clusters, options), clusters, options, shards === undefined ? {} : { shards });
const warningsOf = (clusters: WebIdentityCluster[], options: TrustPolicyOptions) =>
  budgetWarnings(trustBudget(clusters, options), clusters, options);

const QUOTA =
  'have the quota "Role trust policy length" (L-C07B4B0D) raised, to 8192 at most, and set trust.maxSize to it';
const SUBJECT_ONLY = "set trust.form to SubjectOnly, which leaves the audience to the providers";
const LET_AUTO = "let Auto leave the audience to the providers";
const SINGLE =
  "set trust.form to SingleStatement, in which a slip would open the role instead of closing it: read docs/trust-policy.md first";
const IF_KNOWN =
  ', once oidcProviderClientIds says of cluster "cluster-00" that its provider takes no audience but sts.amazonaws.com';
const SHARDS = "make one role for each of several shards: name them in trust.shards, and one on each cluster";
const FEWER = "bind fewer ServiceAccounts to this role";
const podIdentity = (then: number, now: number) =>
  `use EKS Pod Identity for some of the clusters: set identity and trusts to PodIdentity for them (about ${then} more characters each instead of ${now})`;
const ALWAYS = [FEWER, podIdentity(56, 440)];

/** What a user is told to do, one after the other. */
const remediesOf = (...args: Parameters<typeof problemOf>) =>
  problemOf(...args)!
    .split("What to do: ")[1]!
    .split("; or ");

describe("a trust policy over its limit", () => {
  it("is told with the size of each form, the first cluster that does not fit, and what to do", () => {
    assert.equal(
      problemOf(known(5), {}),
      "the trust policy needs 2238 characters as StatementPerCluster (IAM does not count white space) and the limit is 2048: " +
        'cluster "cluster-04" is the first that no longer fits (4 of 5 do). ' +
        "What each form would need: StatementPerCluster 2238, SubjectOnly 1763, SingleStatement 1305. " +
        `What to do: ${[QUOTA, SUBJECT_ONLY, SINGLE, SHARDS, ...ALWAYS].join("; or ")}`,
    );
  });

  it("may be in a form without the audience once the providers' client IDs are known", () => {
    const remedies = [QUOTA, `${SUBJECT_ONLY}${IF_KNOWN}`, `${SINGLE}${IF_KNOWN}`, SHARDS, ...ALWAYS];
    assert.deepEqual(remediesOf(trustedFleet(5), {}), remedies);
  });

  it("of which Auto would make a smaller one if it knew the client IDs", () => {
    assert.deepEqual(remediesOf(trustedFleet(5), { form: Auto }), [
      QUOTA,
      `${LET_AUTO}${IF_KNOWN}`,
      `${SINGLE}${IF_KNOWN}`,
      SHARDS,
      ...ALWAYS,
    ]);
  });

  it("is offered no form that it has, nor a larger one", () => {
    const [shorter, single] = [podIdentity(56, 345), podIdentity(56, 228)];
    assert.deepEqual(remediesOf(known(6), { form: Auto }), [QUOTA, SINGLE, SHARDS, FEWER, shorter]);
    assert.deepEqual(remediesOf(known(6), { form: SubjectOnly }), [QUOTA, SINGLE, SHARDS, FEWER, shorter]);
    assert.deepEqual(remediesOf(known(9), { form: SingleStatement }), [QUOTA, SHARDS, FEWER, single]);
    const subjects = Array.from({ length: 5 }, (_, index) => `system:serviceaccount:default:reader-${index}`);
    const one = known(1).map((cluster) => ({ ...cluster, subjects }));
    const maxSize = sizesByForm(one)[SubjectOnly];
    assert.ok(maxSize < sizesByForm(one)[SingleStatement]);
    assert.deepEqual(remediesOf(one, { maxSize }), [
      QUOTA,
      SUBJECT_ONLY,
      SHARDS,
      FEWER,
      podIdentity(381, 604),
    ]);
    assert.deepEqual(remediesOf(one, { maxSize, form: SingleStatement }), [
      QUOTA,
      SHARDS,
      FEWER,
      podIdentity(381, 517),
    ]);
  });

  it("is offered a form that fits to the character, and none that is one over", () => {
    const { [SubjectOnly]: subjectOnly, [SingleStatement]: single } = sizesByForm(known(5));
    assert.deepEqual(remediesOf(known(5), { maxSize: subjectOnly }).slice(1, 3), [SUBJECT_ONLY, SINGLE]);
    assert.deepEqual(remediesOf(known(5), { maxSize: subjectOnly - 1 }).slice(1, 3), [SINGLE, SHARDS]);
    assert.deepEqual(remediesOf(known(5), { maxSize: single }).slice(1, 3), [SINGLE, SHARDS]);
    assert.deepEqual(remediesOf(known(5), { maxSize: single - 1 }).slice(1, 3), [SHARDS, ALWAYS[0]]);
  });

  it("of a role that is a shard already is told with what can be done about shards", () => {
    const remedies = [QUOTA, SUBJECT_ONLY, SINGLE, "place it in shard b", ...ALWAYS];
    assert.deepEqual(remediesOf(known(5), {}, "place it in shard b"), remedies);
  });

  it("is measured in every form, though two issuers differ in case alone and one statement cannot have both", () => {
    const [first] = known(1);
    const twin = { ...first!, name: "twin", oidcProviderArn: first!.oidcProviderArn.toLowerCase() };
    assert.match(problemOf([first!, twin], { maxSize: 600 }) ?? "", /SingleStatement 621\./);
  });
});

describe("a trust policy that fits", () => {
  const nearlyFull = (used: number, limit: number, percent: number, needs: string) =>
    `the trust policy takes ${used} of ${limit} characters (${percent} %): one more cluster may be too many. What each form needs by now: ${needs}`;
  const TWO = "StatementPerCluster 918, SubjectOnly 728, SingleStatement 621";
  const audienceLeftOut = (limit: number) =>
    `trust.form Auto wrote the trust policy as SubjectOnly, for with the audience it is over the limit of ${limit} characters: that tokens were made for sts.amazonaws.com is from now on enforced by the client ID lists of the OIDC providers alone`;

  it("has no problem", () => {
    assert.equal(problemOf(known(4), {}), undefined);
  });

  it("is warned of from nine tenths of the limit on, and not a character before", () => {
    assert.deepEqual(warningsOf(known(2), { maxSize: 1021 }), []);
    assert.deepEqual(warningsOf(known(2), { maxSize: 1020 }), [nearlyFull(918, 1020, 90, TWO)]);
    assert.deepEqual(warningsOf(known(2), { maxSize: 918 }), [nearlyFull(918, 918, 100, TWO)]);
  });

  it("is warned of when Auto has left out the audience, and then only", () => {
    assert.deepEqual(warningsOf(known(5), { form: Auto }), [audienceLeftOut(2048)]);
    assert.deepEqual(warningsOf(known(5), { form: SubjectOnly }), []);
    assert.deepEqual(warningsOf(known(4), { form: Auto }), []);
    assert.deepEqual(warningsOf(known(4), { form: StatementPerCluster }), []);
  });

  it("may be both", () => {
    const needs = "StatementPerCluster 2238, SubjectOnly 1763, SingleStatement 1305";
    assert.deepEqual(warningsOf(known(5), { form: Auto, maxSize: 1800 }), [
      nearlyFull(1763, 1800, 97, needs),
      audienceLeftOut(1800),
    ]);
  });

  it("is measured with the extra conditions", () => {
    const options = { conditions: { StringEquals: { "aws:SourceVpc": ["vpc-1"] } } };
    assert.deepEqual(sizesByForm(known(2), options), {
      StatementPerCluster: 918 + 2 * ',"aws:SourceVpc":"vpc-1"'.length,
      SubjectOnly: 728 + 2 * ',"aws:SourceVpc":"vpc-1"'.length,
      SingleStatement: 621 + ',"StringEquals":{"aws:SourceVpc":"vpc-1"}'.length,
    });
  });
});
