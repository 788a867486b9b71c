import assert from "node:assert/strict";
import { buildTrustPolicy } from "../../trust/policy";
import type { PodIdentityCluster, TrustedCluster, TrustedPodIdentity } from "../../trust/types";

const ARN = "arn:aws:eks:us-east-1:111122223333:cluster/east";
const ELSEWHERE = "arn:aws:eks:us-east-1:444455556666:cluster/west";
const BASE = "arn:aws:iam::111122223333:role/base";
const READER = "system:serviceaccount:default:s3-reader";

const east = (
  podIdentity: Partial<TrustedPodIdentity> = {},
  changes: Partial<TrustedCluster> = {},
): PodIdentityCluster => ({
  name: "east",
  subjects: [READER],
  podIdentity: { clusterArn: ARN, ...podIdentity },
  ...changes,
});
const west = (podIdentity: Partial<TrustedPodIdentity> = {}) => east(podIdentity, { name: "west" });

describe("buildTrustPolicy and what is wrong about Pod Identity", () => {
  const refused: [string, TrustedCluster[], RegExp][] = [
    [
      "no way to the role",
      [{ name: "east", subjects: [READER] }],
      /clusters\[0\] must have .* or podIdentity/,
    ],
    ["no subject", [east({}, { subjects: [] })], /"east" has no subject/],
    ["two of one name", [east(), east({ clusterArn: ELSEWHERE })], /two clusters are named "east"/],
    ["two of one cluster ARN", [east(), west()], /"west" has the ARN of cluster "east": arn:aws:eks/],
    [
      "two accounts without a base role",
      [east(), west({ clusterArn: ELSEWHERE })],
      /"west" is in account 444455556666 and cluster "east" in 111122223333: .* needs a base role/,
    ],
    [
      "a pattern",
      [east({}, { subjectPatterns: ["system:serviceaccount:jobs:*"] })],
      /"east": "system:serviceaccount:jobs:\*" is a pattern, and an association .* exactly one/,
    ],
    ...[
      "",
      "east",
      ARN.replace(":cluster/", ":podidentityassociation/"),
      ARN.replace("111122223333", "1111"),
      `${ARN}*`,
      `${ARN}/x`,
      `${ARN}\n`,
      ` ${ARN}`,
    ].map((clusterArn): [string, TrustedCluster[], RegExp] => [
      `the cluster ARN ${JSON.stringify(clusterArn)}`,
      [east({ clusterArn })],
      /"east": not the ARN of an EKS cluster/,
    ]),
    ...[
      "",
      "base",
      "*",
      "111122223333",
      "arn:aws:iam::111122223333:root",
      "arn:aws:iam::111122223333:user/base",
      "arn:aws:iam::111122223333:role/",
      "arn:aws:iam::*:role/base",
      "arn:aws:sts::111122223333:assumed-role/base/x",
      `${BASE}*`,
      `${BASE}?`,
      `${BASE}\n`,
      `x${BASE}`,
    ].map((baseRoleArn): [string, TrustedCluster[], RegExp] => [
      `the base role ${JSON.stringify(baseRoleArn)}`,
      [east({ baseRoleArn })],
      /"east": not the ARN of a base role/,
    ]),
    ...["arn:aws:iam::444455556666:role/base", "arn:aws-cn:iam::111122223333:role/base"].map(
      (baseRoleArn): [string, TrustedCluster[], RegExp] => [
        `the base role ${baseRoleArn} of another account or partition`,
        [east({ baseRoleArn })],
        /is not in the cluster's account \(aws, 111122223333\)/,
      ],
    ),
    ...["Default:s3-reader", "a.b:s3-reader", "a/b:c", "default:s3_reader", "default:a/b", "-a:b"].map(
      (tail): [string, TrustedCluster[], RegExp] => [
        `the ServiceAccount ${tail}`,
        [east({}, { subjects: [READER, `system:serviceaccount:${tail}`] })],
        /"east": "system:.*" cannot have an association: it is not a name that Kubernetes takes/,
      ],
    ),
    ...["default:*", "*:s3-reader", "default", "a:b:c"].map((tail): [string, TrustedCluster[], RegExp] => [
      `the subject ${tail}`,
      [east({}, { subjects: [`system:serviceaccount:${tail}`] })],
      /is not the subject of one ServiceAccount/,
    ]),
  ];
  for (const [what, clusters, message] of refused) {
    it(`refuses ${what}`, () => {
      assert.throws(() => buildTrustPolicy(clusters), { message });
    });
  }

  it("takes several base roles and accounts, each by itself, beside the account of those without", () => {
    const abroad = { clusterArn: ELSEWHERE, baseRoleArn: "arn:aws:iam::444455556666:role/path/base" };
    assert.equal(buildTrustPolicy([east(), west(abroad)]).Statement.length, 2);
    assert.equal(buildTrustPolicy([west(abroad), east({ baseRoleArn: BASE })]).Statement.length, 2);
  });

  it("takes a name of two clusters that are one in EKS's other regions", () => {
    const clusterArn = ARN.replace("us-east-1", "us-west-2");
    assert.equal(buildTrustPolicy([east(), west({ clusterArn })]).Statement.length, 1);
  });

  const misshapen: [string, unknown][] = [
    ["nothing", null],
    ["a text", ARN],
    ["no cluster ARN", {}],
    ["a cluster ARN in a list, which reads like one", { clusterArn: [ARN] }],
    ["a base role in a list", { clusterArn: ARN, baseRoleArn: [BASE] }],
    ["a text that says no", { clusterArn: ARN, disableSessionTags: "false" }],
  ];
  for (const [what, podIdentity] of misshapen) {
    it(`refuses ${what} for podIdentity`, () => {
      const cluster = { ...east(), podIdentity } as unknown as TrustedCluster;
      assert.throws(
        () => buildTrustPolicy([east(), cluster]),
        /clusters\[1\]\.podIdentity must have a clusterArn/,
      );
    });
  }

  it("refuses what is no text for an OIDC provider beside Pod Identity", () => {
    const cluster = { ...east(), oidcProviderArn: 7 } as unknown as TrustedCluster;
    assert.throws(() => buildTrustPolicy([cluster]), /clusters\[0\] must have a name, an oidcProviderArn or/);
  });

  it("refuses conditions that are no map before it asks what they would narrow", () => {
    const conditions = null as unknown as Record<string, never>;
    assert.throws(() => buildTrustPolicy([east()], { conditions }), /^Error: conditions is no map/);
    const options = { podIdentityConditions: [] as unknown as Record<string, never> };
    assert.throws(() => buildTrustPolicy([east()], options), /podIdentityConditions is no map/);
  });
});
