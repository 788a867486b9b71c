import assert from "node:assert/strict";
import { proveTrust, type Claim } from "../../../lab/proof/prove";
import { TrustPolicyForm } from "../../../trust/types";
import { builtFor, mixedFleet } from "./fleets";

const FORMS = [
  TrustPolicyForm.StatementPerCluster,
  TrustPolicyForm.SubjectOnly,
  TrustPolicyForm.SingleStatement,
];
/** One cluster to as many as a trust policy of 8,192 characters holds in its smallest form. */
const COUNTS = Array.from({ length: 35 }, (_, index) => index + 1);
const CONDITIONS = {
  StringEquals: { "aws:SourceVpc": ["vpc-1", "vpc-2"] },
  IpAddress: { "aws:SourceIp": ["10.0.0.0/8"] },
  StringNotLikeIfExists: { "sts:RoleSessionName": ["test-*"] },
  Null: { "aws:SourceVpce": ["false"] },
};
const BREAK_GLASS = {
  sid: "BreakGlass",
  awsPrincipals: ["arn:aws:iam::111122223333:root"],
  conditions: { ArnLike: { "aws:PrincipalArn": ["arn:aws:iam::111122223333:role/admin-*"] } },
};

async function assertProved(document: string, claim: Claim): Promise<void> {
  const proof = await proveTrust(document, claim);
  assert.ok(proof.proved, proof.text);
  assert.equal(proof.providers, claim.clusters.length + 1, "each cluster's, and one that nobody knows");
}

describe("the proof that a trust policy says what the bindings say", function () {
  this.timeout(120_000);

  for (const form of FORMS) {
    it(`is found for ${form} with 1 to 35 clusters, whose bindings are names, several names and wildcards`, async () => {
      for (const count of COUNTS) {
        const claim = mixedFleet(count);
        await assertProved(builtFor(claim, form), claim);
      }
    });

    it(`is found for ${form} with extra conditions, whatever the request says of their keys`, async () => {
      for (const count of [1, 4, 9]) {
        const claim = { ...mixedFleet(count), conditions: CONDITIONS };
        await assertProved(builtFor(claim, form), claim);
      }
    });

    it(`is found for ${form} with a statement for break-glass, whose principals are said to be let alone`, async () => {
      const claim = { ...mixedFleet(4), otherPrincipals: BREAK_GLASS.awsPrincipals };
      await assertProved(builtFor(claim, form, { statements: [BREAK_GLASS] }), claim);
    });
  }

  it("is found for providers whose client IDs are not known, where the document names the audience", async () => {
    const { clusters, bindings } = mixedFleet(8);
    const claim = { clusters: clusters.map(({ clientIds, ...cluster }) => cluster), bindings };
    await assertProved(builtFor(claim, TrustPolicyForm.StatementPerCluster), claim);
  });

  it("is found for a document that is written in other ways, and says the same", async () => {
    const claim = mixedFleet(2);
    const [first, second] = (
      JSON.parse(builtFor(claim, TrustPolicyForm.StatementPerCluster)) as {
        Statement: {
          Principal: { Federated: string };
          Condition: { StringEquals: Record<string, unknown> };
        }[];
      }
    ).Statement;
    const statements = [
      { ...first, Principal: { Federated: [first!.Principal.Federated] }, Action: ["STS:AssumeRoleWith*"] },
      ...[0, 1, 2].map((index) => ({
        ...second,
        Condition: {
          StringEquals: Object.fromEntries(
            Object.entries(second!.Condition.StringEquals).map(([key, value]) => [
              key.toUpperCase(),
              Array.isArray(value) ? (value as string[])[index] : value,
            ]),
          ),
        },
      })),
      { Effect: "Deny", Principal: "*", Action: "sts:TagSession" },
      { Effect: "Deny", Principal: "*", NotAction: ["sts:AssumeRoleWith*", "sts:TagSession"] },
    ];
    const document = JSON.stringify({ Id: "x", Version: "2012-10-17", Statement: statements }, undefined, 2);
    await assertProved(document, claim);
  });

  it("is found when several are asked for at once", async () => {
    const claims = [1, 2, 3, 4].map(mixedFleet);
    await Promise.all(
      claims.map((claim) => assertProved(builtFor(claim, TrustPolicyForm.SubjectOnly), claim)),
    );
  });
});
