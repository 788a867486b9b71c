import type { V1Pod } from "@kubernetes/client-node";
import { assumeRoleForPodIdentity } from "../../lab/aws/podIdentity/client";
import { AwsError } from "../../lab/aws/query";
import { clusterApi } from "../../lab/kubernetes/client";
import { requestToken } from "../../lab/kubernetes/tokens";
import type { LabCluster, LabDescription } from "../../lab/types";

/** How a pod comes to credentials: EKS's webhook decides it when the pod is admitted, and it is never changed. */
export type Way = "web identity" | "Pod Identity";

/** A pod, as far as its credentials go: it runs nothing. */
export interface Pod {
  cluster: LabCluster;
  namespace: string;
  serviceAccount: string;
  name: string;
  way: Way;
  /** What the kubelet would put into the pod for that. */
  token: string;
  /** AWS_CONTAINER_CREDENTIALS_FULL_URI, where it has Pod Identity. */
  agentUri?: string;
}

const AUDIENCE: Record<Way, string> = {
  "web identity": "sts.amazonaws.com",
  "Pod Identity": "pods.eks.amazonaws.com",
};
/** As long as the tokens that the webhook asks for. */
const DAY = 86_400;

/** Makes a pod that no node runs. What it is born with is read from what the API server made of it. */
export async function makePod(cluster: LabCluster, namespace: string, serviceAccount: string): Promise<Pod> {
  const spec = {
    serviceAccountName: serviceAccount,
    schedulingGates: [{ name: "example.com/runs-nothing" }],
    containers: [{ name: "app", image: "busybox" }],
  };
  const body = { metadata: { generateName: `${serviceAccount}-` }, spec };
  const made = await clusterApi(cluster).core.createNamespacedPod({ namespace, body });
  const { name = "", uid = "" } = made.metadata ?? {};
  const way = wayOf(made);
  if (way === undefined) throw new Error(`${cluster.name}/${namespace}/${name} is born without credentials`);
  const token = await requestToken(cluster, namespace, serviceAccount, {
    audience: AUDIENCE[way],
    expirationSeconds: DAY,
    pod: { name, uid },
  });
  const agentUri = variableOf(made, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
  return {
    cluster,
    namespace,
    serviceAccount,
    name,
    way,
    token,
    ...(agentUri !== undefined && { agentUri }),
  };
}

/** Deletes a pod at once. */
export async function deletePod({ cluster, namespace, name }: Pod): Promise<void> {
  await clusterApi(cluster).core.deleteNamespacedPod({ namespace, name, gracePeriodSeconds: 0 });
}

/** How a pod of the API server comes to credentials; undefined: in no way. SDKs ask for a web identity first. */
export function wayOf(pod: V1Pod): Way | undefined {
  if (variableOf(pod, "AWS_WEB_IDENTITY_TOKEN_FILE") !== undefined) return "web identity";
  return variableOf(pod, "AWS_CONTAINER_CREDENTIALS_FULL_URI") === undefined ? undefined : "Pod Identity";
}

function variableOf({ spec }: V1Pod, wanted: string): string | undefined {
  return spec?.containers[0]?.env?.find(({ name }) => name === wanted)?.value;
}

/** What EKS Auth says to a pod's token: undefined, or code and text of a refusal. */
export async function refusalOfEksAuth(
  { aws }: Pick<LabDescription, "aws">,
  roleArn: string,
  { cluster, token }: Pod,
): Promise<string | undefined> {
  try {
    const call = { region: cluster.region, cluster: cluster.name, token };
    const { assumedRoleArn } = await assumeRoleForPodIdentity(aws, call);
    const role = roleArn.slice(roleArn.lastIndexOf("/") + 1);
    return assumedRoleArn.includes(`:assumed-role/${role}/`) ? undefined : `another role: ${assumedRoleArn}`;
  } catch (error) {
    return error instanceof AwsError ? `${error.code}: ${error.message}` : `no answer: ${String(error)}`;
  }
}

/** What the agent says to a pod's token: undefined, or status and text of a refusal. It keeps credentials for hours. */
export async function refusalOfAgent({ agentUri = "", token }: Pod): Promise<string | undefined> {
  try {
    const answer = await fetch(agentUri, { headers: { authorization: token } });
    const text = await answer.text();
    return answer.ok ? undefined : `${answer.status}: ${text.trim()}`;
  } catch (error) {
    return `no answer: ${String(error)}`;
  }
}
