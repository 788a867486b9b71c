import type { Region } from "@pulumi/aws";
import { Provider } from "@pulumi/aws/provider";
import * as eks from "@pulumi/eks";
import * as pulumi from "@pulumi/pulumi";
// In a project of your own: from "eks-irsa".
import { fromEksCluster, MultiClusterIrsa } from "../../index";

const config = new pulumi.Config();

// In the default VPC of each region; a fleet in earnest has VPCs, node groups and access entries of its own here.
const clusters = config.requireObject<Region[]>("regions").map((region) => {
  const provider = new Provider(region, { region });
  const cluster = new eks.Cluster(
    `apps-${region}`,
    // It makes its OIDC provider, which the role adopts.
    { createOidcProvider: true, authenticationMode: eks.AuthenticationMode.Api },
    { provider },
  );
  return fromEksCluster(region, cluster);
});

const irsa = new MultiClusterIrsa("app", {
  clusters,
  serviceAccounts: [{ namespace: "default", name: "s3-reader" }],
  policyArns: { s3Read: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" },
  samplePod: {},
});

export const roleArn = irsa.roleArn;
export const roleName = irsa.roleName;
