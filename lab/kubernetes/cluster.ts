import type { Children } from "../supervisor/children";
import { pause } from "../supervisor/processes";
import type { LabCluster } from "../types";
import type { StartedApiServer } from "./apiServer";
import { adminToken } from "./kubeconfig";
import { apiRequest } from "./request";

/** Lets anybody read the discovery document and the keys, as anybody can read those of an EKS cluster. */
const discoveryForAll = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRoleBinding",
  metadata: { name: "service-account-issuer-discovery-for-all" },
  roleRef: {
    apiGroup: "rbac.authorization.k8s.io",
    kind: "ClusterRole",
    name: "system:service-account-issuer-discovery",
  },
  subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "system:unauthenticated" }],
};

/** The ServiceAccount of pods that name none; in a cluster with controllers, one of those makes it. */
const defaultServiceAccount = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default" } };

/** Creates an object, and waits for the namespace it goes into: the API server makes `default` after it is ready. */
async function createOnceItCan(cluster: LabCluster, path: string, body: unknown): Promise<void> {
  const token = adminToken(cluster);
  for (let attempt = 0; ; attempt++) {
    const answer = await apiRequest(cluster, { method: "POST", path, token, body });
    if (answer.status < 300 || answer.status === 409) {
      return;
    }
    if (answer.status !== 404 || attempt > 100) {
      throw new Error(`${cluster.name} refused ${path}: ${answer.status} ${answer.body.slice(0, 300)}`);
    }
    await pause(100);
  }
}

async function answersOk(cluster: LabCluster, path: string, token?: string): Promise<boolean> {
  try {
    return (await apiRequest(cluster, { path, token })).status === 200;
  } catch {
    return false; // not listening yet
  }
}

/** Waits until an API server is ready and gives it what a lab cluster needs from the start. */
export async function completeCluster(server: StartedApiServer, children: Children): Promise<LabCluster> {
  const { cluster, child, childName } = server;
  const token = adminToken(cluster);
  await children.waitFor(childName, child, () => answersOk(cluster, "/readyz", token));
  await Promise.all([
    createOnceItCan(cluster, "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", discoveryForAll),
    createOnceItCan(cluster, "/api/v1/namespaces/default/serviceaccounts", defaultServiceAccount),
  ]);
  // The authorizer learns of a new binding by watching, a moment later.
  await children.waitFor(childName, child, () => answersOk(cluster, "/openid/v1/jwks"));
  return cluster;
}
