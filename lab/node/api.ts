import type { IncomingMessage } from "node:http";
import * as https from "node:https";
import * as readline from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import type { ClusterAddress } from "../kubernetes/request";

/** An API server refused a request. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly reason: string,
    message: string,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

export interface Call {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  path: string;
  body?: unknown;
}

interface List<T> {
  metadata: { resourceVersion: string };
  items: T[];
}

interface WatchEvent<T> {
  type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  object: T & { metadata?: { resourceVersion?: string } };
}

/** What a watch tells. */
export interface WatchListener<T> {
  /** All that there is, whenever the watch has to begin anew: what is not among it is gone. */
  all: (items: T[]) => void;
  changed: (item: T) => void;
  deleted: (item: T) => void;
}

/** The server ends a watch after a while, so that a connection nobody holds any more does not stay for ever. */
const WATCH_SECONDS = 300;

/**
 * An API server as one user of it sees it. Smaller than the official client, whose models alone would take more memory
 * than the node.
 */
export class Api {
  constructor(
    private readonly cluster: ClusterAddress,
    private readonly token: string,
    private readonly log: (line: string) => void,
  ) {}

  /** Resolves with the answer's object; rejects with an `ApiError` if the server refuses. */
  async call<T>(call: Call): Promise<T> {
    const response = await this.send(call, 10_000);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return accept(response, Buffer.concat(chunks).toString("utf8")) as T;
  }

  /**
   * Lists and then watches until `signal` ends it. It survives a server that goes away: it goes on from where it was,
   * or lists again where the server does not remember that far back.
   */
  async watch<T>(
    path: string,
    selector: string,
    listener: WatchListener<T>,
    signal: AbortSignal,
  ): Promise<void> {
    let version: string | undefined;
    let failures = 0;
    while (!signal.aborted) {
      try {
        if (version === undefined) {
          const list = await this.call<List<T>>({ path: `${path}?fieldSelector=${selector}` });
          version = list.metadata.resourceVersion;
          listener.all(list.items);
        }
        version = await this.follow(`${path}?fieldSelector=${selector}`, version, listener, signal);
        failures = 0;
      } catch (error) {
        if (error instanceof ApiError) version = undefined;
        if (failures++ === 0) this.log(`${path} cannot be watched: ${String(error)}`);
        await delay(Math.min(5_000, 100 * 2 ** failures), undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private async follow<T>(
    path: string,
    from: string,
    listener: WatchListener<T>,
    signal: AbortSignal,
  ): Promise<string> {
    const query = `watch=true&allowWatchBookmarks=true&timeoutSeconds=${WATCH_SECONDS}&resourceVersion=${from}`;
    const call = { path: `${path}&${query}` };
    const response = await this.send(call, (WATCH_SECONDS + 30) * 1_000, signal);
    if (response.statusCode !== 200) accept(response, "");
    let version = from;
    for await (const line of readline.createInterface({ input: response })) {
      const { type, object } = JSON.parse(line) as WatchEvent<T>;
      if (type === "ERROR") throw new ApiError(410, "Expired", `the watch ended: ${line.slice(0, 300)}`);
      version = object.metadata?.resourceVersion ?? version;
      if (type === "DELETED") listener.deleted(object);
      else if (type !== "BOOKMARK") listener.changed(object);
    }
    return version;
  }

  private send({ method = "GET", path, body }: Call, timeout: number, signal?: AbortSignal) {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    return new Promise<IncomingMessage>((resolve, reject) => {
      const request = https.request(new URL(path, this.cluster.endpoint), {
        method,
        ca: this.cluster.caCertificate,
        agent: false, // a server that is being stopped waits for connections that are kept alive
        timeout,
        signal,
        headers: {
          authorization: `Bearer ${this.token}`,
          ...(text === undefined
            ? {}
            : { "content-type": type, "content-length": String(Buffer.byteLength(text)) }),
        },
      });
      request.on("timeout", () => request.destroy(new Error(`${this.cluster.endpoint} does not answer`)));
      request.on("error", reject);
      request.on("response", resolve);
      request.end(text);
    });
  }
}

function accept(response: IncomingMessage, text: string): unknown {
  const status = response.statusCode ?? 0;
  if (status >= 200 && status < 300) return JSON.parse(text);
  let parsed: { reason?: string; message?: string } = {};
  try {
    parsed = JSON.parse(text) as typeof parsed;
  } catch {
    // a proxy's page, or an answer cut short
  }
  throw new ApiError(status, parsed.reason ?? "", parsed.message ?? `the API server answered ${status}`);
}

/** The server knows no such object (any more), or another one of that name. */
export function isGone(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 404 || error.status === 409);
}
