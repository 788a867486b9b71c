import type { ChildProcess } from "node:child_process";
import type { Children } from "../supervisor/children";
import { pause } from "../supervisor/processes";
import type { LabCluster } from "../types";
import type { StartedApiServer } from "./apiServer";
import { startControllerManager } from "./controllerManager";
import type { JsonServer } from "./jsonServer";
import { adminToken } from "./kubeconfig";
import { InjectionProbe, webhookRegistration } from "./podIdentity/register";
import { startPodIdentityWebhook, type WebhookEks } from "./podIdentity/webhook";
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

const serviceAccounts = "/api/v1/namespaces/default/serviceaccounts";
const webhookRegistrations = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";

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

/** Waits until an API server is ready. */
export async function untilReady(
  { cluster, child, childName }: StartedApiServer,
  children: Children,
): Promise<void> {
  const token = adminToken(cluster);
  await children.waitFor(childName, child, () => answersOk(cluster, "/readyz", token));
}

/** Waits until an API server is ready and its tokens can be verified by anybody. */
async function completeApiServer(server: StartedApiServer, children: Children): Promise<void> {
  const { cluster, child, childName } = server;
  await untilReady(server, children);
  await createOnceItCan(cluster, "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", discoveryForAll);
  // The authorizer learns of a new binding by watching, a moment later.
  await children.waitFor(childName, child, () => answersOk(cluster, "/openid/v1/jwks"));
}

/** Makes a cluster that runs no pods: it has no controllers and no webhook, only what issues tokens. */
export async function completeBareCluster(server: StartedApiServer, children: Children): Promise<LabCluster> {
  await completeApiServer(server, children);
  await createOnceItCan(server.cluster, serviceAccounts, defaultServiceAccount);
  return server.cluster;
}

/**
 * Makes a cluster that can run pods once it has a node: with controllers, and with EKS's webhook, registered and seen to work.
 * @param open keeps the webhook's server, to be closed with the lab
 */
export async function completeCluster(
  server: StartedApiServer,
  parts: {
    kubeControllerManager: string;
    children: Children;
    eks: WebhookEks;
    open: (server: Promise<JsonServer>) => Promise<JsonServer>;
  },
): Promise<LabCluster> {
  const { cluster, files } = server;
  const { children } = parts;
  const webhook = await parts.open(
    startPodIdentityWebhook(cluster, parts.eks, await files.authority.forServer("pod-identity-webhook")),
  );
  await completeApiServer(server, children);
  const controllers = startControllerManager({
    binary: parts.kubeControllerManager,
    cluster,
    caFile: files.ca,
    children,
  });
  await Promise.all([
    untilControlled(cluster, controllers, children),
    registerWebhook(server, webhook.url, children),
  ]);
  return cluster;
}

/** Until what controllers give to every namespace is there. */
async function untilControlled(
  cluster: LabCluster,
  controllers: { child: ChildProcess; childName: string },
  children: Children,
): Promise<void> {
  const token = adminToken(cluster);
  for (const path of [
    `${serviceAccounts}/default`,
    "/api/v1/namespaces/default/configmaps/kube-root-ca.crt",
  ]) {
    await children.waitFor(controllers.childName, controllers.child, () => answersOk(cluster, path, token));
  }
}

async function registerWebhook(server: StartedApiServer, url: string, children: Children): Promise<void> {
  const { cluster, child, childName } = server;
  await createOnceItCan(cluster, webhookRegistrations, webhookRegistration(url, cluster.caCertificate));
  const probe = new InjectionProbe(cluster);
  await children.waitFor(childName, child, () => probe.isInjected());
  await probe.remove();
}
