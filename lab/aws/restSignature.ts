import { timingSafeEqual } from "node:crypto";
import { AwsError } from "./query";
import type { RawCall } from "./rest";
import { ALGORITHM, sha256, signatureOf, uriEncoded } from "./sign";

/** As far as the time of a signature may be from now. */
const LEEWAY_MS = 5 * 60_000;

/** A key that calls are signed with. */
interface SigningKey {
  accessKeyId: string;
  secretAccessKey: string;
}

/**
 * Whose key has signed this call, of those that are known. Sessions are not among them: their secrets are moto's.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signerOf<T extends SigningKey>(raw: RawCall, keys: T[], now = Date.now()): T {
  const { incoming } = raw.call;
  const signed = readAuthorization(incoming.headers.authorization);
  const [accessKeyId, ...scope] = signed.credential.split("/");
  const signer = keys.find((known) => known.accessKeyId === accessKeyId);
  if (!signer || incoming.headers["x-amz-security-token"] !== undefined) {
    throw new AwsError(
      "UnrecognizedClientException",
      "The security token included in the request is invalid.",
      403,
    );
  }
  const timestamp = String(incoming.headers["x-amz-date"]);
  if (scope.length !== 4 || scope[3] !== "aws4_request" || scope[0] !== timestamp.slice(0, 8))
    throw mismatch();
  refuseUntimely(timestamp, now);
  const canonical = canonicalRequest(raw, signed.headers.split(";"));
  const expected = signatureOf(canonical, { timestamp, scope: scope.join("/") }, signer.secretAccessKey);
  const isEqual =
    signed.signature.length === expected.length &&
    timingSafeEqual(Buffer.from(signed.signature), Buffer.from(expected));
  if (!isEqual) throw mismatch();
  return signer;
}

function readAuthorization(
  header: string | undefined,
): Record<"credential" | "headers" | "signature", string> {
  if (header === undefined) {
    throw new AwsError("MissingAuthenticationTokenException", "Missing Authentication Token", 403);
  }
  const part = (name: string) => new RegExp(`[ ,]${name}=([^, ]+)`).exec(header)?.[1];
  const [credential, headers, signature] = [part("Credential"), part("SignedHeaders"), part("Signature")];
  if (!header.startsWith(`${ALGORITHM} `) || !credential || !headers || !signature) {
    throw new AwsError("IncompleteSignatureException", "The Authorization header is not complete.", 403);
  }
  return { credential, headers, signature: signature.toLowerCase() };
}

function refuseUntimely(timestamp: string, now: number): void {
  const time = timestamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z");
  // Not a number compares as false, so the comparison says what is well.
  if (!(Math.abs(Date.parse(time) - now) <= LEEWAY_MS)) {
    throw new AwsError(
      "InvalidSignatureException",
      `Signature expired or not yet current: ${timestamp}`,
      403,
    );
  }
}

function canonicalRequest({ call, bytes }: RawCall, names: string[]): string {
  const { headers, method = "", url = "" } = call.incoming;
  const mustBeSigned = ["host", ...Object.keys(headers).filter((name) => name.startsWith("x-amz-"))];
  const isComplete =
    mustBeSigned.every((name) => names.includes(name)) &&
    names.every((name) => typeof headers[name] === "string");
  const hash = sha256(bytes);
  if (!isComplete) throw mismatch();
  const target = new URL(`http://front${url}`);
  const query = [...target.searchParams]
    .map(([name, value]) => [uriEncoded(name), uriEncoded(value)] as const)
    .sort(([one, a], [other, b]) => (one === other ? (a < b ? -1 : 1) : one < other ? -1 : 1))
    .map((pair) => pair.join("="))
    .join("&");
  return [
    method,
    // Every service but S3 has its path encoded a second time.
    (url.split("?")[0] ?? "").split("/").map(uriEncoded).join("/"),
    query,
    ...names.map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, " ")}`),
    "",
    names.join(";"),
    hash,
  ].join("\n");
}

function mismatch(): AwsError {
  return new AwsError(
    "InvalidSignatureException",
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key " +
      "and signing method. Consult the service documentation for details.",
    403,
  );
}
