import * as pulumi from "@pulumi/pulumi";
import { oidcProvider, type MadeOidcProvider } from "./oidcProvider";
import { isPlain } from "./problems";
import type { RoleAccount } from "./roleAccount";
import type { IrsaCluster } from "./types";
import { sharedIssuerReason } from "./validation";

/** What of a cluster in a list its OIDC provider is made of. */
export type ListedCluster = Pick<
  IrsaCluster,
  | "name"
  | "issuerUrl"
  | "oidcProviderArn"
  | "oidcProviderClientIds"
  | "importOidcProvider"
  | "formerNames"
  | "thumbprints"
>;

/** The OIDC providers of a fleet by cluster name, each called by the fleet and the cluster. */
export function makeOidcProviders(
  name: string,
  { clusters, tags }: { clusters: ListedCluster[]; tags?: { [key: string]: pulumi.Input<string> } },
  account: pulumi.Output<RoleAccount>,
  { what, parent }: { what: string; parent: pulumi.Resource },
): Map<string, MadeOidcProvider> {
  const claims = issuerClaims(clusters);
  return new Map(
    clusters.map((cluster, index) => {
      const made = oidcProvider(`${name}/${cluster.name}`, cluster, {
        what,
        path: `clusters[${index}].`,
        parent,
        account,
        ...(tags && { tags }),
        formerNames: (cluster.formerNames ?? []).map((former) => `${name}/${former}`),
        claim: claims(index),
      });
      return [cluster.name, made];
    }),
  );
}

/** ARNs of the providers, by cluster name. */
export function arnsOf(
  providers: Map<string, MadeOidcProvider>,
): pulumi.Output<{ [cluster: string]: string }> {
  return pulumi.output(Object.fromEntries([...providers].map(([cluster, { arn }]) => [cluster, arn])));
}

/**
 * Gives each issuer to the cluster that comes first with it. Issuers are compared as they arrive, and not as one Output of
 * all, which would make each cluster's resources depend on every other cluster.
 */
function issuerClaims(
  clusters: Pick<IrsaCluster, "issuerUrl">[],
): (index: number) => (issuerUrl: string) => string | undefined {
  const owners = new Map<string, number>();
  // What is known from the start goes before what arrives.
  clusters.forEach(({ issuerUrl }, index) => {
    if (isPlain(issuerUrl)) owners.set(issuerUrl, index);
  });
  return (index) => (issuerUrl) => {
    const owner = owners.get(issuerUrl) ?? index;
    owners.set(issuerUrl, owner);
    return owner === index ? undefined : sharedIssuerReason(issuerUrl, `clusters[${owner}].issuerUrl`);
  };
}
