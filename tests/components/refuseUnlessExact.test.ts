import assert from "node:assert/strict";
import { refuseUnlessExact } from "../../components/trustDocument";
import { buildTrustPolicy } from "../../trust/policy";
import type { TrustedCluster } from "../../trust/types";

const READER = "system:serviceaccount:default:s3-reader";
const both: TrustedCluster = {
  name: "east",
  oidcProviderArn: "arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/AAAA",
  podIdentity: { clusterArn: "arn:aws:eks:us-east-1:123456789012:cluster/east" },
  subjects: [READER],
};

describe("refuseUnlessExact", () => {
  const head = `the trust policy does not say what the bindings say, so it is not used: for ${READER} of cluster "east"`;
  const built = () => buildTrustPolicy([both]);

  it("takes the document that the bindings make, with the conditions that were asked for", () => {
    const trust = {
      conditions: { StringEquals: { "aws:SourceVpc": ["vpc-1"] } },
      podIdentityConditions: { StringEquals: { "aws:SourceOrgID": ["o-1"] } },
      statements: [{ awsPrincipals: ["arn:aws:iam::123456789012:role/break-glass"] }],
    };
    assert.doesNotThrow(() => {
      refuseUnlessExact(buildTrustPolicy([both], trust), [both], trust);
    });
    const { podIdentityConditions: _, ...less } = trust;
    assert.throws(() => {
      refuseUnlessExact(buildTrustPolicy([both], trust), [both], less);
    }, /is not asked for/);
  });

  it("names the token that a document without the provider refuses", () => {
    const { Statement, ...policy } = built();
    assert.throws(
      () => {
        refuseUnlessExact({ ...policy, Statement: Statement.slice(1) }, [both]);
      },
      {
        message: `${head}, with audience "sts.amazonaws.com", it should say "allow" and says "deny" (no statement names the token's OIDC provider)`,
      },
    );
  });

  it("names the ServiceAccount that a document without Pod Identity refuses, and no audience", () => {
    const { Statement, ...policy } = built();
    assert.throws(
      () => {
        refuseUnlessExact({ ...policy, Statement: Statement.slice(0, 1) }, [both]);
      },
      {
        message: `${head}, by EKS Pod Identity, it should say "allow" and says "deny" (no statement for Pod Identity admits it)`,
      },
    );
  });
});
