import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { openStack, type EngineStack, type EngineStackOptions } from "../../../lab/engine/workspace";
import { KubernetesClient } from "../../../lab/plugins/kubernetes/client";
import { activeCluster, activeUser, parseKubeconfig } from "../../../lab/plugins/kubernetes/kubeconfig";
import { metadataOf } from "../../../lab/plugins/kubernetes/objects";
import type { Properties, PropertyValue } from "../../../lab/plugins/shared/values";
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

/** A provider for the lab's cluster, as a program makes it; `args` go before what it would have. */
export function clusterProvider(
  { cluster }: ClusterLab,
  name: string,
  args: kubernetes.ProviderArgs = {},
  opts: pulumi.ResourceOptions = {},
): kubernetes.Provider {
  const kubeconfig = pulumi.secret(cluster.kubeconfig);
  return new kubernetes.Provider(name, { kubeconfig, clusterIdentifier: "one", ...args }, opts);
}

/** Objects of the cluster, made and looked at behind the engine's back. */
export class Objects {
  constructor(
    private readonly at: ClusterLab,
    readonly collection: string,
  ) {}

  /** Makes an object as Helm would. */
  make(name: string, annotations: Record<string, string> = {}): Promise<Properties> {
    return this.at.client.request({
      method: "POST",
      path: this.collection,
      query: { fieldManager: "helm" },
      body: { metadata: { name, annotations } },
    });
  }

  async annotationsOf(name: string): Promise<PropertyValue | undefined> {
    return metadataOf(await this.live(name))?.annotations;
  }

  live(name: string): Promise<Properties> {
    return this.at.client.request({ path: `${this.collection}/${name}` });
  }

  delete(name: string): Promise<Properties> {
    return this.at.client.request({ method: "DELETE", path: `${this.collection}/${name}` });
  }

  /** Takes an annotation off, as somebody with kubectl would. */
  removeAnnotation(name: string, key: string): Promise<Properties> {
    return this.at.client.request({
      method: "PATCH",
      path: `${this.collection}/${name}`,
      query: { fieldManager: "kubectl-annotate" },
      contentType: "application/merge-patch+json",
      body: { metadata: { annotations: { [key]: null } } },
    });
  }
}

/** The ServiceAccounts of a namespace that is made for them. */
export async function serviceAccountsIn(at: ClusterLab, namespace: string): Promise<Objects> {
  await new Objects(at, "/api/v1/namespaces").make(namespace);
  return new Objects(at, `/api/v1/namespaces/${namespace}/serviceaccounts`);
}
