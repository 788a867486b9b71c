import type { PulumiFn } from "@pulumi/pulumi/automation";
import { openStack, type EngineStack, type EngineStackOptions } from "../../../lab/engine/workspace";
import { KubernetesClient } from "../../../lab/plugins/kubernetes/client";
import { activeCluster, activeUser, parseKubeconfig } from "../../../lab/plugins/kubernetes/kubeconfig";
import { startLab, type LabWithoutStranger } from "../../../lab/supervisor/client";
import type { LabCluster } from "../../../lab/types";

/** A cluster of the lab, and a way to look at it behind the engine's back. */
export interface ClusterLab {
  lab: LabWithoutStranger;
  cluster: LabCluster;
  client: KubernetesClient;
}

// One lab for all files that want one cluster: each test has names of its own in it.
let shared: Promise<ClusterLab> | undefined;

after(async () => {
  await (await shared)?.lab.stop();
});

/** A lab with one cluster. */
export function clusterLab(): Promise<ClusterLab> {
  return (shared ??= start());
}

async function start(): Promise<ClusterLab> {
  const lab = await startLab({ clusters: ["virginia-blue"], stranger: false });
  const cluster = lab.clusters[0]!;
  const config = parseKubeconfig(cluster.kubeconfig);
  const client = new KubernetesClient(activeCluster(config, {})!, activeUser(config, {}));
  return { lab, cluster, client };
}

/** A stack of that lab's engine. */
export async function openClusterStack(
  project: string,
  program: PulumiFn,
  options: Partial<EngineStackOptions> = {},
): Promise<EngineStack> {
  const { lab } = await clusterLab();
  return openStack({ lab, binaries: lab.binaries, project, program, ...options });
}

const OPERATIONS = /^(create|update|replace|delete|create-replacement|delete-replaced|import)$/;

/** What an operation did: `create account`. */
export const changesOf = ({ steps }: { steps: { op: string; name: string }[] }): string[] =>
  steps.filter(({ op }) => OPERATIONS.test(op)).map(({ op, name }) => `${op} ${name}`);
