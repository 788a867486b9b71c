import type { IncomingMessage, ServerResponse } from "node:http";
import * as https from "node:https";
import type { Duplex } from "node:stream";
import { type ServerOptions, type WebSocket, WebSocketServer } from "ws";
import { execProtocols, runExec } from "./exec";
import { HttpError } from "./httpError";
import { answerLogs } from "./logs";
import type { Pods } from "./pods";
import type { NodeOfCluster } from "./settings";

/**
 * What an API server asks of a kubelet: logs, and commands in containers. Nobody without a certificate that the
 * settings' CA has signed is answered. Source of paths and words:
 * https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/server/server.go
 */
export async function startServer({ kubelet }: NodeOfCluster, pods: Pods): Promise<https.Server> {
  const server = https.createServer({
    cert: kubelet.certificate,
    key: kubelet.privateKey,
    ca: kubelet.clientCa,
    requestCert: true,
    rejectUnauthorized: true,
  });
  const options: ServerOptions = {
    noServer: true,
    handleProtocols: (offered) => execProtocols.find((known) => offered.has(known)) ?? false,
  };
  const sockets = new WebSocketServer(options);
  server.on("request", (request, response) => {
    try {
      answer(request, response, pods);
    } catch (error) {
      fail(response, error);
    }
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => undefined); // whoever asked has gone
    try {
      const run = upgrade(request, pods);
      sockets.handleUpgrade(request, socket, head, run);
    } catch (error) {
      refuse(socket, error);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(kubelet.port, "127.0.0.1", resolve);
  });
  return server;
}

function answer(request: IncomingMessage, response: ServerResponse, pods: Pods): void {
  const { action, url, container } = find(request, pods);
  if (action === "containerLogs" && request.method === "GET") {
    answerLogs(container, url.searchParams, response);
  } else if (action === "exec") {
    throw new HttpError(400, "Upgrade request required");
  } else {
    throw new HttpError(404, "404 page not found");
  }
}

function upgrade(request: IncomingMessage, pods: Pods): (socket: WebSocket) => void {
  const { action, url, container } = find(request, pods);
  if (action !== "exec") throw new HttpError(404, "404 page not found");
  const { upgrade: wanted = "", "sec-websocket-protocol": offered = "" } = request.headers;
  if (wanted.toLowerCase() !== "websocket") {
    throw new HttpError(
      400,
      `the lab's node speaks WebSocket, not ${wanted}: kubectl 1.31 or newer does too`,
    );
  }
  if (!offered.split(",").some((one) => execProtocols.includes(one.trim()))) {
    throw new HttpError(400, `the lab's node speaks ${execProtocols.join(" and ")}, not ${offered}`);
  }
  return (socket) => {
    runExec(socket, container, url.searchParams);
  };
}

function find(request: IncomingMessage, pods: Pods) {
  const url = new URL(request.url ?? "/", "https://node");
  const parts = url.pathname.split("/").slice(1).map(decodeURIComponent);
  const [action = "", namespace = "", name = "", containerName = "", ...more] = parts;
  if (!["containerLogs", "exec"].includes(action) || !containerName || more.length > 0) {
    throw new HttpError(404, "404 page not found");
  }
  const runner = pods.find(namespace, name);
  if (!runner) throw new HttpError(404, `pod ${JSON.stringify(name)} does not exist`);
  const container = runner.find(containerName);
  if (!container) {
    throw new HttpError(404, `container "${containerName}" not found in pod ${JSON.stringify(name)}`);
  }
  return { action, url, container: { runner: container, name: containerName, pod: name } };
}

function statusOf(error: unknown): number {
  return error instanceof HttpError ? error.status : 500;
}

function fail(response: ServerResponse, error: unknown): void {
  response.writeHead(statusOf(error), { "content-type": "text/plain" }).end(`${(error as Error).message}\n`);
}

function refuse(socket: Duplex, error: unknown): void {
  const { message } = error as Error;
  const head = `HTTP/1.1 ${statusOf(error)} Refused\r\nConnection: close\r\nContent-Type: text/plain\r\n`;
  socket.end(`${head}Content-Length: ${Buffer.byteLength(message)}\r\n\r\n${message}`);
}
