import { parseClusterArn, type ClusterArnParts } from "./clusterArn";
import { givenKeys, type RequestKeys } from "./conditions";
import { type Caller, parseRoleArn, roleCaller, serviceCaller } from "./principals";
import type { TrustedPodIdentity } from "./types";

/** EKS, asking for a role on behalf of a pod whose ServiceAccount has an association. */
export interface PodIdentityRequest extends TrustedPodIdentity {
  /** Namespace of the ServiceAccount. */
  namespace: string;
  /** Name of the ServiceAccount. */
  serviceAccount: string;
  /**
   * Other condition keys of the request, such as `aws:SourceOrgID`. A statement that asks for one not given here is indeterminate.
   * What follows from the association is never as given here, and of session tags that are off there is none. Default:
   * nothing else is known.
   */
  context?: Record<string, string | string[]>;
}

/** The service that assumes a role for a pod, the same in every partition. This and what follows is written apart from the builder's. */
export const PODS_SERVICE = "pods.eks.amazonaws.com";
export const ASSUME_ROLE = "sts:AssumeRole";
/** What session tags must be allowed by. */
export const TAG_SESSION = "sts:TagSession";

/** The condition keys of the session tags that are known beforehand, each with what it says. */
export const CLUSTER_ARN_TAG = "aws:RequestTag/eks-cluster-arn";
const CLUSTER_NAME_TAG = "aws:RequestTag/eks-cluster-name";
export const NAMESPACE_TAG = "aws:RequestTag/kubernetes-namespace";
export const SERVICE_ACCOUNT_TAG = "aws:RequestTag/kubernetes-service-account";
export const SOURCE_ACCOUNT = "aws:SourceAccount";
export const SOURCE_ARN = "aws:SourceArn";
export const EXTERNAL_ID = "sts:ExternalId";
/** Keys of a pod's request by which statements differ, in lower case: those of the cluster first. */
export const KNOWN_OF_PODS = [
  CLUSTER_ARN_TAG,
  SOURCE_ARN,
  EXTERNAL_ID,
  SERVICE_ACCOUNT_TAG,
  NAMESPACE_TAG,
].map((key) => key.toLowerCase());

/** Who asks for the role of a cluster's associations; a text says what cannot be read. */
export function podCaller({ clusterArn, baseRoleArn }: TrustedPodIdentity): Caller | string {
  if (!parseClusterArn(clusterArn)) {
    return "the request's cluster ARN cannot be read";
  }
  if (baseRoleArn === undefined) {
    return serviceCaller(PODS_SERVICE);
  }
  const parts = parseRoleArn(baseRoleArn);
  return parts ? roleCaller(baseRoleArn, parts) : "the request's base role ARN cannot be read";
}

/** Whether IAM sees of a pod's request no more than the cluster. */
export function isClusterWide({ baseRoleArn, disableSessionTags = false }: TrustedPodIdentity): boolean {
  return disableSessionTags && baseRoleArn === undefined;
}

/**
 * The external ID of an association whose session tags are off and that has a target role.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html
 */
export function expectedExternalId(
  { region, accountId, clusterName }: ClusterArnParts,
  namespace: string,
  serviceAccount: string,
): string {
  return `${region}/${accountId}/${clusterName}/${namespace}/${serviceAccount}`;
}

/**
 * The condition keys of a pod's request. Those of issuers' claims are absent. Tags that EKS sets and that are not known beforehand are
 * as the caller says, and so is every other key.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function podKeys(request: PodIdentityRequest, cluster: ClusterArnParts): RequestKeys {
  const known = givenKeys(request.context);
  const { disableSessionTags = false } = request;
  for (const [key, value] of Object.entries(ownKeys(request, cluster))) {
    known.set(key.toLowerCase(), [value]);
  }
  const absent = (key: string) =>
    disableSessionTags && (key.startsWith("aws:requesttag/") || key === "aws:tagkeys");
  return { issuer: "", lookup: (key) => (absent(key) ? "absent" : (known.get(key) ?? "unknown")) };
}

function ownKeys(request: PodIdentityRequest, cluster: ClusterArnParts): Record<string, string> {
  const { clusterArn, namespace, serviceAccount, baseRoleArn, disableSessionTags = false } = request;
  const tags = {
    [CLUSTER_ARN_TAG]: clusterArn,
    [CLUSTER_NAME_TAG]: cluster.clusterName,
    [NAMESPACE_TAG]: namespace,
    [SERVICE_ACCOUNT_TAG]: serviceAccount,
  };
  const role = baseRoleArn === undefined ? undefined : parseRoleArn(baseRoleArn);
  const caller: Record<string, string> = role
    ? { "aws:PrincipalArn": baseRoleArn ?? "", "aws:PrincipalAccount": role.accountId }
    : { [SOURCE_ACCOUNT]: cluster.accountId, [SOURCE_ARN]: clusterArn };
  const externalId = expectedExternalId(cluster, namespace, serviceAccount);
  return {
    ...caller,
    ...(!disableSessionTags && tags),
    ...(role && disableSessionTags && { [EXTERNAL_ID]: externalId }),
  };
}
