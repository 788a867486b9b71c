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
  const headers = { "content-type": request.contentType, host: url.host, "x-amz-date": timestamp };
  const names = Object.keys(headers).join(";");
  const canonical = [
    request.method,
    url.pathname,
    url.searchParams.toString(),
    ...Object.entries(headers).map(([name, value]) => `${name}:${value}`),
    "",
    names,
    sha256(request.body),
  ].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", timestamp, scope, sha256(canonical)].join("\n");
  const signingKey = scope
    .split("/")
    .reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${key.secretAccessKey}`);
  return {
    ...headers,
    authorization:
      `AWS4-HMAC-SHA256 Credential=${key.accessKeyId}/${scope}, SignedHeaders=${names}, ` +
      `Signature=${hmac(signingKey, toSign).toString("hex")}`,
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
