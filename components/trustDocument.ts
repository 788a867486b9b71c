import * as pulumi from "@pulumi/pulumi";
import { budgetWarnings, trustBudget, type Remedies, type TrustBudget } from "../trust/budget";
import { findMismatch } from "../trust/exact";
import { IdentityMode, type TrustedCluster, type TrustedPodIdentity, type TrustPolicy } from "../trust/types";
import { bindingsOf, trustedCluster } from "./bindings";
import { sharedClusterReason } from "./podIdentityReasons";
import { lateProblems, problem, repeated, type Problem } from "./problems";
import { accountProblem, type RoleAccount } from "./roleAccount";
import { resourceError } from "./resourceError";
import { shardOverflow } from "./shards";
import type { ServiceAccountBinding, TrustSettings } from "./types";

/** A cluster as the role trusts it; what it is known by may still be on its way. */
export interface TrustSource {
  name: string;
  /** ARN of its OIDC provider. Undefined: no web identities of it are trusted. */
  arn?: pulumi.Input<string>;
  /** How it comes by Pod Identity. Undefined: not at all. */
  podIdentity?: pulumi.Output<TrustedPodIdentity>;
  /** The client IDs of its provider, where they are known. */
  clientIds: string[] | undefined;
  /** Where a fault of this ARN is told of, such as `clusters[0].oidcProviderArn`. */
  propertyPath: string;
  /** The same of the ARN of the cluster itself, such as `clusters[0].clusterName`. */
  clusterPath: string;
}

/**
 * A role's trust policy as JSON, once every ARN is known and nothing is wrong with the whole: it is never partial.
 * A cluster that no binding reaches is not in it.
 */
export function trustDocument(
  clusters: TrustSource[],
  bindings: ServiceAccountBinding[],
  trust: TrustSettings,
  account: pulumi.Output<RoleAccount>,
  context: { what: string; resource: pulumi.Resource; shard?: string; remedies?: Remedies },
): pulumi.Output<string> {
  const { what, resource, shard, remedies } = context;
  const bound = clusters.filter(({ name }) => bindingsOf(name, bindings).length > 0);
  const ways = bound.map(({ arn, podIdentity }) => ({ arn, podIdentity }));
  return pulumi.all([account, ways]).apply(([where, known]) => {
    const trusted = bound.map(({ name, clientIds }, index) => {
      const { arn, podIdentity } = known[index] ?? {};
      const source = {
        name,
        ...(arn !== undefined && { oidcProviderArn: arn }),
        ...(clientIds && { oidcProviderClientIds: clientIds }),
        ...(podIdentity && { podIdentity }),
      };
      return trustedCluster(source, bindings);
    });
    const problems = trustedProblems(trusted, bound, where);
    if (problems.length > 0) {
      throw lateProblems(what, problems, resource);
    }
    const budget = toldOf(context, () => trustBudget(trusted, trust));
    const named = { ...(shard !== undefined && { name: shard }), clusters: trusted };
    const overflow = shardOverflow(named, budget, trust, undefined, remedies);
    if (overflow !== undefined) {
      throw lateProblems(what, [{ propertyPath: "trust", reason: overflow }], resource);
    }
    return checkedDocument(budget, trusted, trust, context);
  });
}

/** What the builder or the reading back refuses, as an error of the component's. */
function toldOf<T>({ what, resource }: { what: string; resource: pulumi.Resource }, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw resourceError(`${what}: ${error instanceof Error ? error.message : String(error)}`, resource);
  }
}

/** The document, of which the user is told what there is to be warned of, once it was read back. */
function checkedDocument(
  budget: TrustBudget,
  trusted: TrustedCluster[],
  trust: TrustSettings,
  { what, resource, shard }: { what: string; resource: pulumi.Resource; shard?: string },
): string {
  toldOf({ what, resource }, () => {
    refuseUnlessExact(budget.policy, trusted, trust);
  });
  for (const warning of budgetWarnings(budget, trusted, trust)) {
    const of = shard === undefined ? "" : `shard "${shard}": `;
    void pulumi.log.warn(`${what}: ${of}${warning}`, resource);
  }
  return JSON.stringify(budget.policy);
}

function trustedProblems(trusted: TrustedCluster[], bound: TrustSource[], account: RoleAccount): Problem[] {
  return [
    ...providerProblems(trusted, bound, account),
    ...repeated(
      trusted.map(({ podIdentity }) => podIdentity?.clusterArn),
      bound.map(({ clusterPath }) => clusterPath),
      sharedClusterReason,
    ),
  ];
}

function providerProblems(trusted: TrustedCluster[], bound: TrustSource[], account: RoleAccount): Problem[] {
  return trusted.flatMap(({ oidcProviderArn }, index) => {
    const propertyPath = bound[index]?.propertyPath ?? "";
    const first = trusted.findIndex((other) => other.oidcProviderArn === oidcProviderArn);
    const reason =
      first === index || oidcProviderArn === undefined
        ? oidcProviderArn && accountProblem(oidcProviderArn, account)
        : `has the OIDC provider of cluster "${trusted[first]?.name ?? ""}" (${oidcProviderArn}): an issuer belongs to one cluster, list that cluster once`;
    return problem(propertyPath, reason);
  });
}

/** Reads the document back and compares it with the bindings: a builder that went wrong is found before IAM has the document. */
export function refuseUnlessExact(
  policy: TrustPolicy,
  trusted: TrustedCluster[],
  {
    conditions = {},
    podIdentityConditions = {},
    statements = [],
  }: Pick<TrustSettings, "conditions" | "podIdentityConditions" | "statements"> = {},
): void {
  const options = { conditions, podIdentityConditions, statements: statements.length };
  const mismatch = findMismatch(policy, trusted, options);
  if (mismatch) {
    const { cluster, subject, wanted, decision, reason } = mismatch;
    const by =
      mismatch.identity === IdentityMode.PodIdentity
        ? "by EKS Pod Identity"
        : `with audience "${mismatch.audience}"`;
    throw new Error(
      `the trust policy does not say what the bindings say, so it is not used: for ${subject} of cluster "${cluster}", ${by}, ` +
        `it should say "${wanted}" and says "${decision}" (${reason})`,
    );
  }
}
