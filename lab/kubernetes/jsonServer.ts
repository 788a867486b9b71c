import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import type { CertificateAndKey } from "./pki";

/** A running server. */
export interface JsonServer {
  /** `https://127.0.0.1:<port>` */
  url: string;
  close: () => Promise<void>;
}

/** Answers the JSON that was posted to a path; undefined: there is no such path. */
export type JsonHandler = (path: string, body: unknown) => Promise<unknown>;

// An object of Kubernetes is at most 3 MiB in a request, and stands in a review once.
const longestBody = 4 << 20;

/** Starts a server on a free port of 127.0.0.1 that API servers call as a webhook: JSON in, JSON out. */
export async function startJsonServer(tls: CertificateAndKey, handler: JsonHandler): Promise<JsonServer> {
  const server = https.createServer({ cert: tls.certificate, key: tls.privateKey }, (incoming, outgoing) => {
    serve(incoming, outgoing, handler).catch((error: unknown) => {
      console.error(error); // to the supervisor's log; the caller need not know
      send(outgoing, 500, { message: "internal error" });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  handler: JsonHandler,
): Promise<void> {
  const body = incoming.method === "POST" ? parsed(await textOf(incoming)) : undefined;
  if (body === undefined) {
    send(outgoing, 400, { message: "expected JSON, posted" });
    return;
  }
  // API servers add ?timeout=… to the address that they were given.
  const [path = ""] = (incoming.url ?? "").split("?");
  const answer = await handler(path, body);
  send(outgoing, answer === undefined ? 404 : 200, answer ?? { message: "not found" });
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestBody) {
      return "";
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function send(outgoing: ServerResponse, status: number, body: unknown): void {
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  outgoing.writeHead(status, { "content-type": "application/json" });
  outgoing.end(JSON.stringify(body));
}
