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
