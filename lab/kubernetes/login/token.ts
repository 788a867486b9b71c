/** A token that is not one of `aws eks get-token` for this lab. The message never holds the token: its URL is a credential. */
export class TokenRefused extends Error {}

const PREFIX = "k8s-aws-v1.";
const LONGEST = 4 * 1024;

/** The header that names the cluster; it is signed, so that a token is good for one cluster only. */
export const CLUSTER_HEADER = "x-k8s-aws-id";

/** Presigned URLs of STS are good for a quarter of an hour after their date, whatever they say themselves. */
const LIFETIME_MS = 15 * 60_000;

const parametersOfToken = [
  "action",
  "version",
  "x-amz-algorithm",
  "x-amz-credential",
  "x-amz-date",
  "x-amz-expires",
  "x-amz-security-token",
  "x-amz-signature",
  "x-amz-signedheaders",
];

/**
 * The presigned URL in a token, checked in every respect that can be seen without asking STS.
 * Source: Verify in https://github.com/kubernetes-sigs/aws-iam-authenticator/blob/master/pkg/token/token.go. That one wants
 * https and a host of STS; here the lab's front is STS, and nothing else may be called.
 */
export function presignedUrlIn(token: string, stsUrl: string, now = Date.now()): URL {
  if (token.length > LONGEST || !token.startsWith(PREFIX)) {
    throw new TokenRefused("not a token of aws eks get-token");
  }
  const url = urlIn(token.slice(PREFIX.length));
  if (url.origin !== new URL(stsUrl).origin || url.username || url.password || url.hash) {
    throw new TokenRefused("it is not for the lab's STS");
  }
  if (url.pathname !== "/") {
    throw new TokenRefused("unexpected path");
  }
  checkParameters(lowerCased(url.searchParams), now);
  return url;
}

function urlIn(encoded: string): URL {
  if (!/^[\w-]+$/.test(encoded)) {
    throw new TokenRefused("not base64url");
  }
  try {
    return new URL(Buffer.from(encoded, "base64url").toString("utf8"));
  } catch {
    throw new TokenRefused("no URL");
  }
}

function lowerCased(parameters: URLSearchParams): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of parameters) {
    const key = name.toLowerCase();
    if (!parametersOfToken.includes(key) || found.has(key)) {
      throw new TokenRefused("a parameter that is unknown, or there twice");
    }
    found.set(key, value);
  }
  return found;
}

function checkParameters(parameters: Map<string, string>, now: number): void {
  const get = (name: string) => parameters.get(name) ?? "";
  if (get("action") !== "GetCallerIdentity") {
    throw new TokenRefused("unexpected action");
  }
  if (!get("x-amz-signedheaders").toLowerCase().split(";").includes(CLUSTER_HEADER)) {
    throw new TokenRefused("the cluster's name is not signed");
  }
  if (!/^\d{1,3}$/.test(get("x-amz-expires")) || Number(get("x-amz-expires")) > 900) {
    throw new TokenRefused("unexpected expiry");
  }
  const date = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(get("x-amz-date"));
  const [, year, month, day, hour, minute, second] = date ?? [];
  const signed = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  // Not a number compares as false.
  if (!(now <= signed + LIFETIME_MS)) {
    throw new TokenRefused("expired, or of no date");
  }
}
