import type { LabCluster, LabDescription } from "../types";
import { IDENTITIES, takesAssociations, trustPolicyQuota, type DemoIdentity } from "./identity";

/** A ServiceAccount in a cluster. */
export interface Who {
  cluster: string;
  namespace: string;
  serviceAccount: string;
}

/** What the demo deploys: one ServiceAccount on every cluster, and one that leaves a cluster out. */
export const BINDINGS = [
  { namespace: "default", name: "s3-reader" },
  { namespace: "reports", name: "report-reader", clusters: ["virginia-blue", "ireland"] },
];

export const BUCKET = "eks-irsa-demo";

/** ServiceAccounts that exist beside the bound ones and must get nothing. */
export const OUTSIDERS = [
  { namespace: "default", name: "outsider" },
  { namespace: "elsewhere", name: "s3-reader" },
  { namespace: "reports", name: "report-reader", clusters: ["virginia-green"] },
];

/** Namespaces that the demo's ServiceAccounts live in, beside `default`. */
export const NAMESPACES = ["reports", "elsewhere"];

/** The stack's configuration, as a user would write it in `Pulumi.<stack>.yaml`. */
export function stackConfig(lab: LabDescription, identity: DemoIdentity): Record<string, string | object> {
  const rest = {
    serviceAccounts: BINDINGS,
    policyArns: { s3Read: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" },
    samplePod: {},
  };
  if (!takesAssociations(identity)) {
    return { clusters: lab.clusters.map(({ name, region }) => ({ name, region })), ...rest };
  }
  const clusters = lab.clusters.map(({ name, region }) => ({
    name,
    clusterName: name,
    region,
    identity: IDENTITIES[identity],
    // The lab's nodes have none of their own.
    installAgent: true,
  }));
  // IAM and EKS are of one mind here at once.
  const podIdentity = { settleSeconds: 0 };
  return { clusters, ...rest, podIdentity, trust: { maxSize: trustPolicyQuota(identity) } };
}

/** The ServiceAccounts that exist in a cluster without being bound there. */
export function outsidersOf(lab: LabDescription, cluster: LabCluster): { namespace: string; name: string }[] {
  if (cluster.name === lab.stranger.name) {
    return BINDINGS;
  }
  return OUTSIDERS.filter(({ clusters }) => clusters?.includes(cluster.name) ?? true);
}

/** Every ServiceAccount that is bound, in every cluster it is bound in. */
export function boundAccounts(lab: LabDescription): Who[] {
  return BINDINGS.flatMap(({ namespace, name, clusters }) =>
    lab.clusters
      .filter((cluster) => clusters?.includes(cluster.name) ?? true)
      .map((cluster) => ({ cluster: cluster.name, namespace, serviceAccount: name })),
  );
}

/** How somebody is called in the table. */
export function labelsOf(who: Who): { who: string; cluster: string } {
  return { who: `${who.namespace}/${who.serviceAccount}`, cluster: who.cluster };
}

/** The cluster that somebody is in. */
export function clusterOf(lab: LabDescription, { cluster: name }: Who): LabCluster {
  const cluster = [...lab.clusters, lab.stranger].find((one) => one.name === name);
  if (!cluster) {
    throw new Error(`the lab has no cluster "${name}"`);
  }
  return cluster;
}
