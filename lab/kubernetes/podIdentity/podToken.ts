import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from "jose";

/** A request that the agent does not take, worded as it words it. */
export class AgentRefusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The claims of a pod's token, as far as the agent looks at them. */
export interface PodClaims {
  exp?: unknown;
  nbf?: unknown;
  aud?: unknown;
  "kubernetes.io"?: {
    namespace?: string;
    serviceaccount?: { name?: string; uid?: string };
    pod?: { name?: string; uid?: string };
  };
}

const AUDIENCE = "pods.eks.amazonaws.com";

/**
 * A token's claims, its times checked and nothing else: what else there is to it, EKS Auth will say.
 * Source: validateToken in https://github.com/aws/eks-pod-identity-agent/blob/main/internal/validation/request.go; the
 * further texts are those of its library, https://github.com/golang-jwt/jwt.
 * @param now milliseconds since 1970
 */
export function readPodToken(token: string, now: number): PodClaims {
  if (token === "") {
    throw new AgentRefusal(400, "Service account token cannot be empty");
  }
  const claims = decode(token);
  const failed = (what: string) =>
    new AgentRefusal(400, `Service account token failed basic claim validations: ${what}`);
  const { exp, nbf } = claims;
  if (typeof exp === "number" && now >= exp * 1_000) {
    throw failed("token is expired");
  }
  if (typeof nbf === "number" && now < nbf * 1_000) {
    throw failed("token is not valid yet");
  }
  return claims;
}

function decode(token: string): PodClaims {
  const parts = token.split(".");
  const [header, claims] = parts;
  if (header === undefined || claims === undefined || parts.length !== 3) {
    throw malformed("token contains an invalid number of segments");
  }
  decodePart(header, "header");
  return decodePart(claims, "claim");
}

function decodePart(part: string, name: string): object {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // said below
  }
  throw malformed(`could not JSON decode ${name}`);
}

function malformed(what: string): AgentRefusal {
  return new AgentRefusal(400, `Service account token cannot be parsed: token is malformed: ${what}`);
}

/**
 * The UID of the pod that a token is for.
 * Source: GetPodUIDFromToken in https://github.com/aws/eks-pod-identity-agent/blob/main/pkg/credentials/model.go
 */
export function podUidOf(claims: PodClaims): string {
  const missing = (what: string) =>
    new AgentRefusal(400, `failed to get pod uid from service account token: token missing ${what}`);
  const kubernetes = claims["kubernetes.io"];
  if (!kubernetes || typeof kubernetes !== "object") throw missing("kubernetes.io claims");
  if (!kubernetes.pod || typeof kubernetes.pod !== "object") throw missing("pod claims");
  if (typeof kubernetes.pod.uid !== "string") throw missing("pod uid");
  return kubernetes.pod.uid;
}

/**
 * Whether a token is its cluster's for Pod Identity, by the cluster's keys: so the agent knows a pod again whose token was
 * replaced. The agent of AWS looks at the form of the key's id too, which is EKS's own.
 * Source: ValidateToken in
 * https://github.com/aws/eks-pod-identity-agent/blob/main/internal/validation/token_validator.go
 */
export async function isPodToken(token: string, claims: PodClaims, keys: JSONWebKeySet): Promise<boolean> {
  const { namespace, serviceaccount, pod } = claims["kubernetes.io"] ?? {};
  const named = [namespace, serviceaccount?.name, serviceaccount?.uid, pod?.name, pod?.uid];
  const audiences: unknown[] = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
  if (
    !named.every((text) => typeof text === "string" && text.trim() !== "") ||
    !audiences.includes(AUDIENCE)
  ) {
    return false;
  }
  return compactVerify(token, createLocalJWKSet(keys)).then(
    () => true,
    () => false,
  );
}
