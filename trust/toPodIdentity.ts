import { clusterArn, EKS_CLUSTER_NAME } from "./clusterArn";
import { FORMS } from "./forms";
import { parseIssuer, parseOidcProviderArn } from "./issuer";
import { documentOf } from "./policy";
import { trustPolicySize } from "./size";
import { webIdentityClusters } from "./trusted";
import type { PodIdentityCluster, TrustedCluster, TrustPolicyOptions, WrittenForm } from "./types";
import { compareText } from "./values";

/** What the cluster that would save most takes of the trust policy, in characters without white space. */
export interface PodIdentitySaving {
  /** By Pod Identity, once others with the same bindings come that way. */
  then: number;
  /** As it is. */
  now: number;
}

/**
 * What it would save to admit by Pod Identity alone all clusters that can have it; undefined where that is nothing. It is an estimate: a
 * cluster whose ARN is not known is taken to be called in EKS as it is here, and to be in the account of its OIDC provider.
 */
export function podIdentitySaving(
  clusters: TrustedCluster[],
  form: WrittenForm,
  options: TrustPolicyOptions,
): PodIdentitySaving | undefined {
  const sizeOf = (some: TrustedCluster[]) =>
    trustPolicySize(documentOf(FORMS[form](webIdentityClusters(some)), some, options));
  const ordered = [...clusters].sort((a, b) => compareText(a.name, b.name));
  const moved = ordered.map((cluster) => byPodIdentity(cluster) ?? cluster);
  const [then, now] = [sizeOf(moved), sizeOf(ordered)];
  if (then >= now) {
    return undefined;
  }
  const measured = new Set<string>();
  const savings = ordered.flatMap((cluster, index) => {
    const kind = `${kindOf(cluster)} ${kindOf(moved[index] ?? cluster)}`;
    if (cluster === moved[index] || measured.has(kind)) return [];
    measured.add(kind);
    // What one takes is seen when it goes.
    const without = (some: TrustedCluster[]) => sizeOf(some.filter((_, other) => other !== index));
    return [{ then: then - without(moved), now: now - without(ordered) }];
  });
  const [best] = savings.sort((a, b) => a.then - a.now - (b.then - b.now));
  return best && best.then < best.now ? best : undefined;
}

/** Clusters of a kind take the same room: by what is written of them, and how long the rest is. */
function kindOf({ name: _, oidcProviderArn, podIdentity, ...others }: TrustedCluster): string {
  const { clusterArn: arn, ...settings } = podIdentity ?? {};
  return JSON.stringify([oidcProviderArn?.length, arn?.length, regionOf(arn), settings, others]);
}

function regionOf(arn: string | undefined): string | undefined {
  return arn?.split(":")[3];
}

/** The cluster as it would be without its web identities; undefined where it has none, or cannot do without. */
function byPodIdentity({ oidcProviderArn, ...cluster }: TrustedCluster): PodIdentityCluster | undefined {
  const { name, subjectPatterns = [], podIdentity } = cluster;
  const provider = parseOidcProviderArn(oidcProviderArn ?? "");
  if (!provider || subjectPatterns.length > 0) {
    return undefined;
  }
  if (podIdentity) {
    return { ...cluster, podIdentity };
  }
  const { partition, accountId, hostPath } = provider;
  // Clusters that EKS does not run have no region, and no Pod Identity.
  const { region } = parseIssuer(`https://${hostPath}`);
  return region !== undefined && EKS_CLUSTER_NAME.test(name)
    ? {
        ...cluster,
        podIdentity: { clusterArn: clusterArn({ partition, region, accountId, clusterName: name }) },
      }
    : undefined;
}
