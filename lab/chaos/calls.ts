import type { IncomingMessage } from "node:http";

/** A call to AWS or to a cluster, as it passes a gate. */
export interface GateCall {
  /** `aws`, or the name of the cluster. */
  server: string;
  /** What it does, the same from run to run: `CreateRole`, `POST serviceaccounts/reader`. */
  name: string;
  /** Does it change anything? */
  writes: boolean;
  /** The caller's end of the connection, by which its process can be found. */
  port: number;
}

/** Names a call to AWS by its action. `clusters` are the clusters' names by what their issuer URLs end with. */
export function describeAwsCall(body: string, clusters: ReadonlyMap<string, string>): string {
  const parameters = new URLSearchParams(body);
  const action = parameters.get("Action") ?? "(not of the query protocol)";
  const issuer = parameters.get("Url") ?? parameters.get("OpenIDConnectProviderArn");
  const policy = parameters.get("PolicyName") ?? parameters.get("PolicyArn");
  const object = issuer === null ? policy : (clusters.get(lastPart(issuer)) ?? "a foreign issuer");
  return object === null ? action : `${action} ${lastPart(object)}`;
}

/** Names a call to EKS by its path: `POST pod-identity-associations ireland/reader`. Undefined where it is none. */
export function describeEksCall(method: string, url: string, body: string): string | undefined {
  const { pathname } = new URL(url, "http://eks");
  const [, cluster, kind = "clusters"] = /^\/clusters\/([^/]+)(?:\/([^/]+))?/.exec(pathname) ?? [];
  if (cluster === undefined) return undefined;
  // What is created has its name in the body only.
  const { serviceAccount } = (method === "POST" ? JSON.parse(body) : {}) as { serviceAccount?: string };
  return `${method} ${kind} ${cluster}${serviceAccount === undefined ? "" : `/${serviceAccount}`}`;
}

/** Names a call to a cluster: its method and what it is about, without the namespace. */
export function describeClusterCall(method: string, url: string, body: string): string {
  const { pathname } = new URL(url, "http://cluster");
  const path = pathname.replace(/^\/apis?\/(.*?)(namespaces\/[^/]+\/)/, "") || pathname;
  // What is created has its name in the body only.
  return method === "POST" ? `POST ${path}/${nameIn(body)}` : `${method} ${path}`;
}

function nameIn(body: string): string {
  const { metadata } = JSON.parse(body) as { metadata?: { name?: string } };
  return metadata?.name ?? "(without a name)";
}

/** Does a call change something? IAM and STS tell it by the action, EKS and Kubernetes by the method. */
export function isWriting(server: string, name: string): boolean {
  return server === "aws" ? !/^(Get|List|GET )/.test(name) : !name.startsWith("GET ");
}

/** The caller's port of a request. */
export function portOf(incoming: IncomingMessage): number {
  return incoming.socket.remotePort ?? 0;
}

function lastPart(text: string): string {
  return text.slice(text.lastIndexOf("/") + 1);
}
