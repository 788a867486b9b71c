import type { IncomingMessage } from "node:http";
import { AwsError, QueryParameters, type QueryService } from "./query";

/** An API call as the front sees it before it decides where the call goes. */
export interface Call {
  incoming: IncomingMessage;
  /** The path, decoded. */
  path: string;
  /** The service and region in the signature; absent in an unsigned call, and in one whose signature is in the URL. */
  service?: string;
  region?: string;
  /** Set for calls of the query protocol only: those have their parameters in the body, so it has been read. */
  query?: Query;
}

export interface Query {
  service: QueryService;
  parameters: QueryParameters;
  body: Buffer;
}

// A policy document may have 131,072 characters, each up to nine bytes in a form.
const longestForm = 2 << 20;

/** Reads as much of a call as the front needs; an S3 object's body stays unread. */
export async function readCall(incoming: IncomingMessage): Promise<Call> {
  const url = urlOf(incoming);
  const call: Call = { incoming, path: decodedPath(url), ...signatureScope(incoming.headers.authorization) };
  refuseBackDoors(call);
  const service = queryService(call);
  if (service === undefined) return call;

  if (incoming.headers["content-encoding"] !== undefined) throw new AwsError("MalformedInput", "");
  const body = await readBody(incoming);
  return {
    ...call,
    query: { service, body, parameters: new QueryParameters(url.search, body.toString()) },
  };
}

function urlOf(incoming: IncomingMessage): URL {
  const target = incoming.url ?? "";
  // The origin is only there to make it a URL; a target with an origin of its own is a proxy's business.
  if (!target.startsWith("/")) throw new AwsError("InvalidURI", "The request target is not a path.");
  return new URL(`http://front${target}`);
}

function decodedPath(url: URL): string {
  try {
    return decodeURIComponent(url.pathname);
  } catch {
    throw new AwsError("InvalidURI", "Couldn't parse the specified URI.");
  }
}

function signatureScope(authorization = ""): { service?: string; region?: string } {
  const [, region, service] =
    /Credential=[^/,\s]+\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(authorization) ?? [];
  return region && service ? { region, service: service.toLowerCase() } : {};
}

function queryService({ service, path }: Call): QueryService | undefined {
  if (service === "iam" || service === "sts") return service;
  // The one unsigned call that AWS takes is STS's, and so is the one that the front takes with a signature in the URL.
  return service === undefined && path === "/" ? "sts" : undefined;
}

/** moto's own doors, open to everybody: its control API, another account, and operations it never checks. */
function refuseBackDoors({ incoming, path }: Call): void {
  const isOpen =
    /^\/(moto-api|latest)(\/|$)/i.test(path) ||
    incoming.headers["x-moto-account-id"] !== undefined ||
    incoming.headers["x-amz-target"] !== undefined;
  if (isOpen) throw new AwsError("AccessDenied", "This is no part of AWS.", 403);
}

/** Reads the body of a call that has none of an object, which S3 alone has. */
export async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestForm) throw new AwsError("RequestEntityTooLarge", "The request is too large.", 413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
