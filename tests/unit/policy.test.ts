import assert from "node:assert/strict";
import { buildTrustPolicy } from "../../trust/policy";
import type { TrustedCluster } from "../../trust/types";
import { federatedOf } from "../support/statements";

const HOST = "oidc.eks.us-east-1.amazonaws.com/id/";
const A = `arn:aws:iam::123456789012:oidc-provider/${HOST}AAAA`;
const B = `arn:aws:iam::123456789012:oidc-provider/${HOST}BBBB`;
const READER = "system:serviceaccount:default:s3-reader";
const WRITER = "system:serviceaccount:jobs:writer";

describe("buildTrustPolicy", () => {
  it("writes one statement for each cluster, as the EKS documentation does, in the order of their names", () => {
    const policy = buildTrustPolicy([
      { name: "west", oidcProviderArn: B, subjects: [WRITER, READER, WRITER] },
      { name: "east", oidcProviderArn: A, subjects: [READER] },
    ]);
    // The text: the order of keys is what IAM is sent, and what a diff shows.
    assert.equal(
      JSON.stringify(policy),
      '{"Version":"2012-10-17","Statement":[' +
        `{"Effect":"Allow","Principal":{"Federated":"${A}"},"Action":"sts:AssumeRoleWithWebIdentity",` +
        `"Condition":{"StringEquals":{"${HOST}AAAA:aud":"sts.amazonaws.com","${HOST}AAAA:sub":"${READER}"}}},` +
        `{"Effect":"Allow","Principal":{"Federated":"${B}"},"Action":"sts:AssumeRoleWithWebIdentity",` +
        `"Condition":{"StringEquals":{"${HOST}BBBB:aud":"sts.amazonaws.com","${HOST}BBBB:sub":["${READER}","${WRITER}"]}}}]}`,
    );
  });

  it("leaves its argument as it was", () => {
    const clusters = [
      { name: "west", oidcProviderArn: B, subjects: [WRITER, READER] },
      { name: "east", oidcProviderArn: A, subjects: [READER] },
    ];
    const before = structuredClone(clusters);
    buildTrustPolicy(clusters);
    assert.deepEqual(clusters, before);
  });

  it("orders names by code unit, whatever the machine's locale", () => {
    const names = ["b", "B", "a-1", "a", "a_1", "a1", "_"];
    const clusters = names.map((name, index) => ({
      name,
      oidcProviderArn: A.replace("AAAA", `A${index}`),
      subjects: [READER],
    }));
    const order = buildTrustPolicy(clusters).Statement.map(
      (statement) => names[Number(federatedOf(statement).at(-1))],
    );
    assert.deepEqual(order, ["B", "_", "a", "a-1", "a1", "a_1", "b"]);
  });

  const cluster = (changes: Partial<TrustedCluster>): TrustedCluster => ({
    name: "east",
    oidcProviderArn: A,
    subjects: [READER],
    ...changes,
  });
  const refused: [string, TrustedCluster[], RegExp][] = [
    ["no cluster", [], /needs at least one cluster/],
    ["two of one name", [cluster({}), cluster({ oidcProviderArn: B })], /two clusters are named "east"/],
    [
      "two of one provider",
      [cluster({}), cluster({ name: "west" })],
      /"west" has the issuer of another cluster: https:.*AAAA/,
    ],
    [
      "two of one issuer in two accounts, whose condition keys would be the same",
      [cluster({}), cluster({ name: "west", oidcProviderArn: A.replace("123456789012", "210987654321") })],
      /"west" has the issuer of another cluster/,
    ],
    ["no subject", [cluster({ subjects: [] })], /"east" has no subject/],
    ["an empty ARN", [cluster({ oidcProviderArn: "" })], /"east": not the ARN of an OIDC provider: ""/],
    ["a role's ARN", [cluster({ oidcProviderArn: "arn:aws:iam::123456789012:role/x" })], /not the ARN/],
    [
      "an ARN with https://",
      [cluster({ oidcProviderArn: A.replace("oidc.", "https://oidc.") })],
      /not the ARN/,
    ],
    ...[
      "",
      "*",
      "system:serviceaccount:*:s3-reader",
      "system:serviceaccount:default:*",
      "system:serviceaccount:default:s3-reade?",
      "system:serviceaccount:default:${aws:username}",
      "system:serviceaccount:default: s3-reader",
      "system:serviceaccount:default:s3-reader\n",
      "system:serviceaccount:default",
      "default:s3-reader",
      "system:serviceaccount:default:s3-reader:more",
    ].map((subject): [string, TrustedCluster[], RegExp] => [
      `the subject ${JSON.stringify(subject)}`,
      [cluster({ subjects: [READER, subject] })],
      /is not the subject of one ServiceAccount/,
    ]),
  ];
  for (const [what, clusters, message] of refused) {
    it(`refuses ${what}`, () => {
      assert.throws(() => buildTrustPolicy(clusters), { message });
    });
  }
});
