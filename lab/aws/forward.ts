import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { Answer } from "./query";

// Of one connection only, and neither is part of what a client signs.
const hopByHop = new Set(["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]);

/** A call that goes on to moto as it came: same method, path and headers, Host among them, so that the signature holds. */
function openForward(motoUrl: string, incoming: IncomingMessage) {
  const moto = new URL(motoUrl);
  const headers: string[] = [];
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
    const name = incoming.rawHeaders[index] ?? "";
    // The body's framing passes through; "Expect" has been answered by this server already.
    const dropped = name.toLowerCase() !== "transfer-encoding" && hopByHop.has(name.toLowerCase());
    if (!dropped && name.toLowerCase() !== "expect") headers.push(name, incoming.rawHeaders[index + 1] ?? "");
  }
  return httpRequest({
    host: moto.hostname,
    port: moto.port,
    method: incoming.method,
    path: incoming.url,
    headers,
    agent: false,
  });
}

/** Streams a call to moto and moto's answer back. */
export function stream(motoUrl: string, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve, reject) => {
    const upstream = openForward(motoUrl, incoming);
    upstream.once("error", reject);
    upstream.once("response", (response) => {
      outgoing.writeHead(response.statusCode ?? 502, answerHeaders(response));
      response.pipe(outgoing);
      response.once("error", reject);
    });
    outgoing.once("close", () => {
      // A client that goes away must not leave its call open at moto.
      upstream.destroy();
      resolve();
    });
    incoming.once("error", reject);
    incoming.pipe(upstream);
  });
}

/** Sends a call whose body is in hand to moto, and reads the whole answer, for those that must be looked at or changed. */
export function exchange(motoUrl: string, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const upstream = openForward(motoUrl, incoming);
    upstream.once("error", reject);
    upstream.once("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", reject);
      response.once("end", () => {
        const headers = Object.fromEntries(pairs(answerHeaders(response)));
        resolve({ status: response.statusCode ?? 502, headers, body: Buffer.concat(chunks) });
      });
    });
    upstream.end(body);
  });
}

function answerHeaders(response: IncomingMessage): string[] {
  return pairs(response.rawHeaders).flatMap(([name, value]) =>
    hopByHop.has(name.toLowerCase()) ? [] : [name, value],
  );
}

function pairs(flat: string[]): [string, string][] {
  return flat.flatMap((name, index) =>
    index % 2 === 0 ? [[name.toLowerCase(), flat[index + 1] ?? ""] as [string, string]] : [],
  );
}
