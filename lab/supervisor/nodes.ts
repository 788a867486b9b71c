import * as fs from "node:fs";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import type { StartedAws } from "../aws";
import type { StartedApiServer } from "../kubernetes/apiServer";
import { nodeNameOf } from "../kubernetes/clusterFiles";
import { adminToken } from "../kubernetes/kubeconfig";
import { apiRequest } from "../kubernetes/request";
import type { NodeOfCluster, NodeSettings } from "../node/settings";
import type { LabBinaries, LabCluster } from "../types";
import type { Children } from "./children";

const NODES = "nodes";

/** Starts the one process that plays the nodes of all clusters, and waits until each is ready. */
export async function startNodes(options: {
  directory: string;
  binaries: LabBinaries;
  aws: StartedAws;
  nodes: { server: StartedApiServer; port: number }[];
  children: Children;
}): Promise<void> {
  const { directory, binaries, nodes, children } = options;
  const { aws, nodeRoleArn } = options.aws;
  if (!nodeRoleArn) {
    throw new Error("the nodes have no role");
  }
  const settings: NodeSettings = {
    directory: path.join(directory, NODES),
    awsFolder: binaries.awsFolder,
    aws,
    nodeRoleArn,
    nodes: await Promise.all(nodes.map(({ server, port }) => settingsOf(server, port))),
  };
  const file = path.join(directory, "nodes.json");
  fs.writeFileSync(file, JSON.stringify(settings), { mode: 0o600 });
  const child = children.spawn(NODES, process.execPath, [
    "--import",
    pathToFileURL(require.resolve("tsx")).href,
    path.join(__dirname, "..", "node", "main.ts"),
    file,
  ]);
  await Promise.all(nodes.map(({ server }) => children.waitFor(NODES, child, () => isReady(server.cluster))));
}

async function settingsOf({ cluster, files }: StartedApiServer, port: number): Promise<NodeOfCluster> {
  const { name, region, endpoint, caCertificate } = cluster;
  return {
    name: nodeNameOf(name),
    cluster: { name, region, endpoint, caCertificate },
    nodeToken: files.nodeToken,
    schedulerToken: files.schedulerToken,
    kubelet: {
      port,
      ...(await files.authority.forServer(nodeNameOf(name))),
      clientCa: caCertificate,
    },
  };
}

async function isReady(cluster: LabCluster): Promise<boolean> {
  const answer = await apiRequest(cluster, {
    path: `/api/v1/nodes/${nodeNameOf(cluster.name)}`,
    token: adminToken(cluster),
  });
  const node = JSON.parse(answer.body) as { status?: { conditions?: { type: string; status: string }[] } };
  const conditions = answer.status === 200 ? (node.status?.conditions ?? []) : [];
  return conditions.some(({ type, status }) => type === "Ready" && status === "True");
}
