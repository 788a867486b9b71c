import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Narrowing, type KnownCluster } from "../../components/narrowing";
import { subjectOf } from "../../trust/subject";
import { buildTrustPolicy } from "../../trust/policy";
import { IdentityMode, type TrustedCluster, type TrustPolicyOptions } from "../../trust/types";
import { READER } from "../support/clusters";
import { eksIssuer, providerArn } from "../support/fleet";
import { ACCOUNT, record } from "../support/recorder";

const { Both, Irsa, PodIdentity } = IdentityMode;
const BLUE: KnownCluster & { podIdentity: { clusterArn: string } } = {
  name: "blue",
  oidcProviderArn: providerArn(eksIssuer("B")),
  podIdentity: { clusterArn: `arn:aws:eks:us-east-1:${ACCOUNT}:cluster/blue` },
};
const OTHER = { namespace: "default", name: "other" };

/** The trust policy of the cluster in a mode. */
function policyOf(mode: IdentityMode, accounts = [READER], options: TrustPolicyOptions = {}): string {
  const cluster: TrustedCluster = {
    name: BLUE.name,
    subjects: accounts.map(({ namespace, name }) => subjectOf(namespace, name)),
    ...(mode !== PodIdentity && { oidcProviderArn: String(BLUE.oidcProviderArn) }),
    ...(mode !== Irsa && { podIdentity: BLUE.podIdentity }),
  };
  return JSON.stringify(buildTrustPolicy([cluster], options));
}

/** What is told when the role's trust policy goes from one to the other, and an association is made after it. */
async function told(before: unknown, after: unknown, bindings = [READER]): Promise<string[]> {
  const { recording } = await record(() => {
    const component = new pulumi.ComponentResource("eks-irsa:index:MultiClusterIrsa", "app");
    const narrowing = new Narrowing('MultiClusterIrsa "app"', bindings, component);
    const known = pulumi.output(BLUE);
    narrowing.add(known);
    known.apply(async () => {
      await narrowing.warnOfUpdate(before, after);
      await narrowing.warnOfNewAssociation("blue", READER);
    });
  });
  return recording.warnings;
}

describe("a trust policy that is narrowed", () => {
  for (const [from, to, lost, gained] of [
    [Irsa, PodIdentity, "IRSA's tokens", "Pod Identity"],
    [PodIdentity, Irsa, "Pod Identity", "IRSA's tokens"],
  ] as const) {
    it(`from ${from} to ${to} in one step is too early, and names the pods that lose the role`, async () => {
      const [first] = await told(policyOf(from), policyOf(to));
      assert.match(first ?? "", /too early/);
      assert.ok(
        first?.includes(`stops accepting ${lost} in the very update in which it begins accepting ${gained}`),
      );
      assert.match(first ?? "", /pods of default\/s3-reader .*Set trusts to IdentityMode\.Both/);
    });
  }

  it("to PodIdentity after Both is told with what must have been done before", async () => {
    const [first, second] = await told(policyOf(Both), policyOf(PodIdentity));
    assert.match(
      first ?? "",
      /stops accepting IRSA's tokens: pods of default\/s3-reader that were not made anew/,
    );
    assert.match(second ?? "", /the association of default\/s3-reader is made in the very update/);
  });

  it("to Irsa after Both is told too, and the associations that are made are of no concern to it", async () => {
    const warnings = await told(policyOf(Both), policyOf(Irsa));
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /stops accepting Pod Identity: pods of default\/s3-reader/);
  });

  for (const [what, before, after] of [
    ["widened", policyOf(Irsa), policyOf(Both)],
    ["the same", policyOf(Both), policyOf(Both)],
    ["not known at preview", policyOf(Both), undefined],
    ["not known before", undefined, policyOf(Irsa)],
  ] as const) {
    it(`is nothing to tell of when it is ${what}`, async () => {
      assert.deepEqual(await told(before, after), []);
    });
  }

  it("is told as it is where the role accepts nothing of the cluster any more: it moved to another shard, say", async () => {
    const elsewhere = JSON.stringify(
      buildTrustPolicy([
        { name: "x", oidcProviderArn: providerArn(eksIssuer("C")), subjects: [subjectOf("a", "b")] },
      ]),
    );
    const warnings = await told(policyOf(Irsa), elsewhere);
    assert.equal(warnings.length, 1);
    assert.match(
      warnings[0] ?? "",
      /cluster "blue": the role stops accepting IRSA's tokens, and accepts nothing else of it: pods of default\/s3-reader that still/,
    );
  });

  it("is nothing to tell of where a condition was added: who meets it keeps the role", async () => {
    const conditions = { StringEquals: { "aws:SourceVpc": ["vpc-1"] } };
    for (const mode of [Irsa, Both]) {
      assert.deepEqual(
        await told(policyOf(mode), policyOf(mode, [READER], { conditions, podIdentityConditions: {} })),
        [],
      );
    }
  });

  it("is nothing to tell of for a ServiceAccount that is no longer bound: that is what was asked for", async () => {
    assert.deepEqual(await told(policyOf(Both, [READER, OTHER]), policyOf(Both)), []);
  });

  it("names only those who lose something", async () => {
    const [first] = await told(policyOf(Both, [READER, OTHER]), policyOf(PodIdentity, [READER, OTHER]), [
      OTHER,
    ]);
    assert.match(first ?? "", /pods of default\/other that/);
  });
});
