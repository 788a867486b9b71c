import { parseClusterArn, type ClusterArnParts } from "./clusterArn";
import { oneOrMany } from "./extras";
import { parseSubject } from "./subject";
import type { PodIdentityCluster, TrustedCluster, TrustedPodIdentity, TrustStatement } from "./types";
import { compareText, groupedBy } from "./values";

/** The service that assumes a role for a pod, the same in every partition. */
export const POD_IDENTITY_SERVICE = "pods.eks.amazonaws.com";

/**
 * The session tags by which a trust policy tells ServiceAccounts apart. EKS sets them, no pod can.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
 */
const POD_IDENTITY_TAGS = {
  clusterArn: "aws:RequestTag/eks-cluster-arn",
  namespace: "aws:RequestTag/kubernetes-namespace",
  serviceAccount: "aws:RequestTag/kubernetes-service-account",
} as const;

type Values = { [key: string]: string | string[] };
interface ServiceAccount {
  namespace: string;
  name: string;
}

/** The clusters that are admitted by Pod Identity. */
export function podIdentityClusters(clusters: TrustedCluster[]): PodIdentityCluster[] {
  return clusters.filter((cluster): cluster is PodIdentityCluster => cluster.podIdentity !== undefined);
}

/**
 * The external ID with which EKS assumes a target role for a ServiceAccount whose association has its session tags off.
 *
 * @example externalIdOf(cluster, "default", "s3-reader") // "us-east-1/111122223333/east/default/s3-reader"
 * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html
 */
export function externalIdOf(
  { region, accountId, clusterName }: Omit<ClusterArnParts, "partition">,
  namespace: string,
  name: string,
): string {
  return [region, accountId, clusterName, namespace, name].join("/");
}

/**
 * The statements of clusters in their order, with which nothing is wrong. Clusters with equal bindings share statements, and no
 * statement admits a combination that is not bound. Their order depends on no cluster's name: one more cluster with bindings
 * that others have changes nothing but lists.
 */
export function podIdentityStatements(ordered: PodIdentityCluster[]): TrustStatement[] {
  return sortedGroups(ordered, kindOf).flatMap((clusters) => {
    const [first] = clusters;
    if (!first) return [];
    const { baseRoleArn, disableSessionTags = false } = first.podIdentity;
    if (!disableSessionTags) return taggedStatements(clusters, first.podIdentity);
    const equals = baseRoleArn === undefined ? sourceCondition(clusters) : externalIdCondition(clusters);
    return [statement(first.podIdentity, "sts:AssumeRole", equals)];
  });
}

/** Who makes the call, and whether with tags: of one kind the statements differ in values alone. */
function kindOf({
  podIdentity: { baseRoleArn = "", disableSessionTags = false },
}: PodIdentityCluster): string {
  return `${baseRoleArn} ${disableSessionTags ? "untagged" : "tagged"}`;
}

/** With tags IAM sees the cluster and the ServiceAccount. */
function taggedStatements(clusters: PodIdentityCluster[], kind: TrustedPodIdentity): TrustStatement[] {
  const groups = sortedGroups(clusters, (cluster) => JSON.stringify(subjectsOf(cluster)));
  return groups.flatMap((group) => {
    const arns = group.map(({ podIdentity }) => podIdentity.clusterArn);
    return blocksOf(group[0] ? serviceAccountsOf(group[0]) : []).map(({ namespaces, names }) =>
      statement(kind, ["sts:AssumeRole", "sts:TagSession"], {
        [POD_IDENTITY_TAGS.clusterArn]: oneOrMany(arns),
        [POD_IDENTITY_TAGS.namespace]: oneOrMany(namespaces),
        [POD_IDENTITY_TAGS.serviceAccount]: oneOrMany(names),
      }),
    );
  });
}

/** Namespaces with the same names in them, each once: a statement admits every name in every namespace that it lists. */
function blocksOf(serviceAccounts: ServiceAccount[]): { namespaces: string[]; names: string[] }[] {
  const byNamespace = [...groupedBy(serviceAccounts, ({ namespace }) => namespace)]
    .sort(([a], [b]) => compareText(a, b))
    .map(([namespace, members]) => ({ namespace, names: members.map(({ name }) => name).sort(compareText) }));
  const blocks = groupedBy(byNamespace, ({ names }) => JSON.stringify(names));
  return [...blocks.values()].map((members) => ({
    namespaces: members.map(({ namespace }) => namespace),
    names: members[0]?.names ?? [],
  }));
}

/**
 * Without tags and without a base role IAM sees the cluster alone.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcearn
 */
function sourceCondition(clusters: PodIdentityCluster[]): Values {
  const accounts = new Set(clusters.map((cluster) => partsOf(cluster).accountId));
  return {
    "aws:SourceAccount": oneOrMany([...accounts]),
    "aws:SourceArn": oneOrMany(clusters.map(({ podIdentity }) => podIdentity.clusterArn)),
  };
}

/** Without tags it sees of a base role's call the external ID, which is of one ServiceAccount. */
function externalIdCondition(clusters: PodIdentityCluster[]): Values {
  const ids = clusters.flatMap((cluster) =>
    serviceAccountsOf(cluster).map(({ namespace, name }) => externalIdOf(partsOf(cluster), namespace, name)),
  );
  return { "sts:ExternalId": oneOrMany(ids) };
}

function statement(
  { baseRoleArn }: TrustedPodIdentity,
  action: string | string[],
  equals: Values,
): TrustStatement {
  return {
    Effect: "Allow",
    Principal: baseRoleArn === undefined ? { Service: POD_IDENTITY_SERVICE } : { AWS: baseRoleArn },
    Action: action,
    Condition: { StringEquals: equals },
  };
}

/** The groups in the order of their keys, and in each the clusters in their order. */
function sortedGroups(
  clusters: PodIdentityCluster[],
  keyOf: (cluster: PodIdentityCluster) => string,
): PodIdentityCluster[][] {
  return [...groupedBy(clusters, keyOf)].sort(([a], [b]) => compareText(a, b)).map(([, group]) => group);
}

function subjectsOf({ subjects }: PodIdentityCluster): string[] {
  return [...new Set(subjects)].sort(compareText);
}

function serviceAccountsOf(cluster: PodIdentityCluster): ServiceAccount[] {
  return subjectsOf(cluster).flatMap((subject) => parseSubject(subject) ?? []);
}

function partsOf({ name, podIdentity: { clusterArn } }: PodIdentityCluster): ClusterArnParts {
  const parts = parseClusterArn(clusterArn);
  if (!parts) {
    throw new Error(`cluster "${name}": not the ARN of an EKS cluster: "${clusterArn}"`);
  }
  return parts;
}
