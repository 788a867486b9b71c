import type { LabCluster } from "../types";

/** A kubeconfig for the cluster's administrator. JSON is YAML, so every client reads it. */
export function adminKubeconfig(
  name: string,
  endpoint: string,
  caCertificate: string,
  token: string,
): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name,
        cluster: {
          server: endpoint,
          "certificate-authority-data": Buffer.from(caCertificate).toString("base64"),
        },
      },
    ],
    users: [{ name: "admin", user: { token } }],
    contexts: [{ name, context: { cluster: name, user: "admin" } }],
    "current-context": name,
  });
}

/** The administrator's token in a lab cluster's kubeconfig. */
export function adminToken(cluster: Pick<LabCluster, "kubeconfig" | "name">): string {
  const kubeconfig = JSON.parse(cluster.kubeconfig) as { users?: { user?: { token?: string } }[] };
  const token = kubeconfig.users?.[0]?.user?.token;
  if (!token) {
    throw new Error(`the kubeconfig of ${cluster.name} has no token`);
  }
  return token;
}
