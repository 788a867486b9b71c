import { CoreV1Api, KubeConfig, RbacAuthorizationV1Api } from "@kubernetes/client-node";
import type { LabCluster } from "../types";

/** Typed access to a lab cluster, as its administrator. */
export interface ClusterApi {
  core: CoreV1Api;
  rbac: RbacAuthorizationV1Api;
  /** For APIs not named here: `config.makeApiClient(AppsV1Api)`. */
  config: KubeConfig;
}

/** Opens the API of a lab cluster. Only the given kubeconfig is used, never the surroundings'. */
export function clusterApi(cluster: Pick<LabCluster, "kubeconfig">): ClusterApi {
  const config = new KubeConfig();
  config.loadFromString(cluster.kubeconfig);
  return {
    core: config.makeApiClient(CoreV1Api),
    rbac: config.makeApiClient(RbacAuthorizationV1Api),
    config,
  };
}
