import assert from "node:assert/strict";
import { FORMS, refuseUnlessOneToOne } from "../../trust/forms";
import { buildTrustPolicy } from "../../trust/policy";
import { TrustPolicyForm, type WebIdentityCluster, type TrustStatement } from "../../trust/types";

const HOST = "oidc.eks.us-east-1.amazonaws.com/id/";
const READER = "system:serviceaccount:default:s3-reader";
const cluster = (id: string): WebIdentityCluster => ({
  name: id,
  oidcProviderArn: `arn:aws:iam::123456789012:oidc-provider/${HOST}${id}`,
  subjects: [READER],
  oidcProviderClientIds: ["sts.amazonaws.com"],
});
const A = cluster("AAAA");
const B = cluster("BBBB");

describe("what a trust policy is made of", () => {
  it("may be patterns with * in the namespace, in the name, or in both", () => {
    const subjectPatterns = ["a-*:s3-reader", "*:app.v1", "jobs:*", "jobs:a*b*", "*:*"].map(
      (tail) => `system:serviceaccount:${tail}`,
    );
    const [statement] = buildTrustPolicy([{ ...A, subjects: [], subjectPatterns }]).Statement;
    assert.deepEqual(
      statement?.Condition?.StringLike?.[`${HOST}AAAA:sub`],
      [...subjectPatterns].sort((one, other) => (one < other ? -1 : 1)),
    );
  });

  it("is refused with all faults of extra conditions and statements, one a line", () => {
    const options = {
      conditions: { StringEquals: { "aws:PrincipalArn": ["x"] } },
      statements: [{ awsPrincipals: [] }],
    };
    assert.throws(() => buildTrustPolicy([A], options), {
      message:
        /^conditions\["StringEquals"\]\["aws:PrincipalArn"\] is never part of [^\n]+\nstatements\[0\]\.awsPrincipals is empty: [^\n]+$/,
    });
  });
});

describe("the single statement and the clusters it is for", () => {
  const built = (...clusters: WebIdentityCluster[]) => FORMS.SingleStatement(clusters);
  const refused = (statements: TrustStatement[], clusters: WebIdentityCluster[]) => {
    assert.throws(() => {
      refuseUnlessOneToOne(statements, clusters);
    }, /each OIDC provider must have exactly one condition on its own subject, and it has not/);
  };

  it("are the same ones, in whatever order", () => {
    refuseUnlessOneToOne(built(A, B), [B, A]);
    refuseUnlessOneToOne(built(B, A), [A, B]);
    refused(built(A, B), [A]);
    refused(built(A), [A, B]);
    refused(built(A, B), [A, cluster("CCCC")]);
  });

  it("are not, when the provider is that of another account", () => {
    const elsewhere = { ...B, oidcProviderArn: B.oidcProviderArn.replace("123456789012", "210987654321") };
    refused(built(A, elsewhere), [A, B]);
  });

  it("have each key once, whatever its case and its operator", () => {
    const [statement] = built(A, A);
    const twice = { [`${HOST}aaaa:sub`]: READER };
    const condition = { ...statement!.Condition, StringLikeIfExists: twice };
    refused([{ ...statement!, Condition: condition }], [A, A]);
  });

  it("have texts as subjects", () => {
    const [statement] = built(A);
    const number = { [`${HOST}AAAA:sub`]: 7 as unknown as string };
    refused([{ ...statement!, Condition: { StringEqualsIfExists: number } }], [A]);
  });

  it("are compared before anybody gets the document: a wrong builder is no hole", () => {
    const right = FORMS.SingleStatement;
    FORMS.SingleStatement = (clusters) =>
      right(clusters).map((statement) => ({ ...statement, Condition: {} }));
    try {
      assert.throws(
        () => buildTrustPolicy([A, B], { form: TrustPolicyForm.SingleStatement }),
        /it is not used/,
      );
    } finally {
      FORMS.SingleStatement = right;
    }
  });
});
