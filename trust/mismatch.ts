import type { Decision } from "./evaluate";
import type { IdentityMode } from "./types";

interface Mismatch {
  /** Name of the cluster; of one that is not in the list, the ARN of its OIDC provider, or of itself. */
  cluster: string;
  /** What the bindings say. */
  wanted: "allow" | "deny";
  /** What the document says. */
  decision: Decision;
  reason: string;
}

/** A token of which a trust policy says something else than the bindings do. */
export interface WebIdentityMismatch extends Mismatch {
  identity: IdentityMode.Irsa;
  /** The token's `sub`. */
  subject: string;
  /** The token's `aud`. */
  audience: string;
}

/** A ServiceAccount with an association, of which a trust policy says something else than the bindings do. */
export interface PodIdentityMismatch extends Mismatch {
  identity: IdentityMode.PodIdentity;
  /** As a token of the ServiceAccount would have it; with `*` for namespace and name where every ServiceAccount of the cluster is meant. */
  subject: string;
  /** Pod Identity has none. */
  audience?: undefined;
}

/** Somebody of whom a trust policy says something else than the bindings do. */
export type TrustMismatch = WebIdentityMismatch | PodIdentityMismatch;
