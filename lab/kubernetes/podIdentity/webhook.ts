import type { LabCluster } from "../../types";
import { type JsonServer, startJsonServer } from "../jsonServer";
import { adminToken } from "../kubeconfig";
import type { CertificateAndKey } from "../pki";
import { apiRequest } from "../request";
import type { Eks } from "./eks";
import { injectionPatch, type Pod, type PodOwner } from "./inject";
import type { Annotations } from "./settings";

/** Where the webhook answers; EKS's has this path too. */
export const MUTATE_PATH = "/mutate";

interface AdmissionReview {
  apiVersion: string;
  request?: { uid: string; namespace: string; object: Pod };
}

/** What the webhook asks EKS for. */
export type WebhookEks = Pick<Eks, "hasAssociation">;

/** Starts the admission webhook that EKS runs for every cluster; whether it is called is up to its registration. */
export function startPodIdentityWebhook(
  cluster: LabCluster,
  eks: WebhookEks,
  tls: CertificateAndKey,
): Promise<JsonServer> {
  return startJsonServer(tls, async (path, body) =>
    path === MUTATE_PATH ? review(cluster, eks, body as AdmissionReview) : undefined,
  );
}

async function review(
  cluster: LabCluster,
  eks: WebhookEks,
  { apiVersion, request }: AdmissionReview,
): Promise<unknown> {
  if (!request) {
    throw new Error("an admission review without a request");
  }
  const { uid, namespace, object: pod } = request;
  const owner = await ownerOf(cluster, eks, namespace, pod.spec?.serviceAccountName);
  const patch = injectionPatch(pod, owner, cluster.region);
  const encoded = patch && Buffer.from(JSON.stringify(patch)).toString("base64");
  const response = { uid, allowed: true, ...(encoded ? { patchType: "JSONPatch", patch: encoded } : {}) };
  return { apiVersion, kind: "AdmissionReview", response };
}

/**
 * Asks EKS each time. EKS's webhook reads the associations of its cluster in a file that it watches, which lags behind them,
 * so there a pod that is made right after its association may be injected as before.
 */
async function ownerOf(
  cluster: LabCluster,
  eks: WebhookEks,
  namespace: string,
  name = "default",
): Promise<PodOwner> {
  const [annotations, isAssociated] = await Promise.all([
    serviceAccountAnnotations(cluster, namespace, name),
    eks.hasAssociation(cluster, namespace, name),
  ]);
  return { annotations, ...(isAssociated ? { agentUri: cluster.podIdentityUri } : {}) };
}

/**
 * Asks the API server each time. EKS's webhook watches ServiceAccounts and waits up to 100 ms for one that it has not seen
 * yet, so there a pod that is made right after its ServiceAccount may be left as it is; here it never is.
 */
async function serviceAccountAnnotations(
  cluster: LabCluster,
  namespace: string,
  name: string,
): Promise<Annotations> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/${encodeURIComponent(name)}`;
  const answer = await apiRequest(cluster, { path, token: adminToken(cluster) });
  if (answer.status === 404) {
    return undefined;
  }
  if (answer.status !== 200) {
    throw new Error(`${cluster.name} does not show ServiceAccount ${namespace}/${name}: ${answer.status}`);
  }
  return (JSON.parse(answer.body) as { metadata: { annotations?: Record<string, string> } }).metadata
    .annotations;
}
