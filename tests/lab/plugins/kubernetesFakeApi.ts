import { randomUUID } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, dirname } from "node:path";

/** A request as the fake API server got it. */
export interface SeenRequest {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: IncomingMessage["headers"];
  body: Document | undefined;
}

export type Document = Record<string, unknown>;

/** An answer that takes the place of the fake's own. */
export interface Answer {
  code: number;
  body: Document;
}

/** The Status object of a refusal. */
export function refusal(code: number, reason: string, message: string, details: Document = {}): Answer {
  return { code, body: { kind: "Status", status: "Failure", code, reason, message, details } };
}

/**
 * As much of an API server as the plugin needs: it keeps what is created or applied and forgets what is deleted. What a real one
 * makes of an apply (defaults, conflicts) is shown by the engine tests, or put in by `intercept`.
 */
export class FakeApi {
  readonly requests: SeenRequest[] = [];
  readonly objects = new Map<string, Document>();
  private readonly watchers: { path: string; to: ServerResponse }[] = [];
  private readonly events = new EventEmitter();
  intercept: (request: SeenRequest) => Answer | undefined = () => undefined;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<FakeApi> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const fake = new FakeApi(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on("request", (incoming: IncomingMessage, outgoing: ServerResponse) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("end", () => {
        const seen = toSeen(incoming, Buffer.concat(chunks).toString("utf8"));
        if (seen.query.watch !== undefined) {
          fake.watch(seen, outgoing.writeHead(200));
          return;
        }
        const { code, body } = fake.answer(seen);
        outgoing.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(body));
      });
    });
    return fake;
  }

  async stop(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, "close");
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  /** A kubeconfig for it; `user` says who asks. */
  kubeconfig(user: Document = {}): string {
    return JSON.stringify({
      clusters: [{ name: "c", cluster: { server: this.url } }],
      users: [{ name: "u", user }],
      contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
      "current-context": "x",
    });
  }

  /** What was asked of objects, without the look at whether the server answers. */
  get writes(): SeenRequest[] {
    return this.requests.filter(({ method }) => method !== "GET");
  }

  /** Puts an object, and tells those who watch. */
  put(path: string, object: Document): void {
    this.objects.set(path, object);
    const event = `${JSON.stringify({ type: "MODIFIED", object })}\n`;
    for (const watcher of this.watchers) if (watcher.path === dirname(path)) watcher.to.write(event);
  }

  /** Comes back when this many watch at once. */
  async watched(count: number): Promise<void> {
    while (this.watchers.length < count) await once(this.events, "watch");
  }

  private watch({ path }: SeenRequest, to: ServerResponse): void {
    to.flushHeaders();
    this.watchers.push({ path, to });
    this.events.emit("watch");
  }

  private answer(request: SeenRequest): Answer {
    this.requests.push(request);
    const special = this.intercept(request);
    if (special !== undefined) return special;
    if (request.path === "/api/v1") return { code: 200, body: { kind: "APIResourceList" } };
    if (request.method === "POST") return this.create(request);
    const object = this.objects.get(request.path);
    if (/\/(pods|jobs)$/.test(request.path)) {
      const items = [...this.objects].filter(([at]) => dirname(at) === request.path).map(([, item]) => item);
      return { code: 200, body: { items, metadata: { resourceVersion: "1" } } };
    }
    if (request.method === "PATCH") return { code: 200, body: this.keep(request, request.path, object) };
    if (object === undefined) return refusal(404, "NotFound", `${request.path} not found`);
    if (request.method === "DELETE") this.objects.delete(request.path);
    return { code: 200, body: object };
  }

  private create(request: SeenRequest): Answer {
    const { name } = request.body?.metadata as { name: string };
    const path = `${request.path}/${name}`;
    if (!this.objects.has(path)) return { code: 201, body: this.keep(request, path) };
    return refusal(409, "AlreadyExists", `${basename(request.path)} "${name}" already exists`);
  }

  private keep({ body = {}, query }: SeenRequest, path: string, before?: Document): Document {
    const metadata = { uid: randomUUID(), ...(before?.metadata as Document), ...(body.metadata as Document) };
    const object = { ...body, metadata };
    if (query.dryRun === undefined) this.objects.set(path, object);
    return object;
  }
}

function toSeen(incoming: IncomingMessage, text: string): SeenRequest {
  const url = new URL(incoming.url ?? "/", "http://fake");
  return {
    method: incoming.method ?? "",
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: incoming.headers,
    body: text === "" ? undefined : (JSON.parse(text) as Document),
  };
}
