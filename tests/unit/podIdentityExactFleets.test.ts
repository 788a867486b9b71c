import assert from "node:assert/strict";
import fc from "fast-check";
import { compiledFrom, podDecisionsFor } from "../../trust/evaluate";
import { findMismatch } from "../../trust/exact";
import { buildTrustPolicy } from "../../trust/policy";
import type { PodIdentityRequest } from "../../trust/podIdentityRequest";
import { IdentityMode, type TrustedCluster } from "../../trust/types";
import { someMixedFleet } from "../support/arbitraries";
import { mutated, someChange, stringsIn } from "./exactMutations";
import { isBound, modelAllows } from "./podIdentityModel";

const CONDITIONS = { StringEquals: { "aws:SourceOrgID": ["o-1"] } };
const CLUSTER = /^arn:aws[a-z-]*:eks:[a-z0-9-]+:\d{12}:cluster\/[\w-]+$/;
const ROLE = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w/-]+$/;
const NAME = /^[a-z0-9.-]+$/;

/** Requests of every caller, cluster and ServiceAccount that is named in texts, or nearly, with tags and without. */
function requests(texts: string[]): PodIdentityRequest[] {
  const all = [...new Set(texts.flatMap((text) => [text, ...text.split(/[:/]/).slice(-2)]))];
  const near = [...new Set([...all, ...all.map((text) => text.replaceAll(/[*?]/g, "b"))])];
  const callers = [undefined, ...near.filter((text) => ROLE.test(text))];
  const names = ["zz", ...near.filter((text) => NAME.test(text) && !text.includes("amazonaws"))].slice(0, 6);
  const pairs = names.flatMap((namespace) => names.map((serviceAccount) => ({ namespace, serviceAccount })));
  return near
    .filter((text) => CLUSTER.test(text))
    .flatMap((clusterArn) =>
      callers.flatMap((baseRoleArn) =>
        [false, true].flatMap((disableSessionTags) =>
          pairs.map((pair) => ({
            clusterArn,
            ...pair,
            ...(baseRoleArn !== undefined && { baseRoleArn }),
            disableSessionTags,
          })),
        ),
      ),
    );
}

/** As evaluateTrust decides, which reads the document for each request. */
function deciding(document: object): (request: PodIdentityRequest) => string {
  const compiled = compiledFrom(document);
  return (request) => podDecisionsFor(request, compiled)(request).decision;
}

const textsOf = (...values: unknown[]) => values.flatMap((value) => stringsIn(value));
const podsOf = (clusters: TrustedCluster[]) =>
  clusters.flatMap(({ oidcProviderArn: _, ...cluster }) => (cluster.podIdentity ? [cluster] : []));

describe("Pod Identity in any fleet", () => {
  it("is taken by the exact check as the builder writes it, with extra conditions and without", () => {
    fc.assert(
      fc.property(someMixedFleet, fc.boolean(), (clusters, narrowed) => {
        const options = narrowed ? { podIdentityConditions: CONDITIONS } : {};
        const direct = clusters.every(({ podIdentity }) => podIdentity?.baseRoleArn === undefined);
        fc.pre(!narrowed || direct);
        const policy = buildTrustPolicy(clusters, options);
        assert.equal(findMismatch(policy, clusters, options), undefined);
        assert.equal(findMismatch(JSON.stringify(policy), [...clusters].reverse(), options), undefined);
      }),
    );
  });

  it("is admitted by what the builder writes exactly where it is bound, say the evaluator and a second model", () => {
    const seen = { allow: 0, deny: 0 };
    fc.assert(
      fc.property(someMixedFleet, (clusters) => {
        const policy = buildTrustPolicy(clusters);
        const decide = deciding(policy);
        for (const request of requests(textsOf(policy, clusters))) {
          const wanted = isBound(clusters, request) ? "allow" : "deny";
          seen[wanted]++;
          assert.equal(decide(request), wanted, JSON.stringify(request));
          assert.equal(modelAllows(policy, request), wanted === "allow");
        }
      }),
      { numRuns: 30 },
    );
    assert.ok(seen.allow > 100 && seen.deny > 100, JSON.stringify(seen));
  });

  it("a changed document that the exact check takes admits exactly those bound, say the same two", () => {
    let different = 0;
    fc.assert(
      fc.property(someMixedFleet, someChange, (fleet, change) => {
        const clusters = podsOf(fleet);
        fc.pre(clusters.length > 0);
        const original = buildTrustPolicy(clusters);
        const document = mutated(original, change);
        const taken = findMismatch(document, clusters) === undefined;
        const decide = deciding(document);
        for (const request of requests(textsOf(document, original))) {
          const decision = decide(request);
          const modelled = modelAllows(document, request);
          const told = `${JSON.stringify(request)} of ${JSON.stringify(document)}`;
          // The evaluator may be unsure of more, and is never sure of something else.
          if (modelled !== undefined && decision !== "indeterminate") {
            assert.equal(decision, modelled ? "allow" : "deny", told);
          }
          const isWanted = isBound(clusters, request);
          const wrong = (decision === "allow") !== isWanted || (modelled ?? isWanted) !== isWanted;
          if (wrong) assert.ok(!taken, told);
          if (wrong) different++;
        }
      }),
      { numRuns: 60 },
    );
    assert.ok(different > 50, `${different} requests were decided otherwise`);
  });

  it("a binding more or less is found, whichever it is", () => {
    fc.assert(
      fc.property(someMixedFleet, fc.nat(), (fleet, pick) => {
        const clusters = podsOf(fleet);
        fc.pre(clusters.length > 0);
        const policy = buildTrustPolicy(clusters);
        const { name, subjects, podIdentity } = clusters[pick % clusters.length]!;
        fc.pre(podIdentity?.baseRoleArn !== undefined || podIdentity?.disableSessionTags !== true);
        const others = clusters.filter((cluster) => cluster.name !== name);
        const added = "system:serviceaccount:zz:zz";
        const changes: [subjects: string[], wanted: "allow" | "deny"][] = [
          [[...subjects, added], "allow"],
          [subjects.slice(1), "deny"],
        ];
        for (const [changed, wanted] of changes) {
          const found = findMismatch(policy, [
            ...others,
            { name, subjects: changed, podIdentity: podIdentity! },
          ]);
          assert.equal(found?.identity, IdentityMode.PodIdentity);
          assert.deepEqual([found.cluster, found.wanted], [name, wanted]);
          assert.equal(found.subject, wanted === "allow" ? added : subjects[0]);
        }
      }),
    );
  });
});
