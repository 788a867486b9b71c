import assert from "node:assert/strict";
import fc from "fast-check";
import { proveTrust, type ProofBinding } from "../../../lab/proof/prove";
import { evaluateTrust } from "../../../trust/evaluate";
import { trustedFleet } from "../../support/fleet";
import { hostOf, tokenExampleOf } from "./fleets";

const CLUSTERS = trustedFleet(2).map(({ name, oidcProviderArn }) => ({
  name,
  oidcProviderArn,
  clientIds: ["sts.amazonaws.com"],
}));
const NAMES = ["a", "b", "aa", "ab", "ba", "bb"];

const subject = (name: fc.Arbitrary<string>) =>
  fc.tuple(name, name).map(([namespace, last]) => `system:serviceaccount:${namespace}:${last}`);
const values = fc.uniqueArray(subject(fc.constantFrom("a", "b", "ab", "a*", "*", "?", "*b", "?a")), {
  minLength: 1,
  maxLength: 3,
});
const operator = fc
  .tuple(
    fc.constantFrom("", "", "", "ForAnyValue:", "ForAllValues:"),
    fc.constantFrom("StringEquals", "StringLike", "StringLike", "StringNotEquals", "StringNotLike"),
    fc.constantFrom("", "IfExists"),
  )
  .map((parts) => parts.join(""));
const arns = CLUSTERS.map(({ oidcProviderArn }) => oidcProviderArn);
const condition = fc
  .tuple(operator, fc.constantFrom(...arns.map((arn) => `${hostOf(arn)}:sub`)), values)
  .map(([name, key, list]) => ({ [name]: { [key]: list } }));
const statement = fc.record({
  Effect: fc.constantFrom("Allow", "Allow", "Allow", "Deny"),
  Principal: fc.record({ Federated: fc.subarray(arns, { minLength: 1 }) }),
  Action: fc.constant("sts:AssumeRoleWithWebIdentity"),
  Condition: condition,
});
const binding = fc.record({
  cluster: fc.constantFrom(...CLUSTERS.map(({ name }) => name)),
  namespace: fc.constantFrom("a", "b", "ab", "a*", "*"),
  name: fc.constantFrom("a", "b", "*", "*b"),
});

/** A statement for each cluster that has bindings, which says what they say. */
function faithful(bindings: ProofBinding[]): object[] {
  return CLUSTERS.flatMap(({ name, oidcProviderArn }) => {
    const own = bindings.filter(({ cluster }) => cluster === name);
    const subjects = own.map((one) => `system:serviceaccount:${one.namespace}:${one.name}`);
    const Condition = { StringLike: { [`${hostOf(oidcProviderArn)}:sub`]: subjects } };
    const Principal = { Federated: oidcProviderArn };
    return own.length === 0
      ? []
      : [{ Effect: "Allow", Principal, Action: "sts:AssumeRoleWithWebIdentity", Condition }];
  });
}

/** Is it bound, by JavaScript's own patterns? */
function bound(bindings: ProofBinding[], cluster: string | undefined, text: string): boolean {
  return bindings.some((one) => {
    const pattern = `^system:serviceaccount:${one.namespace}:${one.name}$`.replaceAll("*", "[^:]*");
    return one.cluster === cluster && new RegExp(pattern).test(text);
  });
}

describe("of bindings and a document that may say more", function () {
  this.timeout(120_000);

  it("a proof is one, and a counterexample is one, as the evaluator sees it", async () => {
    const seen = { proved: 0, refuted: 0 };
    const others = fc.array(statement, { maxLength: 2 });
    await fc.assert(
      fc.asyncProperty(others, fc.array(binding, { minLength: 1, maxLength: 3 }), async (more, bindings) => {
        const document = JSON.stringify({
          Version: "2012-10-17",
          Statement: [...faithful(bindings), ...more],
        });
        const allows = (oidcProviderArn: string, text: string) =>
          evaluateTrust(document, { oidcProviderArn, subject: text }).decision === "allow";
        const proof = await proveTrust(document, { clusters: CLUSTERS, bindings });
        if (!proof.proved) {
          seen.refuted += 1;
          const { oidcProviderArn, cluster, policy, subject: text } = tokenExampleOf(proof);
          assert.equal(allows(oidcProviderArn, text), policy === "admits", proof.text);
          assert.equal(bound(bindings, cluster, text), policy === "refuses", proof.text);
          return;
        }
        seen.proved += 1;
        for (const { name, oidcProviderArn } of CLUSTERS) {
          for (const text of NAMES.flatMap((first) =>
            NAMES.map((last) => `system:serviceaccount:${first}:${last}`),
          )) {
            assert.equal(allows(oidcProviderArn, text), bound(bindings, name, text), `${name}: ${text}`);
          }
        }
      }),
      { numRuns: 60 },
    );
    assert.ok(seen.refuted > 9 && seen.proved > 9, JSON.stringify(seen));
  });
});
