import assert from "node:assert/strict";
import { proveTrust, type Claim } from "../../../lab/proof/prove";
import { buildTrustPolicy } from "../../../trust/policy";
import { TrustPolicyForm, type TrustedCluster, type TrustPolicyOptions } from "../../../trust/types";
import {
  associationFleet,
  documentOf,
  statementsFor,
  WAYS,
  type AssociationClaim,
  type Way,
  type Written,
} from "./associations";
import { builtFor, mixedFleet } from "./fleets";

const FLEETS: Record<string, Way[]> = {
  "session tags": ["tags"],
  "no session tags": ["noTags"],
  "base roles with session tags": ["baseTags"],
  "base roles without session tags": ["baseNoTags"],
  "all four in turn": WAYS,
};
const COUNTS = Array.from({ length: 35 }, (_, index) => index + 1);
const CONDITIONS = {
  StringEquals: { "aws:SourceOrgID": ["o-1", "o-2"] },
  IpAddress: { "aws:SourceIp": ["10.0.0.0/8"] },
  StringNotLikeIfExists: { "sts:RoleSessionName": ["test-*"] },
};

function withConditions(statement: Written): Written {
  const { StringEquals, ...others } = CONDITIONS;
  const equal = { ...statement.Condition.StringEquals, ...StringEquals };
  return { ...statement, Condition: { StringEquals: equal, ...others } };
}

async function assertProved(document: string, claim: Claim): Promise<string> {
  const proof = await proveTrust(document, claim);
  assert.ok(proof.proved, proof.text);
  return proof.text;
}

/** The document that the package's builder makes for a claim. */
function builtForAssociations(claim: Claim, options: TrustPolicyOptions = {}): string {
  const trusted = claim.clusters.map(({ clientIds, ...cluster }): TrustedCluster => {
    const subjects = claim.bindings
      .filter((binding) => binding.cluster === cluster.name)
      .map(({ namespace, name }) => `system:serviceaccount:${namespace}:${name}`);
    return { ...cluster, subjects, ...(clientIds ? { oidcProviderClientIds: clientIds } : {}) };
  });
  return JSON.stringify(buildTrustPolicy(trusted, options));
}

/** Clusters that have a provider, an EKS cluster or both, in turn. */
function mixedModes(count: number): Claim {
  const { clusters, bindings } = associationFleet(count, WAYS);
  const providers = mixedFleet(count).clusters;
  return {
    bindings,
    clusters: clusters.map((cluster, index) => {
      const { name: _, ...tokens } = providers[index]!;
      return index % 3 === 0
        ? { name: cluster.name, ...tokens }
        : index % 3 === 1
          ? { ...cluster, ...tokens }
          : cluster;
    }),
  };
}

describe("the proof that a trust policy says what the bindings say of EKS Pod Identity", function () {
  this.timeout(180_000);

  for (const [what, ways] of Object.entries(FLEETS)) {
    it(`is found for ${what}, with 1 to 35 clusters in several groups`, async () => {
      for (const count of COUNTS) {
        const claim = associationFleet(count, ways);
        await assertProved(documentOf(statementsFor(claim)), claim);
      }
    });

    it(`is found for what the builder writes for ${what}`, async () => {
      for (const count of [1, 6, 35]) {
        const claim = associationFleet(count, ways);
        await assertProved(builtForAssociations(claim), claim);
      }
    });

    it(`is found for ${what} with extra conditions, whatever the request says of their keys`, async () => {
      for (const count of [1, 9]) {
        const claim = { ...associationFleet(count, ways), podIdentityConditions: CONDITIONS };
        await assertProved(documentOf(statementsFor(claim).map(withConditions)), claim);
      }
    });
  }

  it("is found for clusters with tokens, with associations and with both, whose conditions differ", async () => {
    for (const count of [1, 4, 12]) {
      const conditions = { StringEquals: { "aws:SourceVpc": ["vpc-1"] } };
      const podIdentityConditions = { StringNotLikeIfExists: { "sts:RoleSessionName": ["test-*"] } };
      const options = { conditions, podIdentityConditions };
      const claim = { ...mixedModes(count), ...options };
      await assertProved(builtForAssociations(claim, options), claim);
    }
  });

  it("is found for 35 clusters of which no two are bound alike, in ten namespaces each", async () => {
    const fleet = associationFleet(35, ["tags"]);
    const bindings = fleet.clusters.flatMap(({ name: cluster }, index) =>
      Array.from({ length: 10 }, (_, place) => ({
        cluster,
        namespace: `team-${place}`,
        name: `reader-${place === index % 10 ? cluster : place}`,
      })),
    );
    const claim = { ...fleet, bindings };
    const statements = statementsFor(claim);
    assert.equal(statements.length, 350);
    await assertProved(documentOf(statements), claim);
  });

  it("is found for documents that say the same in other ways", async () => {
    const claim: AssociationClaim = associationFleet(5, ["tags"]);
    const [first, ...others] = statementsFor(claim);
    const { StringEquals } = first!.Condition;
    const rest = Object.entries(StringEquals!).filter(([key]) => key !== "aws:RequestTag/eks-cluster-arn");
    const alike = [0, 4].map((index) => claim.clusters[index]!.podIdentity.clusterArn);
    const split = [
      // The same by the source ARN, one cluster in each statement, and the actions apart.
      ...alike.flatMap((arn) =>
        ["STS:Assume*e", "sts:TagSession"].map((Action) => ({
          ...first!,
          Action,
          Condition: { StringLike: Object.fromEntries(rest), ArnEquals: { "aws:SourceArn": arn } },
        })),
      ),
      ...others,
      { Effect: "Deny", Principal: "*", Action: "sts:SetSourceIdentity" },
      { ...first!, Effect: "Deny", Condition: { Null: { "aws:RequestTag/kubernetes-pod-uid": "true" } } },
      { ...first!, Effect: "Deny", Condition: { StringNotEquals: { "AWS:sourceaccount": "123456789012" } } },
    ];
    await assertProved(documentOf(split), claim);
  });

  it("says in which clusters every association is admitted, since their session tags are off", async () => {
    const claim = associationFleet(8, WAYS);
    assert.equal(
      await assertProved(documentOf(statementsFor(claim)), claim),
      "no token, no association of EKS Pod Identity and no other principal exist for which trust policy and bindings differ " +
        '(proved by Z3); session tags are off in "cluster-01", "cluster-05": every association there is admitted, whatever ' +
        "its namespace and ServiceAccount",
    );
    const tagged = associationFleet(2, ["tags", "baseNoTags"]);
    assert.match(await assertProved(documentOf(statementsFor(tagged)), tagged), /differ \(proved by Z3\)$/);
  });

  it("is not found for a document without the associations that are claimed, or with such that are not", async () => {
    const claim = associationFleet(3, ["tags"]);
    const tokens = mixedFleet(3);
    const built = builtFor(tokens, TrustPolicyForm.StatementPerCluster);
    const none = await proveTrust(built, { ...tokens, clusters: [...tokens.clusters, ...moved(claim)] });
    assert.equal(none.proved, true, "nobody of the new clusters is bound");
    const { Statement } = JSON.parse(built) as { Statement: unknown[] };
    const more = await proveTrust(documentOf([...Statement, ...statementsFor(claim)]), tokens);
    assert.match(
      more.text,
      /^the trust policy admits an association of cluster arn:aws:eks:\S+, which is none/,
    );
  });
});

function moved({ clusters }: AssociationClaim): Claim["clusters"] {
  return clusters.map((cluster) => ({ ...cluster, name: `moved-${cluster.name}` }));
}
