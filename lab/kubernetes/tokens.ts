import * as crypto from "node:crypto";
import type { LabCluster } from "../types";
import { keyId } from "./keys";
import { adminToken } from "./kubeconfig";
import { apiRequest } from "./request";

/** The audience of tokens for AWS, in every partition. */
const STS_AUDIENCE = "sts.amazonaws.com";

/**
 * Has a cluster issue a token for one of its ServiceAccounts (TokenRequest), as a kubelet does for a pod.
 * @param options.pod the pod that the token is bound to, and names; without one it is bound to none
 */
export async function requestToken(
  cluster: LabCluster,
  namespace: string,
  serviceAccount: string,
  options: { audience?: string; expirationSeconds?: number; pod?: { name: string; uid: string } } = {},
): Promise<string> {
  const answer = await apiRequest(cluster, {
    method: "POST",
    path: `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`,
    token: adminToken(cluster),
    body: {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: {
        audiences: [options.audience ?? STS_AUDIENCE],
        expirationSeconds: options.expirationSeconds ?? 3600,
        ...(options.pod ? { boundObjectRef: { apiVersion: "v1", kind: "Pod", ...options.pod } } : {}),
      },
    },
  });
  const parsed = JSON.parse(answer.body) as { message?: string; status?: { token?: string } };
  const token = parsed.status?.token;
  if (answer.status !== 201 || !token) {
    throw new Error(
      `${cluster.name} issued no token for ${namespace}/${serviceAccount}: ${answer.status} ${parsed.message ?? ""}`,
    );
  }
  return token;
}

/** What a forged token says. */
export interface ForgedClaims {
  issuer: string;
  /** `system:serviceaccount:<namespace>:<name>` */
  subject: string;
  /** Default `sts.amazonaws.com`. */
  audience?: string | string[];
  /** Seconds since 1970; default now. */
  issuedAt?: number;
  /** Seconds since 1970; default an hour after `issuedAt`. */
  expiresAt?: number;
  /** Default: the id under which the signing key stands in its cluster's JWKS. */
  keyId?: string;
  /** Further claims, over those above; undefined takes one away. */
  claims?: Record<string, unknown>;
}

/**
 * Signs a token that no cluster would issue: an expired one, or one with another cluster's key. TokenRequest gives
 * nothing that lives less than ten minutes, so these cannot be had from a cluster.
 * @param signingKey private key, PEM
 */
export function forgeToken(signingKey: string, forged: ForgedClaims): string {
  const issuedAt = forged.issuedAt ?? Math.floor(Date.now() / 1_000);
  const audience = forged.audience ?? STS_AUDIENCE;
  const header = { alg: "RS256", kid: forged.keyId ?? keyId(signingKey) };
  const payload = {
    aud: Array.isArray(audience) ? audience : [audience],
    exp: forged.expiresAt ?? issuedAt + 3_600,
    iat: issuedAt,
    iss: forged.issuer,
    nbf: issuedAt,
    sub: forged.subject,
    ...forged.claims,
  };
  const signed = [header, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  const signature = crypto.sign("RSA-SHA256", Buffer.from(signed), signingKey).toString("base64url");
  return `${signed}.${signature}`;
}
