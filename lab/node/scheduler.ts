import { isGone, type Api } from "./api";
import type { Events } from "./events";
import { kubernetesTime, type NodeRequirement, type NodeSelector, type Pod } from "./objects";

/** What of a node a pod may ask for. */
export interface NodeTraits {
  name: string;
  labels: Record<string, string>;
}

/**
 * Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/scheduler/framework/types.go (FitError)
 * and the reason in pkg/scheduler/framework/plugins/nodeaffinity/node_affinity.go
 */
const UNFIT =
  "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. " +
  "preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.";

/** Whether a node is one that a pod may run on: nodeSelector and required node affinity. Room is not counted. */
export function fits({ spec }: Pick<Pod, "spec">, node: NodeTraits): boolean {
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return (
    Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => node.labels[key] === value) &&
    (required === undefined || matchesAny(required, node))
  );
}

function matchesAny({ nodeSelectorTerms }: NodeSelector, node: NodeTraits): boolean {
  return nodeSelectorTerms.some(({ matchExpressions = [], matchFields = [] }) => {
    const asked = matchExpressions.length + matchFields.length > 0; // a term that asks for nothing fits nothing
    return (
      asked &&
      matchExpressions.every((one) => meets(one, node.labels[one.key])) &&
      matchFields.every((one) => meets(one, one.key === "metadata.name" ? node.name : undefined))
    );
  });
}

function meets({ operator, values = [] }: NodeRequirement, value: string | undefined): boolean {
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    case "Gt":
      return Number(value) > Number(values[0]);
    case "Lt":
      return Number(value) < Number(values[0]);
    default:
      return false;
  }
}

/** Binds pods to the one node, or says why not. The node never changes, so what does not fit never will. */
export class Scheduler {
  readonly #seen = new Set<string>();

  constructor(
    private readonly api: Api,
    private readonly node: NodeTraits,
    private readonly events: Events,
    private readonly log: (line: string) => void,
  ) {}

  /** Resolves when `signal` ends it. */
  run(signal: AbortSignal): Promise<void> {
    const consider = (pod: Pod) => {
      this.consider(pod, signal);
    };
    const listener = {
      all: (pods: Pod[]) => {
        pods.forEach(consider);
      },
      changed: consider,
      deleted: (pod: Pod) => {
        this.#seen.delete(pod.metadata.uid);
      },
    };
    return this.api.watch<Pod>("/api/v1/pods", "spec.nodeName%3D", listener, signal);
  }

  private consider(pod: Pod, signal: AbortSignal): void {
    const { metadata, spec } = pod;
    const mine = (spec.schedulerName ?? "default-scheduler") === "default-scheduler";
    const waits = metadata.deletionTimestamp !== undefined || (spec.schedulingGates ?? []).length > 0;
    if (!mine || waits || signal.aborted || this.#seen.has(metadata.uid)) return;
    this.#seen.add(metadata.uid);
    (fits(pod, this.node) ? this.bind(pod) : this.refuse(pod)).catch((error: unknown) => {
      if (isGone(error)) return;
      this.log(`pod ${metadata.namespace}/${metadata.name} could not be scheduled: ${String(error)}`);
      this.#seen.delete(metadata.uid);
      setTimeout(() => {
        this.consider(pod, signal);
      }, 1_000).unref();
    });
  }

  private async bind(pod: Pod): Promise<void> {
    const { name, namespace, uid } = pod.metadata;
    await this.api.call({
      method: "POST",
      path: `/api/v1/namespaces/${namespace}/pods/${name}/binding`,
      body: {
        apiVersion: "v1",
        kind: "Binding",
        metadata: { name, namespace, uid },
        target: { apiVersion: "v1", kind: "Node", name: this.node.name },
      },
    });
    const message = `Successfully assigned ${namespace}/${name} to ${this.node.name}`;
    this.events.record(pod, { type: "Normal", reason: "Scheduled", message });
  }

  private async refuse(pod: Pod): Promise<void> {
    const { name, namespace, uid } = pod.metadata;
    const scheduled = {
      type: "PodScheduled",
      status: "False",
      reason: "Unschedulable",
      message: UNFIT,
      lastProbeTime: null,
      lastTransitionTime: kubernetesTime(Date.now()),
    };
    const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== scheduled.type);
    await this.api.call({
      method: "PATCH",
      path: `/api/v1/namespaces/${namespace}/pods/${name}/status`,
      body: { metadata: { uid }, status: { conditions: [...others, scheduled] } },
    });
    this.events.record(pod, { type: "Warning", reason: "FailedScheduling", message: UNFIT });
  }
}
