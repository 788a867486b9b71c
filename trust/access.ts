import { evaluateTrust, type TrustDecision } from "./evaluate";
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
  const document = typeof trustPolicy === "string" ? parsedOnce(trustPolicy) : trustPolicy;
  return clusters.flatMap((cluster) =>
    serviceAccounts.map(({ namespace, name }) => ({
      cluster: cluster.name,
      namespace,
      serviceAccount: name,
      ...evaluateTrust(document, {
        oidcProviderArn: cluster.oidcProviderArn,
        subject: subjectOf(namespace, name),
      }),
    })),
  );
}

/** Text that cannot be parsed is left to the evaluator, which says so for every row. */
function parsedOnce(text: string): string | object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : text;
  } catch {
    return text;
  }
}
