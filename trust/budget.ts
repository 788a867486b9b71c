import { buildTrustPolicy, type TrustedCluster, type TrustPolicy } from "./policy";
import { compareText } from "./values";

/** What IAM takes unless the quota was raised (Service Quotas L-C07B4B0D). */
export const DEFAULT_MAX_SIZE = 2048;
/** The most that the quota can be raised to. */
export const LARGEST_MAX_SIZE = 8192;

/**
 * The size of a trust policy as IAM counts it: its characters without white space.
 *
 * @param policy the document, or its JSON text as it would be sent.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export function trustPolicySize(policy: TrustPolicy | string): number {
  const text = typeof policy === "string" ? policy : JSON.stringify(policy);
  return text.replace(/\s/g, "").length;
}

/** The trust policy and what it takes of the limit. */
export interface TrustBudget {
  used: number;
  limit: number;
  /** How many clusters fit, in the order of their names. */
  fitting: number;
  /** The first cluster that no longer fits; undefined when all do. */
  overflow?: string;
}

/** Measures the trust policy of these clusters against a limit in characters. */
export function trustBudget(clusters: TrustedCluster[], limit: number): TrustBudget {
  const policy = buildTrustPolicy(clusters);
  const used = trustPolicySize(policy);
  if (used <= limit) {
    return { used, limit, fitting: clusters.length };
  }
  const names = clusters.map((cluster) => cluster.name).sort(compareText);
  // Each statement takes a comma, but for the first.
  let size = trustPolicySize({ ...policy, Statement: [] }) - 1;
  const fitting = policy.Statement.findIndex((statement) => {
    size += 1 + trustPolicySize(JSON.stringify(statement));
    return size > limit;
  });
  return { used, limit, fitting, overflow: names[fitting] };
}

/** Says that a trust policy is over its limit, which cluster overflows, and what can be done; undefined when it fits. */
export function budgetProblem(clusters: TrustedCluster[], limit: number): string | undefined {
  const { used, fitting, overflow } = trustBudget(clusters, limit);
  if (overflow === undefined) {
    return undefined;
  }
  const raise =
    limit < LARGEST_MAX_SIZE
      ? [
          `have the quota "Role trust policy length" (L-C07B4B0D) raised, to ${LARGEST_MAX_SIZE} at most, and set trust.maxSize to it`,
        ]
      : [];
  const remedies = [
    ...raise,
    "bind fewer ServiceAccounts to this role",
    "split the clusters over two roles, one MultiClusterIrsa each",
    "use EKS Pod Identity for some of the clusters",
  ];
  return (
    `the trust policy needs ${used} characters (IAM does not count white space) and the limit is ${limit}: ` +
    `cluster "${overflow}" is the first that no longer fits (${fitting} of ${clusters.length} do). ` +
    `What to do: ${remedies.join("; or ")}`
  );
}
