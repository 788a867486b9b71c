import * as pulumi from "@pulumi/pulumi";
// In a project of your own: from "eks-irsa".
import { fromClusterName, MultiClusterIrsa, ServiceAccountOwnership } from "../../index";

/** A cluster of the list in `Pulumi.<stack>.yaml`. */
interface ListedCluster {
  name: string;
  /** Its name in EKS. */
  clusterName: string;
  region: string;
}

const config = new pulumi.Config();
const namespace = config.get("namespace") ?? "default";

const irsa = new MultiClusterIrsa("charts", {
  clusters: config
    .requireObject<ListedCluster[]>("clusters")
    .map(({ name, ...cluster }) => fromClusterName(name, cluster)),
  serviceAccounts: [
    // The chart "web" is yet to be installed, and makes its ServiceAccount by the values below.
    { namespace, name: "web", ownership: ServiceAccountOwnership.None },
    // The chart "worker" is installed. Its ServiceAccount gets the annotation, and nothing else of it is touched.
    { namespace, name: "worker", ownership: ServiceAccountOwnership.Patch },
  ],
  policyArns: { s3Read: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" },
});

export const roleArn = irsa.roleArn;
// By cluster, and by <namespace>/<name>.
export const helmValues = irsa.helmValues;
