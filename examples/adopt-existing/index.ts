import * as pulumi from "@pulumi/pulumi";
// In a project of your own: from "eks-irsa".
import { fromClusterName, MultiClusterIrsa } from "../../index";

interface ListedCluster {
  name: string;
  clusterName: string;
  region: string;
  /** The provider that somebody has made for this cluster. Without it this stack makes one, and owns it. */
  oidcProviderArn?: string;
  /** This stack becomes the owner of that provider, and deletes it in the end. */
  takeOver?: boolean;
}

const config = new pulumi.Config();
const clusters = config
  .requireObject<ListedCluster[]>("clusters")
  .map(({ name, takeOver = false, ...lookup }) =>
    fromClusterName(name, { ...lookup, importOidcProvider: takeOver }),
  );

const irsa = new MultiClusterIrsa("app", {
  clusters,
  serviceAccounts: [{ namespace: "default", name: "s3-reader" }],
  policyArns: { s3Read: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" },
});

export const roleArn = irsa.roleArn;
export const oidcProviderArns = irsa.oidcProviderArns;
