import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { JSONWebKeySet } from "jose";
import { CredentialCache } from "./credentialCache";
import { type Eks, EksRefusal, type PodCredentials } from "./eks";
import { AgentRefusal, isPodToken } from "./podToken";
import type { LabCluster } from "../../types";
import { apiRequest } from "../request";

const HOST = "127.0.0.1";
const PATH = "/v1/credentials";
/** How often the cache is looked through. */
const SWEEP = 60_000;

/** What an agent is to know of its cluster. */
export interface AgentCluster {
  name: string;
  region: string;
  /** The keys that the cluster signs tokens with. */
  keys: () => Promise<JSONWebKeySet>;
}

/** A cluster of the lab, as its agent knows it. */
export function agentCluster(cluster: LabCluster): AgentCluster {
  const { name, region } = cluster;
  const keys = async () =>
    JSON.parse((await apiRequest(cluster, { path: "/openid/v1/jwks" })).body) as JSONWebKeySet;
  return { name, region, keys };
}

/** Time and chance, which a test has its own of, and where an agent says what went wrong. */
export interface AgentSurroundings {
  now: () => number;
  chance: () => number;
  log: (error: unknown) => void;
}

const thisMachine: AgentSurroundings = { now: Date.now, chance: Math.random, log: console.error };

/** The calls that an agent makes. */
export type AgentEks = Pick<Eks, "hasAgent" | "assumeRoleForPodIdentity">;

/**
 * The EKS Pod Identity agent of a cluster: it gives a pod credentials for its token. On EKS each node has one, at
 * http://169.254.170.23; here a cluster has one, on loopback, to which the AWS SDKs speak without TLS as well. Where the
 * add-on is not installed, every connection is closed without an answer.
 * Source: https://github.com/aws/eks-pod-identity-agent/blob/main/pkg/handlers/eks_credential_handler.go
 */
export class PodIdentityAgent {
  #cache: CredentialCache | undefined;
  #cluster: AgentCluster | undefined;
  #sweeping: NodeJS.Timeout | undefined;

  private constructor(
    private readonly server: Server,
    private readonly eks: AgentEks,
    private readonly surroundings: AgentSurroundings,
  ) {}

  /** Starts one on a free port. It answers nobody until it knows its cluster. */
  static async start(
    eks: AgentEks,
    surroundings: AgentSurroundings = thisMachine,
  ): Promise<PodIdentityAgent> {
    const server = createServer();
    const agent = new PodIdentityAgent(server, eks, surroundings);
    server.on("request", (request, response) => {
      agent.answer(request, response).catch((error: unknown) => {
        surroundings.log(error);
        response.destroy();
      });
    });
    server.listen(0, HOST);
    await once(server, "listening");
    return agent;
  }

  /** Where it gives credentials. */
  get uri(): string {
    return `http://${HOST}:${(this.server.address() as AddressInfo).port}${PATH}`;
  }

  /** From now on it answers for this cluster, if the add-on is there. */
  serve(cluster: AgentCluster): void {
    const { name, region } = cluster;
    this.#cluster = cluster;
    this.#cache = new CredentialCache({
      fetch: (token) => this.eks.assumeRoleForPodIdentity({ name, region }, token),
      isGood: (token, claims) =>
        cluster.keys().then(
          (keys) => isPodToken(token, claims, keys),
          () => false, // then EKS Auth is to judge
        ),
      now: this.surroundings.now,
      chance: this.surroundings.chance,
    });
    this.#sweeping = setInterval(() => {
      this.sweep().catch(this.surroundings.log);
    }, SWEEP);
    this.#sweeping.unref();
  }

  /** Looks through the cache; on EKS it is gone with the agent's pod. */
  async sweep(): Promise<void> {
    await (await this.installedCache())?.sweep();
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeping);
    if (!this.server.listening) return;
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, "close");
  }

  /** The cache, if the add-on is installed now. */
  private async installedCache(): Promise<CredentialCache | undefined> {
    if (this.#cluster && (await this.eks.hasAgent(this.#cluster))) return this.#cache;
    this.#cache?.clear();
    return undefined;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const cache = await this.installedCache();
    if (!cache) {
      request.socket.destroy();
      return;
    }
    if (new URL(request.url ?? "/", "http://agent").pathname !== PATH) {
      sendText(response, 404, "404 page not found");
      return;
    }
    try {
      refuseOtherHosts(request.headers.host ?? "");
      sendJson(response, await cache.get(request.headers.authorization ?? ""));
    } catch (error) {
      const { status, text } = refusalOf(error);
      sendText(response, status, text);
    }
  }
}

/** Who was told another name for this address is none of the cluster's pods: a page in a browser, for one. */
function refuseOtherHosts(host: string): void {
  const name = host.replace(/:\d+$/, "");
  if (name === HOST) return;
  throw new AgentRefusal(
    403,
    `Access Denied. Called agent through invalid address, please use either [${HOST}] address not ${name}`,
  );
}

/** Source: HandleCredentialFetchingError in https://github.com/aws/eks-pod-identity-agent/blob/main/pkg/errors/errors.go */
function refusalOf(error: unknown): { status: number; text: string } {
  if (error instanceof AgentRefusal) return { status: error.status, text: error.message };
  if (error instanceof EksRefusal) {
    const { status, code, message, requestId } = error;
    const fault = status < 500 ? "client" : "server";
    return { status, text: `[${requestId}]: (${code}): ${message}, fault: ${fault}` };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    status: 500,
    text: `error getting credentials to cache: unable to fetch credentials from EKS Auth: ${message}`,
  };
}

function sendJson(response: ServerResponse, credentials: PodCredentials): void {
  const body = JSON.stringify({
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    Token: credentials.sessionToken,
    AccountId: credentials.accountId,
    // As Go writes it: no fraction where there is none.
    Expiration: new Date(credentials.expires).toISOString().replace(/\.?0*Z$/, "Z"),
  });
  send(response, 200, "application/json", body);
}

function sendText(response: ServerResponse, status: number, text: string): void {
  send(response, status, "text/plain; charset=utf-8", `${text}\n`);
}

function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, { "content-type": contentType, "content-length": Buffer.byteLength(body) });
  response.end(body);
}
