import * as pulumi from "@pulumi/pulumi";
import { hasIrsa, trustsOf } from "./identity";
import { checkedIssuer, oidcProvider, type MadeOidcProvider } from "./oidcProvider";
import { podIdentityIssuerProblem } from "./podIdentityReasons";
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
  | "identity"
  | "trusts"
  | "region"
>;

/** What there is of a fleet's issuers, by cluster name. */
export interface FleetIssuers {
  /** The OIDC providers of the clusters whose web identities are trusted. */
  providers: Map<string, MadeOidcProvider>;
  /** The issuers of all clusters, once nothing was found wrong with them. */
  issuers: Map<string, pulumi.Output<string>>;
}

/** Makes the OIDC providers of a fleet, each called by the fleet and the cluster, where the role is to trust web identities. */
export function makeOidcProviders(
  name: string,
  { clusters, tags }: { clusters: ListedCluster[]; tags?: { [key: string]: pulumi.Input<string> } },
  account: pulumi.Output<RoleAccount>,
  { what, parent }: { what: string; parent: pulumi.Resource },
): FleetIssuers {
  const claims = issuerClaims(clusters);
  const providers = new Map<string, MadeOidcProvider>();
  const issuers = new Map<string, pulumi.Output<string>>();
  clusters.forEach((cluster, index) => {
    const claimed = claims(index);
    const claim = (issuerUrl: string) => claimed(issuerUrl) ?? podIdentityIssuerProblem(issuerUrl, cluster);
    const context = { what, path: `clusters[${index}].`, parent, account, claim };
    if (hasIrsa(trustsOf(cluster))) {
      const made = oidcProvider(`${name}/${cluster.name}`, cluster, {
        ...context,
        ...(tags && { tags }),
        formerNames: (cluster.formerNames ?? []).map((former) => `${name}/${former}`),
      });
      providers.set(cluster.name, made);
      issuers.set(cluster.name, made.issuerUrl);
    } else {
      issuers.set(cluster.name, checkedIssuer(cluster, context));
    }
  });
  return { providers, issuers };
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
