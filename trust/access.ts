import { compiledFrom, decisionsFor, type TrustDecision } from "./evaluate";
import { subjectOf } from "./subject";

/** What a trust policy decides for one ServiceAccount of one cluster. */
export interface AccessRow extends TrustDecision {
  cluster: string;
  namespace: string;
  serviceAccount: string;
}

/**
 * Says for each pair of cluster and ServiceAccount whether a trust policy admits it, and why.
 *
 * @param trustPolicy the document, as JSON text or parsed.
 * @param clusters by name, each with the ARN of its OIDC provider.
 * @example accessTable(json, [{ name: "east", oidcProviderArn: arn }], [{ namespace: "default", name: "s3-reader" }])
 */
export function accessTable(
  trustPolicy: string | object,
  clusters: { name: string; oidcProviderArn: string }[],
  serviceAccounts: { namespace: string; name: string }[],
): AccessRow[] {
  const compiled = compiledFrom(trustPolicy);
  return clusters.flatMap((cluster) => {
    const decide = decisionsFor(cluster.oidcProviderArn, compiled);
    return serviceAccounts.map(({ namespace, name }) => ({
      cluster: cluster.name,
      namespace,
      serviceAccount: name,
      ...decide({ subject: subjectOf(namespace, name) }),
    }));
  });
}
