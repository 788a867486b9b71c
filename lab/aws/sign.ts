import { createHash, createHmac } from "node:crypto";

/** A request to be signed for the front itself, to moto. */
export interface UnsignedRequest {
  method: "GET" | "POST";
  url: string;
  service: string;
  region: string;
  contentType: string;
  body: string;
}

/** The one algorithm of Signature Version 4 for keys that are shared. */
export const ALGORITHM = "AWS4-HMAC-SHA256";

/** A key pair of an IAM user. */
export interface AccessKey {
  accessKeyId: string;
  secretAccessKey: string;
}

/**
 * Signature Version 4 headers for a request.
 *
 * The SDK never signs AssumeRoleWithWebIdentity, and moto mints a session under enforcement only for a signed call.
 */
export function signedHeaders(
  request: UnsignedRequest,
  key: AccessKey,
  now = new Date(),
): Record<string, string> {
  const url = new URL(request.url);
  const timestamp = now.toISOString().replace(/[:-]|\.\d{3}/g, "");
  const scope = `${timestamp.slice(0, 8)}/${request.region}/${request.service}/aws4_request`;
  const bodyHash = sha256(request.body);
  const headers = {
    "content-type": request.contentType,
    host: url.host,
    // moto takes path parameters of a GET for its body unless it is told the body's hash.
    "x-amz-content-sha256": bodyHash,
    "x-amz-date": timestamp,
  };
  const names = Object.keys(headers).join(";");
  const canonical = [
    request.method,
    url.pathname,
    url.searchParams.toString(),
    ...Object.entries(headers).map(([name, value]) => `${name}:${value}`),
    "",
    names,
    bodyHash,
  ].join("\n");
  return {
    ...headers,
    authorization:
      `${ALGORITHM} Credential=${key.accessKeyId}/${scope}, SignedHeaders=${names}, ` +
      `Signature=${signatureOf(canonical, { timestamp, scope }, key.secretAccessKey)}`,
  };
}

/** The signature of a canonical request, in hexadecimal digits. */
export function signatureOf(
  canonicalRequest: string,
  when: { timestamp: string; scope: string },
  secretAccessKey: string,
): string {
  const toSign = [ALGORITHM, when.timestamp, when.scope, sha256(canonicalRequest)].join("\n");
  const signingKey = when.scope
    .split("/")
    .reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${secretAccessKey}`);
  return hmac(signingKey, toSign).toString("hex");
}

/** As it stands in a canonical request for a body. */
export function sha256(text: string | Buffer): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A part of a path or query as a canonical request has it. */
export function uriEncoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
