import * as http from "node:http";
import * as path from "node:path";
import type { Children } from "../supervisor/children";

/** Where clusters keep their objects. */
export interface EtcdAddress {
  url: string;
  /** Begins the keys of this run, so that not even a mistaken port could mix two labs. */
  prefix: string;
}

/** The name of etcd among the lab's children. */
export const ETCD = "etcd";

function isHealthy(clientUrl: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = http.get(`${clientUrl}/health`, { agent: false, timeout: 5_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => {
      resolve(false);
    });
  });
}

/** Starts the one etcd that all clusters share and waits until it answers. */
export async function startEtcd(options: {
  binary: string;
  runId: string;
  directory: string;
  ports: { client: number; peer: number };
  children: Children;
}): Promise<EtcdAddress> {
  const clientUrl = `http://127.0.0.1:${options.ports.client}`;
  const peerUrl = `http://127.0.0.1:${options.ports.peer}`;
  const child = options.children.spawn(
    ETCD,
    options.binary,
    [
      "--name=lab",
      `--data-dir=${path.join(options.directory, "etcd")}`,
      `--listen-client-urls=${clientUrl}`,
      `--advertise-client-urls=${clientUrl}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=lab=${peerUrl}`,
      "--unsafe-no-fsync", // nothing here is worth a disk's time
      "--log-level=warn",
    ],
    { GOGC: "50" },
  );
  await options.children.waitFor(ETCD, child, () => isHealthy(clientUrl));
  return { url: clientUrl, prefix: `/${options.runId}` };
}
