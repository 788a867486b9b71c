import * as pulumi from "@pulumi/pulumi";
// In a project of your own: from "eks-irsa".
import { fromClusterName, MultiClusterIrsa, type IdentityMode } from "../../index";

/** A cluster of the list in `Pulumi.<stack>.yaml`. */
interface ListedCluster {
  name: string;
  /** Its name in EKS. */
  clusterName: string;
  region: string;
  /** What its pods get: Irsa (default), Both or PodIdentity. */
  identity?: IdentityMode;
  /** What the role accepts of it. Default: as `identity`. */
  trusts?: IdentityMode;
}

const config = new pulumi.Config();
const settleSeconds = config.getNumber("settleSeconds");

const clusters = config
  .requireObject<ListedCluster[]>("clusters")
  // The agent comes with the first step to Pod Identity, and stays.
  .map(({ name, identity, ...cluster }) =>
    fromClusterName(name, { ...cluster, ...(identity && { identity, installAgent: true }) }),
  );

const irsa = new MultiClusterIrsa("app", {
  clusters,
  serviceAccounts: [{ namespace: config.get("namespace") ?? "default", name: "s3-reader" }],
  policyArns: { s3Read: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" },
  ...(settleSeconds !== undefined && { podIdentity: { settleSeconds } }),
});

export const roleArn = irsa.roleArn;
// What EKS knows of each ServiceAccount, by cluster: empty under IRSA.
export const associationIds = irsa.associationIds;
