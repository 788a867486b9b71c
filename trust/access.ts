import { compiledFrom, decisionsFor, podDecisionsFor, type TrustDecision } from "./evaluate";
import { isClusterWide } from "./podIdentityRequest";
import { subjectOf } from "./subject";
import { IdentityMode, type TrustedCluster } from "./types";

/** A cluster whose ServiceAccounts are asked about: by each way that is given here. */
export type AccessCluster = Pick<TrustedCluster, "name" | "oidcProviderArn" | "podIdentity">;

/** What a trust policy decides for one ServiceAccount of one cluster that comes by one way. */
export interface AccessRow extends TrustDecision {
  /** Name of the cluster, as it was given. */
  cluster: string;
  /** Namespace of the ServiceAccount. */
  namespace: string;
  /** Name of the ServiceAccount. */
  serviceAccount: string;
  /** The way. */
  identity: IdentityMode.Irsa | IdentityMode.PodIdentity;
  /**
   * Says that EVERY ServiceAccount of the cluster is admitted, whether listed or not, that an association gives the role: its session tags
   * are off, and there is no base role. Left out otherwise.
   */
  clusterWide?: true;
}

interface ServiceAccount {
  namespace: string;
  name: string;
}
type Compiled = ReturnType<typeof compiledFrom>;

/**
 * Says for each pair of cluster and ServiceAccount whether a trust policy admits it, and why; twice where the cluster has both ways.
 *
 * @param trustPolicy the document, as JSON text or parsed.
 * @param clusters by name, each with the ARN of its OIDC provider, with what its Pod Identity associations are like, or with both.
 * @param serviceAccounts by namespace and name, each asked about in every cluster.
 * @returns a row for each pair and way; `indeterminate` in each where the document cannot be read.
 * @example
 * const rows = accessTable(
 *   trustPolicyJson,
 *   [{ name: "east", oidcProviderArn }],
 *   [{ namespace: "default", name: "s3-reader" }],
 * );
 * for (const { cluster, namespace, serviceAccount, decision, reason } of rows) {
 *   console.log(`${cluster} ${namespace}/${serviceAccount}: ${decision}, ${reason}`);
 * }
 */
export function accessTable(
  trustPolicy: string | object,
  clusters: AccessCluster[],
  serviceAccounts: { namespace: string; name: string }[],
): AccessRow[] {
  const compiled = compiledFrom(trustPolicy);
  return clusters.flatMap((cluster) => [
    ...webIdentityRows(cluster, serviceAccounts, compiled),
    ...podIdentityRows(cluster, serviceAccounts, compiled),
  ]);
}

function webIdentityRows(
  { name: cluster, oidcProviderArn }: AccessCluster,
  serviceAccounts: ServiceAccount[],
  compiled: Compiled,
): AccessRow[] {
  if (oidcProviderArn === undefined) return [];
  const decide = decisionsFor(oidcProviderArn, compiled);
  return serviceAccounts.map(({ namespace, name }) => ({
    cluster,
    namespace,
    serviceAccount: name,
    identity: IdentityMode.Irsa,
    ...decide({ subject: subjectOf(namespace, name) }),
  }));
}

function podIdentityRows(
  { name: cluster, podIdentity }: AccessCluster,
  serviceAccounts: ServiceAccount[],
  compiled: Compiled,
): AccessRow[] {
  if (podIdentity === undefined) return [];
  const decide = podDecisionsFor(podIdentity, compiled);
  const wide = isClusterWide(podIdentity);
  return serviceAccounts.map(({ namespace, name }) => {
    const decided = decide({ namespace, serviceAccount: name });
    return {
      cluster,
      namespace,
      serviceAccount: name,
      identity: IdentityMode.PodIdentity,
      ...decided,
      ...(wide && decided.decision === "allow" && { clusterWide: true as const }),
    };
  });
}
