import { isRecord } from "../trust/values";
import { usesPodIdentity } from "./identity";
import type { MultiClusterIrsaArgs } from "./multiClusterIrsa";
import { parsedJson, policyJsonProblem } from "./policyJson";

/**
 * The tags of a session that EKS Pod Identity begins.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html#pod-id-abac-tags
 */
const SESSION_TAGS = [
  "eks-cluster-arn",
  "eks-cluster-name",
  "kubernetes-namespace",
  "kubernetes-service-account",
  "kubernetes-pod-name",
  "kubernetes-pod-uid",
];
// IAM does not tell condition keys by case, neither as keys nor as variables.
const KEY = new RegExp(`^aws:PrincipalTag/(${SESSION_TAGS.join("|")})$`, "i");
// A variable may carry a default: ${key, 'default'}.
const VARIABLE = new RegExp(`\\$\\{\\s*(aws:PrincipalTag/(?:${SESSION_TAGS.join("|")}))\\s*[,}]`, "i");

/** Where it is said that sessions of the role have no tags: a property path, or undefined where all of Pod Identity's have them. */
export function tagsOffAt({
  clusters,
  podIdentity,
}: Pick<MultiClusterIrsaArgs, "clusters" | "podIdentity">): string | undefined {
  const paths = clusters.flatMap((cluster, index) => {
    if (!usesPodIdentity(cluster)) return [];
    const { baseRole } = cluster;
    return baseRole === undefined
      ? podIdentity?.disableSessionTags
        ? ["podIdentity.disableSessionTags"]
        : []
      : baseRole.disableSessionTags
        ? [`clusters[${index}].baseRole.disableSessionTags`]
        : [];
  });
  return paths[0];
}

/**
 * Says that a policy asks for a tag which sessions do not have, or undefined.
 *
 * @param where says so: what {@link tagsOffAt} gives.
 */
export function absentTagProblem(policyJson: string, where: string): string | undefined {
  const key = tagKeyIn(parsedJson(policyJson));
  return (
    key &&
    `asks for ${key}, and by ${where} there are sessions without that tag: leave the tags on, or write the policy without it`
  );
}

/** Says what is wrong with the policy that bounds the sessions of associations, or undefined. */
export function sessionPolicyProblem(policyJson: string): string | undefined {
  const malformed = policyJsonProblem(policyJson);
  if (malformed !== undefined) return malformed;
  const key = tagKeyIn(parsedJson(policyJson));
  return key && `asks for ${key}, and sessions with a policy have no tags: write the policy without it`;
}

/** The first condition key of a session tag, as the policy writes it. */
function tagKeyIn(value: unknown): string | undefined {
  if (typeof value === "string") {
    return VARIABLE.exec(value)?.[1];
  }
  if (Array.isArray(value)) {
    return firstOf(value, tagKeyIn);
  }
  return isRecord(value)
    ? firstOf(Object.entries(value), ([key, entry]) => (KEY.test(key) ? key : tagKeyIn(entry)))
    : undefined;
}

function firstOf<T>(entries: T[], found: (entry: T) => string | undefined): string | undefined {
  for (const entry of entries) {
    const one = found(entry);
    if (one !== undefined) return one;
  }
  return undefined;
}
