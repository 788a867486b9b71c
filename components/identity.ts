import { IdentityMode } from "../trust/types";
import type { IrsaCluster } from "./types";

type Modes = Pick<IrsaCluster, "identity" | "trusts">;

/** What the cluster's pods get: `Irsa` where nothing is said. */
export function identityOf({ identity = IdentityMode.Irsa }: Modes): IdentityMode {
  return identity;
}

/** What the role accepts of the cluster: as its identity where nothing is said. */
export function trustsOf(cluster: Modes): IdentityMode {
  return cluster.trusts ?? identityOf(cluster);
}

/** Has the mode the web identities of IRSA? */
export function hasIrsa(mode: IdentityMode): boolean {
  return mode !== IdentityMode.PodIdentity;
}

/** Has the mode EKS Pod Identity? */
export function hasPodIdentity(mode: IdentityMode): boolean {
  return mode !== IdentityMode.Irsa;
}

/** Has the cluster Pod Identity, in what its pods get or in what the role accepts? */
export function usesPodIdentity(cluster: Modes): boolean {
  return hasPodIdentity(identityOf(cluster)) || hasPodIdentity(trustsOf(cluster));
}

/** The cluster without what is said of its OIDC provider, where the role accepts Pod Identity alone and no provider is used. */
export function withoutUnusedProvider(cluster: IrsaCluster): IrsaCluster {
  if (hasIrsa(trustsOf(cluster))) return cluster;
  const {
    oidcProviderArn: _,
    oidcProviderClientIds: __,
    importOidcProvider: ___,
    thumbprints: ____,
    ...others
  } = cluster;
  return others;
}
