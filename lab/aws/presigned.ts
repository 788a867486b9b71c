import { randomUUID, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Query } from "./call";
import type { LabAccount } from "../types";
import type { Moto } from "./moto";
import { AwsError, escapeXml, successAnswer, textOfXml, type Answer, type QueryParameters } from "./query";
import { ALGORITHM, sha256, signatureOf, signedHeaders, uriEncoded, type AccessKey } from "./sign";

/** A presigned call of STS is good for so long, whatever its X-Amz-Expires says. */
const LIFETIME_MS = 15 * 60_000;

/** As far as a caller's clock may be ahead. */
const LEEWAY_MS = 5 * 60_000;

/**
 * Answers a call whose signature is in its URL: GetCallerIdentity, as `aws eks get-token` makes it. moto looks for
 * signatures in headers only, so this one is verified here. The front has the administrators' secrets and no others: it takes
 * nobody else for who he says he is, where AWS would.
 */
export async function answerPresigned(incoming: IncomingMessage, query: Query, moto: Moto): Promise<Answer> {
  const { parameters, body } = query;
  if (parameters.get("X-Amz-Signature") === undefined) {
    throw new AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", 403);
  }
  if (incoming.method !== "GET" || body.length > 0 || parameters.action !== "GetCallerIdentity") {
    throw new AwsError("AccessDenied", "The lab takes no presigned call but GET of GetCallerIdentity.", 403);
  }
  const [accessKeyId] = (parameters.get("X-Amz-Credential") ?? "").split("/");
  const signer = moto.otherAdmins.find((admin) => admin.accessKeyId === accessKeyId) ?? moto.admin;
  verifyPresigned(incoming.headers, parameters, signer);
  return callerIdentity(incoming.headers.accept, moto.url, signer);
}

/**
 * Throws unless the key's owner signed this very call, headers included, within the last quarter of an hour.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function verifyPresigned(
  headers: IncomingMessage["headers"],
  parameters: QueryParameters,
  key: AccessKey,
  now = Date.now(),
): void {
  const [accessKeyId, ...scope] = (parameters.get("X-Amz-Credential") ?? "").split("/");
  const timestamp = parameters.get("X-Amz-Date") ?? "";
  if (accessKeyId !== key.accessKeyId || parameters.get("X-Amz-Security-Token") !== undefined) {
    throw new AwsError("InvalidClientTokenId", "The security token included in the request is invalid.", 403);
  }
  const [date, region, service, end] = scope;
  const isScope = scope.length === 4 && service === "sts" && end === "aws4_request" && region !== "";
  if (parameters.get("X-Amz-Algorithm") !== ALGORITHM || !isScope || date !== timestamp.slice(0, 8)) {
    throw mismatch();
  }
  refuseUntimely(timestamp, now);
  const canonical = canonicalRequest(headers, parameters);
  const expected = signatureOf(canonical, { timestamp, scope: scope.join("/") }, key.secretAccessKey);
  const given = parameters.get("X-Amz-Signature") ?? "";
  if (given.length !== expected.length || !timingSafeEqual(Buffer.from(given), Buffer.from(expected))) {
    throw mismatch();
  }
}

function refuseUntimely(timestamp: string, now: number): void {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(timestamp) ?? [];
  const signed = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  // Not a number compares as false, so each comparison says what is well.
  if (!(now <= signed + LIFETIME_MS)) {
    throw new AwsError("SignatureDoesNotMatch", `Signature expired: ${timestamp}`, 403);
  }
  if (!(signed <= now + LEEWAY_MS)) {
    throw new AwsError("SignatureDoesNotMatch", `Signature not yet current: ${timestamp}`, 403);
  }
}

function canonicalRequest(headers: IncomingMessage["headers"], parameters: QueryParameters): string {
  const names = (parameters.get("X-Amz-SignedHeaders") ?? "").split(";");
  const mustBeSigned = ["host", ...Object.keys(headers).filter((name) => name.startsWith("x-amz-"))];
  const isComplete =
    mustBeSigned.every((name) => names.includes(name)) &&
    names.every((name) => typeof headers[name] === "string");
  if (!isComplete) throw mismatch();
  const queryPairs = parameters
    .names()
    .filter((name) => name !== "X-Amz-Signature")
    .map((name) => [uriEncoded(name), uriEncoded(parameters.get(name) ?? "")] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return [
    "GET",
    "/",
    queryPairs.map((pair) => pair.join("=")).join("&"),
    ...names.map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, " ")}`),
    "",
    names.join(";"),
    sha256(""),
  ].join("\n");
}

function mismatch(): AwsError {
  return new AwsError(
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key " +
      "and signing method. Consult the service documentation for details.",
    403,
  );
}

/** Who an administrator is, by moto; JSON where that is asked for, as STS gives it. */
async function callerIdentity(
  accept: string | undefined,
  motoUrl: string,
  admin: LabAccount,
): Promise<Answer> {
  const action = "GetCallerIdentity";
  const body = new URLSearchParams({ Action: action, Version: "2011-06-15" }).toString();
  const contentType = "application/x-www-form-urlencoded; charset=utf-8";
  const call = { method: "POST", service: "sts", region: admin.region, contentType, body } as const;
  const headers = signedHeaders({ ...call, url: `${motoUrl}/` }, admin);
  const response = await fetch(`${motoUrl}/`, { method: "POST", headers, body });
  const text = await response.text();
  if (!response.ok) throw new Error(`moto does not know its administrator: ${response.status} ${text}`);
  const identity = ["Arn", "UserId", "Account"].map((name) => [name, textOfXml(text, name) ?? ""] as const);
  if (accept !== "application/json") {
    const elements = identity.map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`);
    return successAnswer("sts", action, elements.join(""));
  }
  const answer = {
    [`${action}Response`]: {
      [`${action}Result`]: Object.fromEntries(identity),
      ResponseMetadata: { RequestId: randomUUID() },
    },
  };
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(answer) };
}
