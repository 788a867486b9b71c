import assert from "node:assert/strict";
import { proveTrust, type Claim, type ProofPodIdentity } from "../../../lab/proof/prove";
import { TrustPolicyForm } from "../../../trust/types";
import { builtFor, hostOf, mixedFleet } from "./fleets";

const claim = mixedFleet(1);
const good = builtFor(claim, TrustPolicyForm.StatementPerCluster);
const host = hostOf(claim.clusters[0]!.oidcProviderArn);
const statement = (JSON.parse(good) as { Statement: Record<string, unknown>[] }).Statement[0]!;
const written = (...statements: unknown[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [statement, ...statements] });
const under = (Condition: unknown) => written({ ...statement, Effect: "Deny", Condition });

const DOCUMENTS: Record<string, [document: string, says: RegExp]> = {
  "no JSON": ["{", /a document that is no JSON/],
  "no object": ["[]", /the document: \[\], where an object should be/],
  "no statement": ["{}", /statement 1: undefined, where an object should be/],
  "another version": [good.replace("2012-10-17", "2022-01-01"), /Version "2022-01-01"/],
  "an element nobody knows": [good.replace('"Version"', '"Extra":1,"Version"'), /element Extra/],
  "an element of a statement nobody knows": [
    written({ ...statement, Resource: "*" }),
    /statement 2: element Resource/,
  ],
  "a key that stands twice": [good.replace('"Effect"', '"Effect":"Deny","Effect"'), /two equal keys/],
  "a key that stands twice, written differently": [
    good.replace('"Effect"', '"\\u0045ffect":"Deny","Effect"'),
    /two equal keys/,
  ],
  "an effect nobody knows": [written({ ...statement, Effect: "allow" }), /Effect "allow"/],
  "no principal": [written({ ...statement, Principal: {} }), /an empty Principal/],
  NotPrincipal: [written({ ...statement, NotPrincipal: "*" }), /element NotPrincipal/],
  "a provider with a wildcard": [
    written({ ...statement, Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/*" } }),
    /principal Federated/,
  ],
  "an identity provider that is not of OIDC": [
    written({ ...statement, Principal: { Federated: "cognito-identity.amazonaws.com" } }),
    /principal Federated "cognito-identity/,
  ],
  "an account with a wildcard": [written({ ...statement, Principal: { AWS: "1111*" } }), /principal AWS/],
  "a principal that was deleted, of which IAM shows the unique ID": [
    written({ ...statement, Principal: { AWS: "AROA1234567890EXAMPLE" } }),
    /principal AWS "AROA/,
  ],
  "a canonical user": [
    written({ ...statement, Principal: { CanonicalUser: "79a5" } }),
    /principal CanonicalUser "79a5"/,
  ],
  "a service with a wildcard": [
    written({ ...statement, Principal: { Service: "*.amazonaws.com" } }),
    /principal Service/,
  ],
  "a Deny for a session": [
    written({
      ...statement,
      Effect: "Deny",
      Principal: { AWS: `arn:aws:sts::${"1".repeat(12)}:assumed-role/a/b` },
    }),
    /whom a Deny for one session of a role reaches/,
  ],
  "an ARN pattern with too few parts": [
    under({ ArnLike: { [`${host}:sub`]: "arn:aws:*" } }),
    /what the ARN "arn:aws:\*" stands for/,
  ],
  "a kind of principal nobody knows": [
    written({ ...statement, Principal: { Robot: "x" } }),
    /principal Robot "x"/,
  ],
  "both kinds of action": [
    written({ ...statement, NotAction: "x" }),
    /both or neither of Action and NotAction/,
  ],
  "an action that is no text": [written({ ...statement, Action: 1 }), /Action: value 1/],
  "an operator nobody knows": [under({ StringMatches: { [`${host}:sub`]: "x" } }), /operator StringMatches/],
  "an operator in another case": [under({ stringequals: { [`${host}:sub`]: "x" } }), /operator stringequals/],
  NullIfExists: [under({ NullIfExists: { [`${host}:sub`]: "true" } }), /operator NullIfExists/],
  "a set of sets": [under({ "ForAnyValue:Null": { "aws:TagKeys": "true" } }), /operator ForAnyValue:Null/],
  "Null with another value": [under({ Null: { [`${host}:sub`]: "perhaps" } }), /Null with value perhaps/],
  "a claim nobody knows": [under({ StringEquals: { [`${host}:email`]: "x" } }), /condition key .*:email/],
  "a claim with the name of a property of objects": [
    under({ StringEquals: { [`${host}:constructor`]: "x" } }),
    /condition key .*:constructor/,
  ],
  "a key without a prefix": [under({ StringEquals: { sub: "x" } }), /condition key sub/],
  "an address compared with a subject": [
    under({ IpAddress: { [`${host}:sub`]: "10.0.0.0/8" } }),
    /IpAddress on .*:sub/,
  ],
  "a policy variable": [under({ StringLike: { [`${host}:sub`]: "${aws:username}" } }), /a policy variable/],
  "a negated operator without a value": [
    under({ StringNotEquals: { [`${host}:sub`]: [] } }),
    /StringNotEquals on .*:sub with no value/,
  ],
  "a value that is no text": [under({ StringEquals: { [`${host}:sub`]: [null] } }), /value null/],
  "one key in two spellings": [
    under({ StringEquals: { [`${host}:sub`]: "x", [`${host}:SUB`]: "y" } }),
    /two spellings of one key/,
  ],
};

const pods = { clusterArn: `arn:aws:eks:us-east-1:${"1".repeat(12)}:cluster/a` };
const BASE = `arn:aws:iam::${"1".repeat(12)}:role/x/base`;
const withPods = (podIdentity: ProofPodIdentity, account = { namespace: "a", name: "b" }): Claim => ({
  clusters: [{ name: "east", podIdentity }],
  bindings: [{ cluster: "east", ...account }],
});

const CLAIMS: Record<string, [claim: Claim, says: RegExp]> = {
  "two clusters with one name": [
    { ...claim, clusters: [...claim.clusters, { ...mixedFleet(2).clusters[1]!, name: "cluster-00" }] },
    /two clusters are named "cluster-00"/,
  ],
  "two clusters with one provider": [
    { ...claim, clusters: [...claim.clusters, { ...claim.clusters[0]!, name: "other" }] },
    /shares its provider with another/,
  ],
  "a cluster without a provider": [
    { ...claim, clusters: [{ name: "cluster-00", oidcProviderArn: "arn:aws:iam::1:role/x" }] },
    /not the ARN of an OIDC provider/,
  ],
  "a provider that takes no token for STS": [
    { ...claim, clusters: [{ ...claim.clusters[0]!, clientIds: ["vault"] }] },
    /takes no token for sts\.amazonaws\.com/,
  ],
  "a binding to a cluster that is not there": [
    { ...claim, bindings: [{ cluster: "other", namespace: "a", name: "b" }] },
    /a binding is to cluster "other"/,
  ],
  "a name with a colon": [
    { ...claim, bindings: [{ cluster: "cluster-00", namespace: "a:b", name: "c" }] },
    /"a:b\/c" names no ServiceAccounts/,
  ],
  "a name with a question mark": [
    { ...claim, bindings: [{ cluster: "cluster-00", namespace: "a", name: "s?" }] },
    /"a\/s\?" names no ServiceAccounts/,
  ],
  "a cluster that nobody can come from": [
    { clusters: [{ name: "east" }], bindings: [] },
    /"east" has neither a provider nor Pod Identity/,
  ],
  "a pattern where associations are made": [
    withPods(pods, { namespace: "team-*", name: "a" }),
    /"team-\*\/a" is a pattern, and an association is of one ServiceAccount/,
  ],
  "what is no ARN of a cluster": [
    withPods({ clusterArn: "arn:aws:eks:us-east-1:1:cluster/a" }),
    /not the ARN of an EKS cluster: "arn:aws:eks:us-east-1:1:cluster\/a"/,
  ],
  "two clusters with one ARN": [
    { clusters: ["a", "b"].map((name) => ({ name, podIdentity: pods })), bindings: [] },
    /cluster "a" shares its ARN with another/,
  ],
  "a base role that is none": [
    withPods({ ...pods, baseRoleArn: `arn:aws:iam::${"1".repeat(12)}:user/a` }),
    /not the ARN of a role/,
  ],
  "a base role that is to be let alone": [
    { ...withPods({ ...pods, baseRoleArn: BASE }), otherPrincipals: [BASE] },
    /"arn:aws:iam::1{12}:role\/x\/base" comes by Pod Identity/,
  ],
  "a session of a base role that is to be let alone": [
    {
      ...withPods({ ...pods, baseRoleArn: BASE }),
      otherPrincipals: [`arn:aws:sts::${"1".repeat(12)}:assumed-role/base/x`],
    },
    /comes by Pod Identity, so that it cannot be let alone/,
  ],
  "EKS that is to be let alone": [
    { ...claim, otherPrincipals: ["pods.eks.amazonaws.com"] },
    /"pods\.eks\.amazonaws\.com" comes by Pod Identity/,
  ],
  "somebody let alone who is nobody": [
    { ...claim, otherPrincipals: ["arn:aws:iam::1:role/a"] },
    /"arn:aws:iam::1:role\/a" is no principal that can be let alone/,
  ],
  "a condition of Pod Identity nobody knows": [
    { ...claim, podIdentityConditions: { Equals: { "aws:SourceVpc": ["x"] } } },
    /the extra conditions of Pod Identity: operator Equals is not known/,
  ],
  "a condition nobody knows": [
    { ...claim, conditions: { Equals: { "aws:SourceVpc": ["x"] } } },
    /the extra conditions: operator Equals is not known/,
  ],
};

describe("what is not known in a proof", () => {
  it("is nothing in the document that the others are made of", async () => {
    assert.equal((await proveTrust(written(), claim)).proved, true);
  });

  for (const [what, [document, says]] of Object.entries(DOCUMENTS)) {
    it(`is said, and nothing is proved, of a document with ${what}`, async () => {
      await assert.rejects(proveTrust(document, claim), (error: Error) => {
        assert.match(error.message, /^nothing is proved: .* is not known$/);
        assert.match(error.message, says);
        return true;
      });
    });
  }

  for (const [what, [bad, says]] of Object.entries(CLAIMS)) {
    it(`is said of a claim with ${what}`, async () => {
      await assert.rejects(proveTrust(good, bad), says);
    });
  }
});
