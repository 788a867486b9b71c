import assert from "node:assert/strict";
import fc from "fast-check";
import { podIdentityClusters } from "../../trust/podIdentity";
import { buildTrustPolicy } from "../../trust/policy";
import type { PodIdentityCluster, TrustedCluster, TrustStatement } from "../../trust/types";
import { webIdentityClusters } from "../../trust/trusted";
import { someMixedFleet } from "../support/arbitraries";
import { admittedBy } from "../support/podIdentity";

const podStatements = (clusters: TrustedCluster[]) =>
  buildTrustPolicy(clusters).Statement.slice(webIdentityClusters(clusters).length);

/** What IAM may see of the bound pods of a cluster, spelt out by hand. */
function boundIn({ subjects, podIdentity }: PodIdentityCluster): string[] {
  const { clusterArn, baseRoleArn, disableSessionTags = false } = podIdentity;
  const [, , , region = "", account = "", tail = ""] = clusterArn.split(":");
  const who = baseRoleArn ?? "pods.eks.amazonaws.com";
  if (disableSessionTags && baseRoleArn === undefined) {
    return [`${who} aws:SourceAccount=${account} aws:SourceArn=${clusterArn}`];
  }
  return subjects.map((subject) => {
    const [, , namespace = "", name = ""] = subject.split(":");
    return disableSessionTags
      ? `${who} sts:ExternalId=${region}/${account}/${tail.replace("cluster/", "")}/${namespace}/${name}`
      : `${who} aws:RequestTag/eks-cluster-arn=${clusterArn}` +
          ` aws:RequestTag/kubernetes-namespace=${namespace} aws:RequestTag/kubernetes-service-account=${name}`;
  });
}

/** How two statements of one document differ: the keys whose lists have grown, if nothing else has changed. */
function grownKeys(before: TrustStatement, after: TrustStatement): string[] {
  const { Condition: old, ...restBefore } = before;
  const { Condition: now, ...restAfter } = after;
  assert.deepEqual(restAfter, restBefore);
  return Object.entries(now!.StringEquals!).flatMap(([key, values]) => {
    const former = [old!.StringEquals![key]!].flat();
    assert.deepEqual(
      [values].flat().filter((value) => former.includes(value)),
      former,
    );
    return former.length === [values].flat().length ? [] : [key];
  });
}

describe("any fleet of which some clusters have Pod Identity", () => {
  it("its statements admit exactly the bound combinations, each once", () => {
    fc.assert(
      fc.property(someMixedFleet, (clusters) => {
        const bound = podIdentityClusters(clusters).flatMap(boundIn);
        assert.deepEqual(podStatements(clusters).flatMap(admittedBy).sort(), bound.sort());
      }),
      { numRuns: 500 },
    );
  });

  it("its trust policy does not depend on the order of clusters and subjects", () => {
    const shuffled = someMixedFleet.chain((clusters) =>
      fc.record({
        clusters: fc.constant(clusters),
        other: fc.shuffledSubarray(clusters, { minLength: clusters.length }),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ clusters, other }) => {
        const reversed = other.map((cluster) => ({ ...cluster, subjects: [...cluster.subjects].reverse() }));
        assert.equal(JSON.stringify(buildTrustPolicy(reversed)), JSON.stringify(buildTrustPolicy(clusters)));
      }),
    );
  });

  it("the part for web identities is what it is without Pod Identity", () => {
    fc.assert(
      fc.property(someMixedFleet, (clusters) => {
        const alone = webIdentityClusters(clusters).map(({ podIdentity: _, ...cluster }) => cluster);
        fc.pre(alone.length > 0);
        assert.deepEqual(
          buildTrustPolicy(clusters).Statement.slice(0, alone.length),
          buildTrustPolicy(alone).Statement,
        );
      }),
    );
  });

  it("a further cluster with bindings that another has lengthens lists, one in each statement of that one, and changes nothing else", () => {
    fc.assert(
      fc.property(someMixedFleet, fc.nat(), fc.constantFrom("0", "m", "~"), (clusters, pick, first) => {
        const pods = podIdentityClusters(clusters);
        fc.pre(pods.length > 0);
        const like = pods[pick % pods.length]!;
        const clusterArn = like.podIdentity.clusterArn.replace(/eks-\d$/, "another");
        const { subjects } = like;
        const added = {
          name: `${first}-another`,
          subjects,
          podIdentity: { ...like.podIdentity, clusterArn },
        };
        const [before, after] = [podStatements(clusters), podStatements([...clusters, added])];
        assert.equal(after.length, before.length);
        const grown = before.map((statement, index) => grownKeys(statement, after[index]!));
        // The statements that are about the other cluster, by its name.
        const [, name = ""] = /cluster\/(.*)$/.exec(like.podIdentity.clusterArn) ?? [];
        const about = before.map((statement) => JSON.stringify(statement).includes(name));
        assert.deepEqual(
          grown.map((keys) => keys.length),
          about.map((mine) => (mine ? 1 : 0)),
        );
        const keys = ["aws:RequestTag/eks-cluster-arn", "aws:SourceArn", "sts:ExternalId"];
        assert.ok(grown.flat().every((key) => keys.includes(key)));
      }),
      { numRuns: 300 },
    );
  });
});
