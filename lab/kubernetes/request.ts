import * as https from "node:https";
import type { LabCluster } from "../types";

/** What is needed to talk to a cluster. */
export type ClusterAddress = Pick<LabCluster, "endpoint" | "caCertificate">;

/** An answer of an API server. */
export interface ApiAnswer {
  status: number;
  body: string;
}

/** One request to a cluster; without a token it is anonymous. Rejects only if nobody answers. */
export function apiRequest(
  cluster: ClusterAddress,
  request: { method?: string; path: string; token?: string; body?: unknown },
): Promise<ApiAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = https.request(new URL(request.path, cluster.endpoint), {
      method: request.method ?? "GET",
      ca: cluster.caCertificate,
      agent: false, // a server that is being stopped waits for connections that are kept alive
      timeout: 10_000,
      headers: {
        ...(request.token ? { authorization: `Bearer ${request.token}` } : {}),
        ...(request.body === undefined ? {} : { "content-type": "application/json" }),
      },
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error(`${cluster.endpoint} does not answer`)));
    outgoing.on("error", reject);
    outgoing.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") });
      });
    });
    outgoing.end(request.body === undefined ? undefined : JSON.stringify(request.body));
  });
}
