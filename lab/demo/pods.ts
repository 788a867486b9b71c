import { clusterApi } from "../kubernetes/client";
import type { LabCluster } from "../types";
import type { Who } from "./fleet";

/** A pod, as tokens name it. */
export interface PodName {
  name: string;
  uid: string;
}

/** A pod of a ServiceAccount, or undefined. */
export async function findPod(
  cluster: LabCluster,
  { namespace, serviceAccount }: Who,
): Promise<PodName | undefined> {
  const { items } = await clusterApi(cluster).core.listNamespacedPod({ namespace });
  const pod = items.find(({ spec }) => spec?.serviceAccountName === serviceAccount);
  const { name, uid } = pod?.metadata ?? {};
  return name === undefined || uid === undefined ? undefined : { name, uid };
}

/** The same, where there must be one. */
export async function podOf(cluster: LabCluster, who: Who): Promise<PodName> {
  const pod = await findPod(cluster, who);
  if (!pod) {
    throw new Error(`${who.namespace}/${who.serviceAccount} of ${cluster.name} has no pod`);
  }
  return pod;
}

/** Makes a pod that no node runs: it is there for its tokens, which name the pod that they were made for. */
export async function makeIdlePod(
  cluster: LabCluster,
  { namespace, name }: { namespace: string; name: string },
): Promise<void> {
  await clusterApi(cluster).core.createNamespacedPod({
    namespace,
    body: {
      metadata: { name: `${name}-idle` },
      spec: {
        serviceAccountName: name,
        automountServiceAccountToken: false,
        schedulingGates: [{ name: "eks-irsa.demo/never" }],
        containers: [{ name: "idle", image: "amazon/aws-cli", command: ["sleep", "infinity"] }],
      },
    },
  });
}
