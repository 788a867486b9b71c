import * as http from "node:http";
import * as https from "node:https";
import { text } from "node:stream/consumers";
import { isProperties, type Properties, type PropertyValue } from "../shared/values";
import { credentialSource, fileOrData, type CredentialSource } from "./credentials";

const REQUEST_TIMEOUT_MS = 32_000; // client-go's for discovery, which is what shows a dead server
/** The server ends a watch after this, and the next begins: so a connection that died silently is noticed. */
const WATCH_S = 240;

/** The API server refused: its Status object, as an error. */
export class ApiError extends Error {
  readonly reason: string;

  constructor(
    readonly code: number,
    readonly status: Properties,
  ) {
    super(typeof status.message === "string" ? status.message : `the server answered ${code}`);
    this.reason = typeof status.reason === "string" ? status.reason : "";
  }
}

/** One request. Bodies are JSON, whatever the content type says: to a YAML parser that is YAML. */
export interface ApiRequest {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  path: string;
  query?: Record<string, string>;
  body?: PropertyValue;
  contentType?: string;
}

/**
 * The REST API of one cluster. Not @kubernetes/client-node, whose 1,300 files would be a third of a plugin's start,
 * and which has no word for server-side apply with a field manager that this does not have.
 */
export class KubernetesClient {
  private readonly server: URL;
  private readonly ca: Buffer | undefined;
  private readonly insecure: boolean;
  private readonly serverName: string | undefined;
  private readonly credentials: CredentialSource;
  private readonly agent: https.Agent;

  constructor(cluster: Properties, user: Properties) {
    const { server } = cluster;
    if (typeof server !== "string" || !URL.canParse(server)) {
      throw new Error("invalid configuration: the cluster has no server URL");
    }
    this.server = new URL(server);
    this.ca = fileOrData(cluster, "certificate-authority");
    this.insecure = cluster["insecure-skip-tls-verify"] === true;
    const name = cluster["tls-server-name"];
    this.serverName = typeof name === "string" && name !== "" ? name : undefined;
    this.credentials = credentialSource(user);
    this.agent = new https.Agent({ keepAlive: true });
  }

  /** The answer as JSON; throws {@link ApiError} when the server refuses, a plain error when nobody answers. */
  async request(request: ApiRequest): Promise<Properties> {
    const first = await this.send(request, false);
    // A token of a credential plugin may have run out since: client-go asks for another, once.
    const answer = first.code === 401 ? await this.send(request, true) : first;
    if (answer.code >= 300) throw new ApiError(answer.code, answer.body);
    return answer.body;
  }

  /**
   * Objects of a collection as they change: the server's events, until it ends the answer. Throws like {@link request},
   * and when the signal is aborted. https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
   */
  async *watch(path: string, query: Record<string, string>, signal: AbortSignal): AsyncGenerator<Properties> {
    const timeoutSeconds = String(WATCH_S);
    const request = { path, query: { ...query, watch: "true", timeoutSeconds } };
    const options = { timeout: (WATCH_S + 10) * 1000, signal };
    let incoming = await this.open(request, false, options);
    if (incoming.statusCode === 401) {
      incoming.resume();
      incoming = await this.open(request, true, options);
    }
    const code = incoming.statusCode ?? 0;
    if (code >= 300) throw new ApiError(code, parseBody(await text(incoming)));
    let rest = "";
    incoming.setEncoding("utf8");
    for await (const chunk of incoming) {
      const lines = (rest + String(chunk)).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) yield parseBody(line);
    }
  }

  private async send(request: ApiRequest, fresh: boolean): Promise<{ code: number; body: Properties }> {
    const incoming = await this.open(request, fresh, { timeout: REQUEST_TIMEOUT_MS });
    try {
      return { code: incoming.statusCode ?? 0, body: parseBody(await text(incoming)) };
    } catch (error) {
      throw explain(request, this.urlOf(request), error as Error);
    }
  }

  private urlOf(request: ApiRequest): URL {
    const url = new URL(this.server.pathname.replace(/\/$/, "") + request.path, this.server);
    for (const [key, value] of Object.entries(request.query ?? {})) url.searchParams.set(key, value);
    return url;
  }

  /** Sends a request, and comes back when the answer begins. */
  private async open(
    request: ApiRequest,
    fresh: boolean,
    more: { timeout: number; signal?: AbortSignal },
  ): Promise<http.IncomingMessage> {
    const method = request.method ?? "GET";
    const url = this.urlOf(request);
    let credentials;
    try {
      credentials = await this.credentials(fresh);
    } catch (error) {
      throw explain(request, url, error as Error);
    }
    const secure = this.server.protocol === "https:";
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const options: https.RequestOptions = {
      method,
      ...more,
      headers: {
        accept: "application/json",
        "user-agent": "pulumi-kubernetes-lab",
        // Of itself Node gives the body of a DELETE no length, and the server takes it for the next request.
        ...(body === undefined
          ? {}
          : {
              "content-type": request.contentType ?? "application/json",
              "content-length": Buffer.byteLength(body),
            }),
        ...(credentials.authorization === undefined ? {} : { authorization: credentials.authorization }),
      },
      ...(secure && {
        agent: this.agent,
        ca: this.ca,
        cert: credentials.cert,
        key: credentials.key,
        servername: this.serverName,
        rejectUnauthorized: !this.insecure,
      }),
    };
    return new Promise((resolve, reject) => {
      const outgoing = (secure ? https : http).request(url, options, resolve);
      outgoing.on("timeout", () => outgoing.destroy(new Error("net/http: request canceled")));
      outgoing.on("error", (error: NodeJS.ErrnoException) => {
        // The server closed a kept connection just as it was used again: ask on a new one.
        if (outgoing.reusedSocket && error.code === "ECONNRESET") resolve(this.open(request, false, more));
        else reject(explain(request, url, error));
      });
      outgoing.end(body);
    });
  }
}

const explain = ({ method = "GET" }: ApiRequest, url: URL, error: Error): Error =>
  new Error(`${method.charAt(0)}${method.slice(1).toLowerCase()} "${url.href}": ${networkReason(error)}`);

function parseBody(json: string): Properties {
  try {
    const body: unknown = JSON.parse(json);
    return isProperties(body) ? body : {};
  } catch {
    return { message: json.trim() }; // what stands before an API server may answer in plain text
  }
}

// The words of Go's net package, which the real plugin's users know.
function networkReason(error: Error): string {
  const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  const place = address === undefined ? "" : ` ${address}:${String(port)}`;
  switch (code) {
    case "ECONNREFUSED":
      return `dial tcp${place}: connect: connection refused`;
    case "ENOTFOUND":
      return `dial tcp: ${error.message}: no such host`;
    case "ECONNRESET":
      return "EOF";
    default:
      return error.message;
  }
}
