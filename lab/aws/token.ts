import {
  compactVerify,
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
} from "jose";
import { keysUnavailable, type KeyFinder } from "./discovery";
import { AwsError } from "./query";

/** What of a verified token STS goes on with. */
export interface Claims {
  /** The token's `iss`. */
  issuerUrl: string;
  subject: string;
  /** What counts as the token's audience: `azp` if there is one, otherwise `aud`. */
  audience: string;
  /** `aud`, where `azp` took its place. */
  originalAudience?: string;
  /** `amr`, if the token has it. */
  authenticationMethods?: string[];
  email?: string;
}

// The algorithms that AWS documents for AssumeRoleWithWebIdentity; "none" and shared secrets least of all.
const algorithms = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"];

// "IAM provides a five-minute window beyond the expiration time": IAM User Guide, "OIDC federation".
const clockSkewSeconds = 300;

// "Token too old" is seen on tokens that have not expired; where it begins is not published. EKS issues for a day at most.
const oldestSeconds = 24 * 60 * 60;

/** The token's `iss`, not verified yet: it only says whose keys to ask for. */
export function issuerOf(token: string): string {
  const iss: unknown = decode(token).iss;
  if (iss === undefined) throw missing("iss");
  if (typeof iss !== "string") throw notValidated();
  return iss;
}

/** Verifies the signature with the issuer's keys, then the times, and returns the claims. */
export async function verifyToken(token: string, keys: KeyFinder, now = new Date()): Promise<Claims> {
  await verifySignature(token, issuerOf(token), keys);
  const payload = decode(token);
  for (const name of ["sub", "aud", "iat", "exp"]) {
    if (payload[name] === undefined) throw missing(name);
  }
  refuseTimes(payload, Math.floor(now.getTime() / 1000));
  return claimsOf(payload);
}

function decode(token: string): JWTPayload {
  try {
    decodeProtectedHeader(token);
    return decodeJwt(token);
  } catch {
    throw invalid("The ID Token provided is not a valid JWT.");
  }
}

async function verifySignature(token: string, issuerUrl: string, keys: KeyFinder): Promise<void> {
  for (const fresh of [false, true]) {
    const keySet = await keys.keys(issuerUrl, fresh);
    try {
      await compactVerify(token, createLocalJWKSet(keySet), { algorithms });
      return;
    } catch (error) {
      // The cluster may have a new key since its keys were cached.
      if (error instanceof errors.JWKSNoMatchingKey && !fresh) continue;
      throw error instanceof errors.JWKSNoMatchingKey ? keysUnavailable() : notValidated();
    }
  }
}

function refuseTimes(payload: JWTPayload, now: number): void {
  const { exp = NaN, iat = NaN, nbf = 0 } = payload;
  if (![exp, iat, nbf].every((time) => Number.isSafeInteger(time))) throw notValidated();
  if (now >= exp + clockSkewSeconds) {
    throw new AwsError(
      "ExpiredTokenException",
      `Token expired: current date/time ${now} must be before the expiration date/time ${exp}`,
    );
  }
  if (now - iat > oldestSeconds + clockSkewSeconds) {
    throw new AwsError("ExpiredTokenException", `Token too old: ${now - iat}`);
  }
  if (iat > now + clockSkewSeconds || nbf > now + clockSkewSeconds) throw notValidated();
}

function claimsOf(payload: JWTPayload): Claims {
  const { iss = "", sub, aud, azp, amr, email } = payload;
  // Session tags and a source identity would need permissions of their own (sts:TagSession, sts:SetSourceIdentity).
  if (Object.keys(payload).some((name) => name.startsWith("https://aws.amazon.com/"))) throw notValidated();
  if (typeof sub !== "string" || sub === "") throw notValidated();
  // Of several audiences AWS does not say which one counts.
  const audiences: unknown[] = Array.isArray(aud) ? aud : [aud];
  const [only] = audiences;
  if (typeof only !== "string" || audiences.length > 1) throw wrongAudience();
  if (azp !== undefined && typeof azp !== "string") throw notValidated();
  return {
    issuerUrl: iss,
    subject: sub,
    ...(azp === undefined ? { audience: only } : { audience: azp, originalAudience: only }),
    ...(isTexts(amr) ? { authenticationMethods: amr } : {}),
    ...(typeof email === "string" ? { email } : {}),
  };
}

/** AWS's answer to a token whose audience is not among the provider's client IDs. */
export function wrongAudience(): AwsError {
  return invalid("Incorrect token audience");
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function missing(claim: string): AwsError {
  return invalid(`Missing a required claim: ${claim}`);
}

function notValidated(): AwsError {
  return invalid("The web identity token provided could not be validated");
}

function invalid(message: string): AwsError {
  return new AwsError("InvalidIdentityToken", message);
}
