import assert from "node:assert/strict";
import fc from "fast-check";
import { accessTable } from "../../trust/access";
import type { CompiledStatement, CompiledTrust } from "../../trust/compiled";
import { compiledFrom, podDecisionsFor } from "../../trust/evaluate";
import type { NarrowedStatements } from "../../trust/narrowed";
import type { TrustedPodIdentity } from "../../trust/types";
import { podIdentityFleet } from "../support/podIdentity";

const ACCOUNT = "123456789012";
const arn = (name: string) => `arn:aws:eks:us-east-1:${ACCOUNT}:cluster/${name}`;
const BASE = `arn:aws:iam::${ACCOUNT}:role/base`;
const NAMES = ["a", "b"];
const some = <T>(...values: T[]) =>
  fc.oneof(fc.constantFrom(...values), fc.subarray(values, { minLength: 1 }));
const plain = { noNullPrototype: true } as const;

/** Conditions as the builder writes them, and in words that say more or less than that. */
const keys = fc.record(
  {
    "aws:RequestTag/eks-cluster-arn": some(...NAMES.map(arn), "*", "${aws:SourceArn}"),
    "AWS:requesttag/Kubernetes-Namespace": some(...NAMES, "*"),
    "aws:RequestTag/kubernetes-service-account": some<unknown>(...NAMES, "${aws:x}", 1),
    "aws:SourceArn": some(...NAMES.map(arn)),
    "sts:ExternalId": some(`us-east-1/${ACCOUNT}/a/a/a`, `us-east-1/${ACCOUNT}/b/b/a`),
    "aws:SourceOrgID": fc.constant("o-1"),
  },
  { requiredKeys: [], ...plain },
);
const operator = fc.constantFrom(
  ...["StringEquals", "StringEquals", "stringequals", "StringLike", "StringEqualsIfExists"],
  ...["StringNotEquals", "ForAllValues:StringEquals", "ArnEquals"],
);
const statement = fc.record(
  {
    Effect: fc.constantFrom("Allow", "Allow", "Allow", "Deny", "Maybe"),
    Principal: fc.constantFrom<unknown>(
      ...[{ Service: "pods.eks.amazonaws.com" }, { AWS: BASE }, { AWS: [BASE, "AROAX"] }, { AWS: "AROAX" }],
      ...["*", { Service: "PODS.eks.amazonaws.com" }, { Service: 1 }],
    ),
    Action: fc.constantFrom<unknown>(
      ...["sts:*", ["sts:AssumeRole", "sts:TagSession"], "sts:AssumeRole", "sts:TagSession", 1],
    ),
    Condition: fc.oneof(
      { weight: 9, arbitrary: fc.dictionary(operator, keys, { maxKeys: 2, ...plain }) },
      { weight: 1, arbitrary: fc.constantFrom<unknown>("none", { StringEquals: 1 }) },
    ),
    Strange: fc.constant(1),
  },
  { requiredKeys: ["Effect", "Principal", "Action"], ...plain },
);
/** Mostly statements that are known through and through: one that is not decides for many. */
const documents = fc.record(
  {
    Version: fc.constantFrom("2012-10-17", "2008-10-17"),
    Statement: fc.oneof(
      fc.array(statement, { maxLength: 30 }),
      fc.array(
        statement.map(({ Strange: _, ...one }) => ({ ...one, Effect: "Allow", Action: "sts:*" })),
        { minLength: 9, maxLength: 40 },
      ),
    ),
  },
  plain,
);

const associations: TrustedPodIdentity[] = [...NAMES, "c"].flatMap((name) =>
  [{}, { disableSessionTags: true }].flatMap((tags) => [
    { clusterArn: arn(name), ...tags },
    { clusterArn: arn(name), baseRoleArn: BASE, ...tags },
  ]),
);
const pods = [...NAMES, "c"].flatMap((namespace) =>
  [...NAMES, "c"].map((serviceAccount) => ({ namespace, serviceAccount })),
);

/** The same document, of which every statement about the caller is walked through. */
function walked(compiled: CompiledTrust): CompiledTrust {
  const whole = (all: CompiledStatement[]): NarrowedStatements => ({ all, with: () => whole(all) });
  return { ...compiled, narrowedFor: (caller) => whole(compiled.about(caller)) };
}

describe("statements that are left out for a pod's request", () => {
  it("change no decision, no reason and no statement that is told of", () => {
    fc.assert(
      fc.property(documents, (document) => {
        const compiled = compiledFrom(document);
        assert.ok(compiled);
        for (const association of associations) {
          const narrow = podDecisionsFor(association, compiled);
          const wide = podDecisionsFor(association, walked(compiled));
          for (const pod of pods) assert.deepEqual(narrow(pod), wide(pod));
        }
      }),
      { numRuns: 150 },
    );
  });

  it("are all but the request's own, so that no other is asked, however many there are", () => {
    const [subject, clusters] = [{ namespace: "default", name: "s3-reader" }, podIdentityFleet(300)];
    const Statement = clusters.map(({ podIdentity: { clusterArn } }) => ({
      Effect: "Allow",
      Principal: { Service: "pods.eks.amazonaws.com" },
      Action: "sts:*",
      Condition: { StringEquals: { "aws:RequestTag/eks-cluster-arn": clusterArn } },
    }));
    const document = { Version: "2012-10-17", Statement };
    const rows = accessTable(document, clusters, [subject]);
    assert.deepEqual(
      rows.map(({ decision, statement: index }) => [decision, index]),
      clusters.map((_, index) => ["allow", index]),
    );
    const compiled = compiledFrom(document);
    assert.ok(compiled);
    let asked = 0;
    const counting = (all: CompiledStatement[]) =>
      all.map((one) => ({
        ...one,
        match: (of: Parameters<typeof one.match>[0]) => (asked++, one.match(of)),
      }));
    const counted: CompiledTrust = {
      ...compiled,
      narrowedFor: (caller, name) => {
        const of = (narrowed: NarrowedStatements): NarrowedStatements => ({
          all: counting(narrowed.all),
          with: (key, value) => of(narrowed.with(key, value)),
        });
        return of(compiled.narrowedFor(caller, name));
      },
    };
    const last = clusters.at(-1)?.podIdentity ?? { clusterArn: "" };
    podDecisionsFor(last, counted)({ namespace: "default", serviceAccount: "s3-reader" });
    assert.equal(asked, 4, "the first and its own, for each of two actions");
  });
});
