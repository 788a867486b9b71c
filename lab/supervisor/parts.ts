import * as fs from "node:fs";
import * as path from "node:path";
import { startAws } from "../aws";
import { createClusterFiles, startApiServer } from "../kubernetes/apiServer";
import { completeCluster } from "../kubernetes/cluster";
import { ETCD, startEtcd } from "../kubernetes/etcd";
import type { LabDescription } from "../types";
import { type Children, PartFailed } from "./children";
import { endAll } from "./marker";
import { freePorts } from "./ports";
import type { StartRequest } from "./protocol";

/** A lab without an outsider has no stranger; nobody asks for one there. */
export type StartedParts = Omit<LabDescription, "stranger"> & Partial<Pick<LabDescription, "stranger">>;

/** Starts etcd, the API servers and AWS, as far as possible side by side. */
async function startParts(
  request: StartRequest,
  children: Children,
  environment: NodeJS.ProcessEnv,
): Promise<StartedParts> {
  const { binaries, directory, runId } = request;
  const specs = [...request.clusters, ...(request.stranger ? [request.stranger] : [])];
  const [clientPort = 0, peerPort = 0, ...ports] = await freePorts(specs.length + 2);
  const [etcd, files] = await Promise.all([
    startEtcd({
      binary: binaries.etcd,
      runId,
      directory,
      ports: { client: clientPort, peer: peerPort },
      children,
    }),
    Promise.all(specs.map((spec) => createClusterFiles(path.join(directory, "clusters", spec.name)))),
  ]);
  const servers = await Promise.all(
    files.map((clusterFiles, index) => {
      const [spec, port] = [specs[index], ports[index]];
      if (!spec || !port) {
        throw new Error("a cluster has files but no name or no port");
      }
      return startApiServer({
        binary: binaries.kubeApiServer,
        spec,
        files: clusterFiles,
        port,
        etcd,
        children,
      });
    }),
  );
  const [{ aws }, ...clusters] = await Promise.all([
    startAws({
      python: binaries.python,
      directory,
      env: environment,
      clusters: servers.map(({ cluster }) => cluster),
      spawnChild: children.spawn,
    }),
    ...servers.map((server) => completeCluster(server, children)),
  ]);
  const stranger = request.stranger ? clusters.pop() : undefined;
  return { runId, directory, supervisorPid: process.pid, clusters, ...(stranger ? { stranger } : {}), aws };
}

/** Starts the parts, and does so again with other ports when another program was quicker to take one. */
export async function startPartsWithRetry(
  request: StartRequest,
  children: Children,
  environment: NodeJS.ProcessEnv,
): Promise<StartedParts> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startParts(request, children, environment);
    } catch (error) {
      if (!(error instanceof PartFailed && error.isPortClash) || attempt === 3) {
        throw error;
      }
      await endAll(() => children.pids(), 0);
      for (const left of [ETCD, "clusters"]) {
        fs.rmSync(path.join(request.directory, left), { recursive: true, force: true });
      }
    }
  }
}
