import { parseClusterArn, type ClusterArnParts } from "./clusterArn";
import type { PodIdentityCall } from "./extraKeys";
import { podIdentityClusters } from "./podIdentity";
import { parseRoleArn } from "./principals";
import { namespaceProblem, parseSubject, serviceAccountNameProblem } from "./subject";
import type { PodIdentityCluster, TrustedCluster, TrustPolicyOptions } from "./types";
import { isRecord } from "./values";

/** Whether this is of the shape of a `TrustedPodIdentity`. */
export function isPodIdentity(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { clusterArn, baseRoleArn, disableSessionTags } = value;
  return (
    typeof clusterArn === "string" &&
    (baseRoleArn === undefined || typeof baseRoleArn === "string") &&
    (disableSessionTags === undefined || typeof disableSessionTags === "boolean")
  );
}

/** Throws when a statement for Pod Identity would admit somebody else, or nobody. */
export function refuseUnsafePodIdentity(clusters: TrustedCluster[]): void {
  const owners = new Map<string, string>();
  let direct: { name: string; accountId: string } | undefined;
  for (const cluster of podIdentityClusters(clusters)) {
    const { name, podIdentity } = cluster;
    const parts = arnParts(cluster);
    refuseBaseRole(cluster, parts);
    refuseServiceAccounts(cluster);
    const owner = owners.get(podIdentity.clusterArn);
    if (owner !== undefined) {
      throw new Error(`cluster "${name}" has the ARN of cluster "${owner}": ${podIdentity.clusterArn}`);
    }
    owners.set(podIdentity.clusterArn, name);
    if (podIdentity.baseRoleArn === undefined) {
      direct ??= { name, accountId: parts.accountId };
      if (direct.accountId !== parts.accountId) {
        throw new Error(
          `cluster "${name}" is in account ${parts.accountId} and cluster "${direct.name}" in ${direct.accountId}: an association's role is in the account of its cluster, so that of one of them needs a base role`,
        );
      }
    }
  }
}

function arnParts({ name, podIdentity: { clusterArn } }: PodIdentityCluster): ClusterArnParts {
  const parts = parseClusterArn(clusterArn);
  if (!parts) {
    throw new Error(
      `cluster "${name}": not the ARN of an EKS cluster (arn:<partition>:eks:<region>:<account>:cluster/<name>): "${clusterArn}"`,
    );
  }
  return parts;
}

function refuseBaseRole({ name, podIdentity }: PodIdentityCluster, cluster: ClusterArnParts): void {
  const { baseRoleArn } = podIdentity;
  if (baseRoleArn === undefined) return;
  // A wildcard, which would admit others, is in no ARN of one role.
  const role = parseRoleArn(baseRoleArn);
  if (!role) {
    throw new Error(
      `cluster "${name}": not the ARN of a base role (arn:<partition>:iam::<account>:role/<name>): "${baseRoleArn}"`,
    );
  }
  if (role.accountId !== cluster.accountId || role.partition !== cluster.partition) {
    throw new Error(
      `cluster "${name}": the base role ${baseRoleArn} is not in the cluster's account (${cluster.partition}, ${cluster.accountId}), where EKS wants it`,
    );
  }
}

/** Tags and external IDs carry the names alone: whatever Kubernetes would not take might be read as another's. */
function refuseServiceAccounts({ name, subjects, subjectPatterns = [] }: PodIdentityCluster): void {
  const [pattern] = subjectPatterns;
  if (pattern !== undefined) {
    throw new Error(
      `cluster "${name}": "${pattern}" is a pattern, and an association of EKS Pod Identity is of exactly one ServiceAccount: write exact names, or trust web identities alone`,
    );
  }
  for (const subject of subjects) {
    const parts = parseSubject(subject);
    const problem = parts
      ? (namespaceProblem(parts.namespace) ?? serviceAccountNameProblem(parts.name))
      : "is not of one ServiceAccount";
    if (problem !== undefined) {
      throw new Error(`cluster "${name}": "${subject}" cannot have an association: it ${problem}`);
    }
  }
}

/** The calls that the clusters' pods make by Pod Identity. */
export function podIdentityCalls(clusters: TrustedCluster[]): PodIdentityCall[] {
  return podIdentityClusters(clusters).map(({ podIdentity }) => ({
    baseRole: podIdentity.baseRoleArn !== undefined,
    tags: podIdentity.disableSessionTags !== true,
  }));
}

/**
 * Says that the conditions would not narrow Pod Identity, though nobody said so; undefined where it is said, or there is nothing to say.
 *
 * @param hasPodIdentity whether a cluster is admitted by it.
 */
export function unsaidConditionsProblem(
  { conditions = {}, podIdentityConditions }: TrustPolicyOptions,
  hasPodIdentity: boolean,
): string | undefined {
  const narrows = isRecord(conditions) && Object.keys(conditions).length > 0;
  return hasPodIdentity && podIdentityConditions === undefined && narrows
    ? "is missing: conditions narrow web identities alone, whose calls have other keys than those of EKS Pod Identity. Write what to ask of the latter, or {} if that is nothing"
    : undefined;
}
