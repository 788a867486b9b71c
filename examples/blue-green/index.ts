import * as pulumi from "@pulumi/pulumi";
// In a project of your own: from "eks-irsa".
import { fromClusterName, MultiClusterIrsa } from "../../index";

/** A cluster of the list in `Pulumi.<stack>.yaml`. */
interface ListedCluster {
  /** Its name here, which is in the URNs: blue, green. */
  name: string;
  /** Its name in EKS. */
  clusterName: string;
  region: string;
  /** Keeps its trust, and takes away what is in the cluster. */
  retired?: boolean;
}

const config = new pulumi.Config();
const listed = config.requireObject<ListedCluster[]>("clusters");

const clusters = listed.map(({ name, ...lookup }) => fromClusterName(name, lookup));

const irsa = new MultiClusterIrsa("app", {
  clusters,
  serviceAccounts: [{ namespace: config.get("namespace") ?? "default", name: "s3-reader" }],
  policyArns: { s3Read: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" },
});

// The same at every step: what knows the role by its ARN, such as a bucket's policy, is not touched.
export const roleArn = irsa.roleArn;
// Where pods are let in, by cluster.
export const oidcProviderArns = irsa.oidcProviderArns;
