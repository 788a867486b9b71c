import type { ChildProcess } from "node:child_process";
import type { Children } from "../supervisor/children";
import type { LabCluster } from "../types";

// Those that pods, Jobs and namespaces need; there are no Deployments, volumes or load balancers here.
const controllers = [
  "garbage-collector-controller",
  "job-controller",
  "namespace-controller",
  "pod-garbage-collector-controller",
  "root-ca-certificate-publisher-controller",
  "serviceaccount-controller",
  "ttl-after-finished-controller",
];

/** Starts the controllers of a cluster, as its administrator; what they do shows that they run. */
export function startControllerManager(options: {
  binary: string;
  cluster: Pick<LabCluster, "name" | "kubeconfigPath">;
  /** The file of the cluster's CA, which pods are given to check their API server. */
  caFile: string;
  children: Children;
}): { child: ChildProcess; childName: string } {
  const { binary, cluster, caFile, children } = options;
  const childName = `kube-controller-manager-${cluster.name}`;
  const flags = [
    `--kubeconfig=${cluster.kubeconfigPath}`,
    `--controllers=${controllers.join(",")}`,
    `--root-ca-file=${caFile}`,
    "--leader-elect=false",
    "--secure-port=0", // nobody asks it for anything
    "--profiling=false",
  ];
  return { child: children.spawn(childName, binary, flags, { GOGC: "30" }), childName };
}
