import assert from "node:assert/strict";
import fc from "fast-check";
import { evaluateTrust } from "../../trust/evaluate";
import { buildTrustPolicy } from "../../trust/policy";
import { parseSubject, subjectOf } from "../../trust/subject";
import { someFleet, type SomeFleet, trustedBy } from "../support/arbitraries";
import { federatedOf } from "../support/statements";

/** Those who are bound, and those who are nearly. */
function everyone({ bindings }: SomeFleet): { namespace: string; name: string }[] {
  const near = bindings.flatMap(({ namespace, name }) => [
    { namespace, name },
    { namespace: name, name: namespace },
    { namespace: "kube-system", name },
    { namespace, name: "default" },
    { namespace, name: `${name}x` },
    { namespace, name: `x${name}` },
    { namespace: `${namespace}x`, name },
    { namespace: `x${namespace}`, name },
    { namespace, name: name.slice(0, -1) },
    { namespace: namespace.slice(1), name },
    { namespace: namespace.toUpperCase(), name },
    { namespace, name: "*" },
    { namespace: `${namespace}-${name}`, name: "" },
  ]);
  const crossed = bindings.flatMap(({ namespace }) => bindings.map(({ name }) => ({ namespace, name })));
  return [...near, ...crossed];
}

const NOBODYS_ISSUER = `arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/${"X".repeat(32)}`;

describe("any fleet", () => {
  it("its trust policy admits exactly the bound pairs of cluster and ServiceAccount", () => {
    fc.assert(
      fc.property(someFleet, (fleet) => {
        const policy = buildTrustPolicy(trustedBy(fleet));
        const arns = [...fleet.clusters.map(({ arn }) => arn), NOBODYS_ISSUER];
        for (const [position, oidcProviderArn] of arns.entries()) {
          for (const { namespace, name } of everyone(fleet)) {
            const bound = fleet.bindings.some(
              (binding) =>
                binding.namespace === namespace &&
                binding.name === name &&
                binding.clusters.includes(position),
            );
            const request = { oidcProviderArn, subject: subjectOf(namespace, name) };
            const who = `${request.subject} of ${oidcProviderArn}`;
            assert.equal(evaluateTrust(policy, request).decision, bound ? "allow" : "deny", who);
            const elsewhere = evaluateTrust(policy, { ...request, audience: "vault" });
            assert.equal(elsewhere.decision, "deny", `${who} for another audience`);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it("its trust policy does not depend on the order of clusters and bindings", () => {
    const shuffled = someFleet.chain((fleet) => {
      const trusted = trustedBy(fleet);
      return fc.record({
        trusted: fc.constant(trusted),
        other: fc.shuffledSubarray(trusted, { minLength: trusted.length }),
      });
    });
    fc.assert(
      fc.property(shuffled, ({ trusted, other }) => {
        const reversed = other.map((cluster) => ({ ...cluster, subjects: [...cluster.subjects].reverse() }));
        assert.equal(JSON.stringify(buildTrustPolicy(reversed)), JSON.stringify(buildTrustPolicy(trusted)));
      }),
    );
  });

  it("a cluster that is added changes no byte of the other statements, nor their order", () => {
    fc.assert(
      fc.property(someFleet, fc.nat(), (fleet, pick) => {
        const trusted = trustedBy(fleet);
        fc.pre(trusted.length > 1);
        const added = trusted[pick % trusted.length]!;
        const texts = (clusters: typeof trusted) =>
          buildTrustPolicy(clusters).Statement.map((statement) => JSON.stringify(statement));
        const before = texts(trusted.filter((cluster) => cluster !== added));
        const after = texts(trusted);
        assert.deepEqual(
          after.filter((text) => !text.includes(added.oidcProviderArn)),
          before,
        );
        assert.equal(after.length, before.length + 1);
      }),
    );
  });

  it("its trust policy names the cluster's own issuer in every statement, and no wildcard", () => {
    fc.assert(
      fc.property(someFleet, (fleet) => {
        for (const statement of buildTrustPolicy(trustedBy(fleet)).Statement) {
          const host = federatedOf(statement).split(":oidc-provider/")[1]!;
          const { StringEquals = {}, ...others } = statement.Condition!;
          assert.deepEqual(others, {});
          assert.deepEqual(Object.keys(StringEquals), [`${host}:aud`, `${host}:sub`]);
          for (const subject of [StringEquals[`${host}:sub`]!].flat()) {
            assert.ok(parseSubject(subject), subject);
            assert.doesNotMatch(subject, /[*?]/);
          }
        }
      }),
    );
  });
});
