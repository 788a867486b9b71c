import * as os from "node:os";
import { ApiError, type Api } from "./api";
import { kubernetesTime } from "./objects";
import type { NodeTraits } from "./scheduler";
import type { NodeOfCluster } from "./settings";
import { ADDRESS } from "./status";

/** The version that the lab's API servers have. */
const KUBELET_VERSION = "v1.37.2";

const architectures: Partial<Record<string, string>> = { x64: "amd64" };
const architecture = () => architectures[process.arch] ?? process.arch;

/** A node's name and labels. It says Linux on every machine, as the nodes of EKS that pods ask for do. */
export function nodeTraits({ name, cluster: { region } }: NodeOfCluster): NodeTraits {
  return {
    name,
    labels: {
      "kubernetes.io/os": "linux",
      "kubernetes.io/arch": architecture(),
      "kubernetes.io/hostname": name,
      "topology.kubernetes.io/region": region,
      "topology.kubernetes.io/zone": `${region}a`,
    },
  };
}

/** Its state never changes: nothing in the lab looks whether it is still told, as a node controller would. */
function nodeStatus(node: NodeOfCluster) {
  const now = kubernetesTime(Date.now());
  const resources = {
    cpu: String(os.cpus().length),
    memory: `${Math.floor(os.totalmem() / 1_024)}Ki`,
    pods: "110",
    "ephemeral-storage": "20Gi",
  };
  const condition = (type: string, status: string, reason: string, message: string) => ({
    type,
    status,
    reason,
    message,
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  });
  return {
    capacity: resources,
    allocatable: resources,
    conditions: [
      condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "nothing is measured in the lab"),
      condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "nothing is measured in the lab"),
      condition("PIDPressure", "False", "KubeletHasSufficientPID", "nothing is measured in the lab"),
      condition("Ready", "True", "KubeletReady", "the lab's node runs pods as processes of this machine"),
    ],
    addresses: [
      { type: "InternalIP", address: ADDRESS },
      { type: "Hostname", address: node.name },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: node.kubelet.port } },
    nodeInfo: {
      architecture: architecture(),
      operatingSystem: "linux",
      osImage: "eks-irsa lab",
      kernelVersion: os.release(),
      containerRuntimeVersion: "process://1",
      kubeletVersion: KUBELET_VERSION,
      kubeProxyVersion: "",
      machineID: node.name,
      systemUUID: node.name,
      bootID: node.name,
    },
    // Makes the API server hand the WebSocket of an exec on to the node instead of speaking SPDY with it. Source:
    // https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/registry/core/pod/rest/subresources.go
    declaredFeatures: ["ExtendWebSocketsToKubelet"],
  };
}

/** Makes the node's object, or sets the one that is there right. */
export async function registerNode(api: Api, node: NodeOfCluster): Promise<void> {
  const { name, labels } = nodeTraits(node);
  const metadata = { name, labels };
  const path = `/api/v1/nodes/${name}`;
  try {
    const body = { apiVersion: "v1", kind: "Node", metadata, spec: {} };
    await api.call({ method: "POST", path: "/api/v1/nodes", body });
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 409)) throw error;
    await api.call({ method: "PATCH", path, body: { metadata: { labels } } });
  }
  await api.call({ method: "PATCH", path: `${path}/status`, body: { status: nodeStatus(node) } });
}
