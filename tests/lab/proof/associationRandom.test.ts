import assert from "node:assert/strict";
import fc from "fast-check";
import { proveTrust, type AssociationReading, type Claim, type ProofBinding } from "../../../lab/proof/prove";
import { evaluateTrust } from "../../../trust/evaluate";
import { associationFleet, documentOf, POD_IDENTITY, statementsFor, WAYS, type Way } from "./associations";

const FLEETS = Object.fromEntries(WAYS.map((way) => [way, associationFleet(2, [way]).clusters])) as Record<
  Way,
  ReturnType<typeof associationFleet>["clusters"]
>;
const TEXTS = ["a", "b", "ab"];
const BASE = FLEETS.baseTags[0]!.podIdentity.baseRoleArn!;
const ARNS = WAYS.flatMap((way) => FLEETS[way].map(({ podIdentity }) => podIdentity.clusterArn));

const text = fc.constantFrom(...TEXTS);
const operator = fc
  .tuple(
    fc.constantFrom("", "", "", "ForAnyValue:", "ForAllValues:"),
    fc.constantFrom("StringEquals", "StringLike", "StringNotEquals", "StringNotLike"),
    fc.constantFrom("", "", "IfExists"),
  )
  .map((parts) => parts.join(""));
const condition = fc.oneof(
  fc.tuple(fc.constant("aws:RequestTag/eks-cluster-arn"), fc.constantFrom(...ARNS)),
  fc.tuple(fc.constant("aws:RequestTag/eks-cluster-name"), fc.constantFrom("eks-*-00", "eks-cluster-01")),
  fc.tuple(fc.constant("aws:RequestTag/kubernetes-namespace"), fc.constantFrom("a", "b", "a*", "?")),
  fc.tuple(fc.constant("aws:RequestTag/kubernetes-service-account"), fc.constantFrom("a", "b", "?b", "*")),
);
const statement = fc.record({
  Effect: fc.constantFrom("Allow", "Allow", "Allow", "Deny"),
  Principal: fc.constantFrom({ Service: POD_IDENTITY }, { Service: POD_IDENTITY }, { AWS: BASE }),
  Action: fc.constantFrom("sts:AssumeRole", "sts:TagSession", "sts:*", ["sts:AssumeRole", "sts:TagSession"]),
  Condition: fc.array(fc.tuple(operator, condition), { minLength: 1, maxLength: 3 }).map((parts) => {
    const block: Record<string, Record<string, string[]>> = {};
    for (const [name, [key, value]] of parts) {
      block[name] = { ...block[name], [key]: [...(block[name]?.[key] ?? []), value] };
    }
    return block;
  }),
});

/** Is it bound, by what a binding means? */
function bound(claim: Claim, request: AssociationReading): boolean {
  const { namespace, serviceAccount, sessionTags, baseRoleArn, clusterArn } = request;
  const cluster = claim.clusters.find(({ podIdentity }) => podIdentity?.clusterArn === clusterArn);
  const { podIdentity } = cluster ?? {};
  return (
    podIdentity?.baseRoleArn === baseRoleArn &&
    (podIdentity?.disableSessionTags ?? false) !== sessionTags &&
    claim.bindings.some(
      (one) =>
        one.cluster === cluster?.name &&
        ((baseRoleArn === undefined && !sessionTags) ||
          (one.namespace === namespace && one.name === serviceAccount)),
    )
  );
}

function admitted(
  document: string,
  request: AssociationReading,
  context: Record<string, string> = {},
): boolean {
  const { clusterArn = "", namespace = "x", serviceAccount = "x", sessionTags, baseRoleArn } = request;
  const { decision } = evaluateTrust(document, {
    clusterArn,
    namespace,
    serviceAccount,
    disableSessionTags: !sessionTags,
    context,
    ...(baseRoleArn === undefined ? {} : { baseRoleArn }),
  });
  return decision === "allow";
}

/** Some of the requests that there are. */
const REQUESTS = ARNS.flatMap((clusterArn) =>
  [undefined, BASE].flatMap((baseRoleArn) =>
    [true, false].flatMap((sessionTags) =>
      TEXTS.flatMap((namespace) =>
        TEXTS.map((serviceAccount): AssociationReading => {
          const base = baseRoleArn === undefined ? {} : { baseRoleArn };
          return { kind: "association", clusterArn, namespace, serviceAccount, sessionTags, ...base };
        }),
      ),
    ),
  ),
);

describe("of associations and a document that may say more", function () {
  this.timeout(120_000);

  it("a proof is one, and a counterexample is one, as the evaluator sees it", async () => {
    const seen = { proved: 0, refuted: 0 };
    const bindings = fc.uniqueArray(fc.tuple(fc.nat({ max: 1 }), text, text), {
      minLength: 1,
      maxLength: 4,
      selector: String,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(statement, { maxLength: 2 }),
        bindings,
        fc.constantFrom(...WAYS),
        async (more, triples, way) => {
          const clusters = FLEETS[way];
          const claim = {
            clusters,
            bindings: triples.map(([index, namespace, name]): ProofBinding => ({
              cluster: clusters[index]!.name,
              namespace,
              name,
            })),
          };
          const own = statementsFor({
            ...claim,
            clusters: clusters.filter(({ name }) => claim.bindings.some(({ cluster }) => cluster === name)),
          });
          const document = documentOf([...own, ...more]);
          const proof = await proveTrust(document, claim);
          if (!proof.proved) {
            seen.refuted += 1;
            const { counterexample } = proof;
            const assumed = Object.entries(counterexample.assumed);
            const told = assumed.filter((one): one is [string, string] => typeof one[1] === "string");
            if (
              counterexample.kind === "association" &&
              counterexample.clusterArn !== undefined &&
              told.length === assumed.length
            ) {
              assert.equal(
                admitted(document, counterexample, Object.fromEntries(told)),
                counterexample.policy === "admits",
                proof.text,
              );
              assert.equal(bound(claim, counterexample), counterexample.policy === "refuses", proof.text);
            }
            return;
          }
          seen.proved += 1;
          for (const request of REQUESTS) {
            assert.equal(admitted(document, request), bound(claim, request), JSON.stringify(request));
          }
        },
      ),
      { numRuns: 60 },
    );
    assert.ok(seen.refuted > 9 && seen.proved > 9, JSON.stringify(seen));
  });
});
