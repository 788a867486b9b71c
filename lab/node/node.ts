import * as fs from "node:fs";
import * as path from "node:path";
import { Api } from "./api";
import { type NodeContext, pause } from "./environment";
import { Events } from "./events";
import { InstanceMetadata } from "./metadata";
import { nodeTraits, registerNode } from "./nodeObject";
import { Pods } from "./pods";
import type { Processes } from "./processes";
import { Scheduler } from "./scheduler";
import { startServer } from "./server";
import type { NodeOfCluster, NodeSettings } from "./settings";

/** What stands behind the folder with the image's commands on a container's PATH. */
const SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin";

/** Plays a node, and the scheduler of its cluster. Resolves when it is registered; all goes on until `signal`. */
export async function startNode(
  settings: NodeSettings,
  node: NodeOfCluster,
  processes: Processes,
  signal: AbortSignal,
): Promise<void> {
  const log = (line: string) => {
    console.error(`${new Date().toISOString()} ${node.name}: ${line}`);
  };
  const metadata = new InstanceMetadata(settings, node.cluster.region, log);
  const api = new Api(node.cluster, node.nodeToken, log);
  const context: NodeContext = {
    name: node.name,
    api,
    events: new Events(api, { component: "kubelet", host: node.name }, log),
    processes,
    directory: path.join(settings.directory, node.name),
    searchPath: `${settings.awsFolder}:${SYSTEM_PATH}`,
    variables: {
      AWS_ENDPOINT_URL: settings.aws.endpointUrl,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: await metadata.start(),
    },
    log,
  };
  // Of a process of before: its containers ended with it.
  fs.rmSync(context.directory, { recursive: true, force: true });
  fs.mkdirSync(context.directory, { recursive: true, mode: 0o700 });

  const pods = new Pods(context);
  const server = await startServer(node, pods);
  signal.addEventListener("abort", () => {
    metadata.stop();
    server.close();
    server.closeAllConnections();
  });
  await untilRegistered(api, node, log, signal);

  const schedulerApi = new Api(node.cluster, node.schedulerToken, log);
  const events = new Events(schedulerApi, { component: "default-scheduler" }, log);
  const scheduler = new Scheduler(schedulerApi, nodeTraits(node), events, log);
  for (const part of [pods, scheduler]) {
    part.run(signal).catch((error: unknown) => {
      log(`stopped watching: ${String(error)}`);
    });
  }
}

async function untilRegistered(
  api: Api,
  node: NodeOfCluster,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      await registerNode(api, node);
      return;
    } catch (error) {
      if (failures % 20 === 0) log(`cannot register: ${String(error)}`);
      await pause(500, signal);
    }
  }
}
