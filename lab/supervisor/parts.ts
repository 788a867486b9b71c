import * as fs from "node:fs";
import * as path from "node:path";
import { startAws } from "../aws";
import type { StartedApiServer } from "../kubernetes/apiServer";
import { completeBareCluster, completeCluster } from "../kubernetes/cluster";
import { createClusterFiles, nodeNameOf } from "../kubernetes/clusterFiles";
import { ETCD, startEtcd } from "../kubernetes/etcd";
import { Authenticator } from "../kubernetes/login/authenticator";
import { CertificateAuthority } from "../kubernetes/pki";
import { agentCluster, PodIdentityAgent } from "../kubernetes/podIdentity/agent";
import { Eks } from "../kubernetes/podIdentity/eks";
import type { LabCluster, LabDescription } from "../types";
import type { ApiServers } from "./apiServers";
import { type Children, PartFailed } from "./children";
import { endAll } from "./marker";
import { startNodes } from "./nodes";
import { OpenServers } from "./openServers";
import { freePorts } from "./ports";
import type { StartRequest } from "./protocol";

/** A lab without an outsider has no stranger; nobody asks for one there. */
export type StartedParts = Omit<LabDescription, "stranger"> & Partial<Pick<LabDescription, "stranger">>;

/** What parts are started with. */
interface Surroundings {
  request: StartRequest;
  children: Children;
  apiServers: ApiServers;
  environment: NodeJS.ProcessEnv;
  servers: OpenServers;
  /** What the clusters' parts ask of EKS. */
  eks: Eks;
}

/** The API servers, started, and the ports for the nodes of those clusters that run pods. */
interface ControlPlanes {
  authenticator: Authenticator;
  clusters: { server: StartedApiServer; port: number }[];
  stranger?: StartedApiServer;
}

/** Starts etcd and, on it, the API servers. */
async function startControlPlanes(surroundings: Surroundings): Promise<ControlPlanes> {
  const { request, children, apiServers, servers, eks } = surroundings;
  const { binaries, directory, runId } = request;
  const specs = [...request.clusters, ...(request.stranger ? [request.stranger] : [])];
  // Before other ports are looked for, or it would take one of these.
  const agents = await Promise.all(specs.map(() => servers.open(PodIdentityAgent.start(eks))));
  const ports = await freePorts(2 + specs.length + request.clusters.length);
  const nextPort = () => ports.pop() ?? 0;
  const [etcd, authenticator, ...files] = await Promise.all([
    startEtcd({
      binary: binaries.etcd,
      runId,
      directory,
      ports: { client: nextPort(), peer: nextPort() },
      children,
    }),
    CertificateAuthority.create("authenticator-ca").then((ca) => servers.open(Authenticator.start(ca))),
    ...specs.map(({ name }) => createClusterFiles(path.join(directory, "clusters", name), name)),
  ]);
  const started = files.map((clusterFiles, index) => {
    const [spec, agent] = [specs[index], agents[index]];
    if (!spec || !agent) {
      throw new Error("files of no cluster");
    }
    const server = apiServers.start({
      binary: binaries.kubeApiServer,
      spec,
      files: clusterFiles,
      port: nextPort(),
      etcd,
      authenticator: authenticator.kubeconfigFor(spec.name),
      podIdentityUri: agent.uri,
    });
    agent.serve(agentCluster(server.cluster));
    return server;
  });
  const stranger = request.stranger ? started.pop() : undefined;
  const clusters = started.map((server) => ({ server, port: nextPort() }));
  return { authenticator, clusters, ...(stranger ? { stranger } : {}) };
}

/** Starts all parts, as far as possible side by side. */
async function startParts(surroundings: Surroundings): Promise<StartedParts> {
  const { request, children, environment, servers, eks } = surroundings;
  const { binaries, directory, runId } = request;
  const planes = await startControlPlanes(surroundings);
  const { kubeControllerManager } = binaries;
  const apiServers = planes.clusters.map(({ server }) => server);
  const [aws, stranger, ...clusters] = await Promise.all([
    servers.open(
      startAws({
        python: binaries.python,
        directory,
        env: environment,
        clusters: [...apiServers, ...(planes.stranger ? [planes.stranger] : [])].map(
          ({ cluster }) => cluster,
        ),
        spawnChild: children.spawn,
        ...(request.trustPolicyQuota !== undefined && { trustPolicyQuota: request.trustPolicyQuota }),
      }),
    ),
    planes.stranger ? completeBareCluster(planes.stranger, children) : undefined,
    ...apiServers.map((server) =>
      completeCluster(server, { kubeControllerManager, children, eks, open: servers.open }),
    ),
  ]);
  planes.authenticator.open({
    stsUrl: aws.aws.endpointUrl,
    administratorArns: aws.administratorArns,
  });
  eks.open(aws.aws);
  if (clusters.length > 0) {
    await startNodes({ directory, binaries, aws, nodes: planes.clusters, children });
  }
  return {
    runId,
    directory,
    supervisorPid: process.pid,
    clusters: clusters.map((cluster): LabCluster => ({ ...cluster, nodeName: nodeNameOf(cluster.name) })),
    ...(stranger ? { stranger } : {}),
    aws: aws.aws,
  };
}

/** Starts the parts, and does so again with other ports when another program was quicker to take one. */
export async function startPartsWithRetry(
  request: StartRequest,
  children: Children,
  apiServers: ApiServers,
  environment: NodeJS.ProcessEnv,
): Promise<StartedParts> {
  for (let attempt = 1; ; attempt++) {
    const servers = new OpenServers();
    try {
      return await startParts({ request, children, apiServers, environment, servers, eks: new Eks() });
    } catch (error) {
      await servers.close();
      if (!(error instanceof PartFailed && error.isPortClash) || attempt === 3) {
        throw error;
      }
      await endAll(() => children.pids(), 0);
      for (const left of [ETCD, "clusters", "nodes"]) {
        fs.rmSync(path.join(request.directory, left), { recursive: true, force: true });
      }
    }
  }
}
