import { createLocalJWKSet, decodeJwt, errors, jwtVerify, type JWTPayload } from "jose";
import type { KeyFinder } from "../discovery";
import { AwsError } from "../query";

/** The audience of the tokens that the webhook injects for Pod Identity. */
export const podIdentityAudience = "pods.eks.amazonaws.com";

/** The pod that a token was made for. */
export interface PodOfToken {
  namespace: string;
  serviceAccount: string;
  podName: string;
  podUid: string;
}

/**
 * Verifies a pod's token by the keys of the one cluster that it may come from, and says whose it is. Only tokens that are bound
 * to a pod are taken: the session tags need its name and uid.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-tokens
 */
export async function verifyPodToken(token: string, issuerUrl: string, keys: KeyFinder): Promise<PodOfToken> {
  const claims = await verifiedClaims(token, issuerUrl, keys);
  const { namespace, serviceaccount, pod } = object(claims["kubernetes.io"]);
  const [account, bound] = [object(serviceaccount), object(pod)];
  const read = {
    namespace: text(namespace),
    serviceAccount: text(account["name"]),
    podName: text(bound["name"]),
    podUid: text(bound["uid"]),
  };
  if (claims.sub !== `system:serviceaccount:${read.namespace}:${read.serviceAccount}`) {
    throw invalidToken("The token's subject is not the ServiceAccount that it is bound to.");
  }
  return read;
}

async function verifiedClaims(token: string, issuerUrl: string, keys: KeyFinder): Promise<JWTPayload> {
  if (issuerIn(token) !== issuerUrl) throw invalidToken("The token was not issued by this cluster.");
  for (const fresh of [false, true]) {
    const keySet = await keys.keys(issuerUrl, fresh).catch((error: unknown) => {
      throw new AwsError(
        "ServiceUnavailableException",
        `The cluster's keys cannot be had: ${String(error)}`,
        503,
      );
    });
    try {
      const { payload } = await jwtVerify(token, createLocalJWKSet(keySet), {
        algorithms: ["RS256"],
        issuer: issuerUrl,
        audience: podIdentityAudience,
        requiredClaims: ["exp", "iat", "sub"],
      });
      return payload;
    } catch (error) {
      // The cluster may have a new key since its keys were cached.
      if (error instanceof errors.JWKSNoMatchingKey && !fresh) continue;
      if (error instanceof errors.JWTExpired)
        throw new AwsError("ExpiredTokenException", "The token has expired.");
      throw invalidToken(`The token cannot be verified: ${error instanceof Error ? error.message : ""}`);
    }
  }
  throw invalidToken("The token cannot be verified.");
}

/** Not verified yet: it only says whether the token may be this cluster's at all. */
function issuerIn(token: string): unknown {
  try {
    return decodeJwt(token).iss;
  } catch {
    throw invalidToken("The token is not a JWT.");
  }
}

function text(value: unknown): string {
  if (typeof value !== "string" || value === "") throw invalidToken("The token is not bound to a pod.");
  return value;
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function invalidToken(message: string): AwsError {
  return new AwsError("InvalidTokenException", message);
}
