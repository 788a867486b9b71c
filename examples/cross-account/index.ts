import type { Region } from "@pulumi/aws";
import { Provider } from "@pulumi/aws/provider";
import * as pulumi from "@pulumi/pulumi";
// In a project of your own: from "eks-irsa".
import { fromClusterName, IdentityMode, MultiClusterIrsa } from "../../index";

interface EksCluster {
  clusterName: string;
  region: string;
}

const config = new pulumi.Config();
const clusterAccount = config.require("clusterAccount");
const dataAccount = config.require("dataAccount");

// The stack's own credentials are of the clusters' account, and may assume this role in the account of the data.
const inDataAccount = new Provider("data", {
  region: new pulumi.Config("aws").require<Region>("region"),
  assumeRoles: [{ roleArn: `arn:aws:iam::${dataAccount}:role/${config.require("deployer")}` }],
});

const blue = fromClusterName("blue", config.requireObject<EksCluster>("irsaCluster"));
const eu = {
  ...config.requireObject<EksCluster>("podIdentityCluster"),
  identity: IdentityMode.PodIdentity,
};
const reader = { namespace: "default", name: "s3-reader" };
const roleName = "data-reader";

// Beside the cluster with Pod Identity: a base role, which may assume the role in the other account and nothing else.
const base = new MultiClusterIrsa("base", {
  clusters: [fromClusterName("eu", { ...eu, installAgent: true })],
  serviceAccounts: [reader],
  podIdentity: { targetRoleArn: `arn:aws:iam::${dataAccount}:role/${roleName}` },
});

// In the account of the data: the role, which trusts both, and the OIDC provider of the cluster with IRSA. Of the other cluster nothing
// is made here: it has a base role.
const data = new MultiClusterIrsa(
  "data",
  {
    clusters: [
      blue,
      fromClusterName("eu", { ...eu, accountId: clusterAccount, baseRole: { arn: base.roleArn } }),
    ],
    serviceAccounts: [reader],
    role: { name: roleName },
    policyArns: { s3Read: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" },
  },
  { provider: inDataAccount },
);

export const baseRoleArn = base.roleArn;
export const roleArn = data.roleArn;
export const oidcProviderArns = data.oidcProviderArns;
