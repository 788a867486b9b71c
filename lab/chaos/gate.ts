import { once } from "node:events";
import * as http from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import type { Answer } from "../aws/query";
import { isWriting, portOf, type GateCall } from "./calls";

/** A server behind a gate. */
export interface Target {
  /** `aws`, or the name of the cluster. */
  server: string;
  url: string;
  /** The certificate that an https server is checked against. */
  ca?: string;
  /** Names a call. */
  describe: (method: string, url: string, body: string) => string;
}

/** Sends a call on, and gives the server's answer. */
export type Pass = () => Promise<Answer>;

/** What is done with a call: its answer, or nothing where the caller is to get none. */
export type Handling = (call: GateCall, pass: Pass) => Promise<Answer | undefined>;

/** Of one connection only. */
const HOP_BY_HOP = new Set(["connection", "keep-alive", "transfer-encoding"]);

/**
 * Stands before a server of the lab, so that calls can be watched, held, refused or lost: one gate before AWS and one before each
 * cluster. A call that passes is the server's as it came, with the signature over its Host header.
 */
export class Gate {
  readonly #server: http.Server;
  #port = 0;

  constructor(
    private readonly target: Target,
    private readonly handle: Handling,
  ) {
    this.#server = http.createServer((incoming, outgoing) => {
      this.serve(incoming, outgoing).catch((error: unknown) => {
        outgoing.destroy(error instanceof Error ? error : undefined);
      });
    });
  }

  /** Where it is reached; the same after it was closed and opened again. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async open(): Promise<void> {
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Refuses connections from now on, as a machine does on which the server has ended. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  private async serve(incoming: http.IncomingMessage, outgoing: http.ServerResponse): Promise<void> {
    const { method = "GET", url = "/" } = incoming;
    // A watch has no end that could be waited for, and changes nothing.
    if (/[?&]watch=true(&|$)/.test(url)) {
      this.send(incoming, Buffer.alloc(0), (response) => {
        outgoing.writeHead(response.statusCode ?? 502, headersOf(response));
        response.pipe(outgoing);
      }).once("error", () => outgoing.destroy());
      return;
    }
    const body = await readAll(incoming);
    const { server, describe } = this.target;
    const name = describe(method, url, body.toString());
    const call = { server, name, writes: isWriting(server, name), port: portOf(incoming) };
    const answer = await this.handle(call, () => this.exchange(incoming, body));
    if (answer === undefined) {
      outgoing.destroy();
      return;
    }
    outgoing.writeHead(answer.status, answer.headers);
    outgoing.end(answer.body);
  }

  private exchange(incoming: http.IncomingMessage, body: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.send(incoming, body, (response) => {
        readAll(response).then((read) => {
          resolve({ status: response.statusCode ?? 502, headers: headersOf(response), body: read });
        }, reject);
      }).once("error", reject);
    });
  }

  private send(
    { method, url = "/", headers }: http.IncomingMessage,
    body: Buffer,
    answered: (response: http.IncomingMessage) => void,
  ): http.ClientRequest {
    const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));
    const { request } = this.target.url.startsWith("https:") ? https : http;
    const options = { method, headers: kept, agent: false as const, ca: this.target.ca };
    return request(new URL(url, this.target.url), options, answered).end(body);
  }
}

function headersOf({ headers }: http.IncomingMessage): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}

async function readAll(stream: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
