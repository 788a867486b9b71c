import { randomUUID } from "node:crypto";
import { readBody, type Call } from "./call";
import { AwsError, type Answer } from "./query";

/** One call of a service that speaks REST with JSON. */
export interface RestCall {
  /** What stood in the path for each `{name}` of the route, decoded. */
  path: Record<string, string>;
  query: URLSearchParams;
  /** The members of the JSON body; none where there is no body. */
  body: Record<string, unknown>;
  /** The region in the signature. */
  region: string;
}

/** A REST call as the front answers it. */
export interface RestRoute<Parts> {
  service: string;
  method: string;
  /** Like `/clusters/{cluster}/addons`. */
  path: string;
  answer: (call: RestCall, parts: Parts, raw: RawCall) => Promise<Answer>;
}

/** The call as it came, for what is signed and for what goes on to moto. */
export interface RawCall {
  call: Call;
  bytes: Buffer;
}

/** The route of a call and what its path says; nothing where no route fits. */
export function findRoute<Parts>(
  routes: readonly RestRoute<Parts>[],
  { incoming, service }: Call,
): { route: RestRoute<Parts>; path: Record<string, string> } | undefined {
  const [target = ""] = (incoming.url ?? "").split("?");
  for (const route of routes) {
    if (route.service !== service || route.method !== incoming.method) continue;
    const path = matchPath(route.path, target);
    if (path) return { route, path };
  }
  return undefined;
}

/** Reads the call and has its route answer it; a refusal becomes the protocol's error. */
export async function answerRest<Parts>(
  call: Call,
  { route, path }: { route: RestRoute<Parts>; path: Record<string, string> },
  parts: Parts,
): Promise<Answer> {
  try {
    const bytes = await readBody(call.incoming);
    const query = new URL(`http://front${call.incoming.url ?? ""}`).searchParams;
    const rest = { path, query, body: jsonObject(bytes), region: call.region ?? "" };
    return await route.answer(rest, parts, { call, bytes });
  } catch (error) {
    if (error instanceof AwsError) return jsonError(error);
    throw error;
  }
}

/** A success with a JSON body. */
export function jsonAnswer(body: Record<string, unknown>, status = 200): Answer {
  const headers = { "content-type": "application/json", "x-amzn-requestid": randomUUID() };
  return { status, headers, body: JSON.stringify(body) };
}

/**
 * A refusal: the code is in a header.
 * @see https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html#operation-error-serialization
 */
export function jsonError(error: AwsError): Answer {
  const answer = jsonAnswer({ message: error.message }, error.status);
  return { ...answer, headers: { ...answer.headers, "x-amzn-errortype": error.code } };
}

function matchPath(pattern: string, target: string): Record<string, string> | undefined {
  const [wanted, given] = [pattern.split("/"), target.split("/")];
  if (wanted.length !== given.length) return undefined;
  const path: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const text = decodeURIComponent(given[index] ?? "");
    const [, name] = /^\{(\w+)\}$/.exec(part) ?? [];
    if (name === undefined ? part !== text : text === "") return undefined;
    if (name !== undefined) path[name] = text;
  }
  return path;
}

function jsonObject(bytes: Buffer): Record<string, unknown> {
  if (bytes.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch {
    throw notJson();
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw notJson();
  return value as Record<string, unknown>;
}

function notJson(): AwsError {
  return new AwsError("SerializationException", "The body is not a JSON object.");
}
