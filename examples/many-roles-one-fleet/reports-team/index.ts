import * as pulumi from "@pulumi/pulumi";
// In a project of your own: from "eks-irsa".
import { adoptOidcProviders, fromClusterName, MultiClusterIrsa } from "../../../index";

interface ListedCluster {
  name: string;
  clusterName: string;
  region: string;
}

const config = new pulumi.Config();
const fleet = new pulumi.StackReference(config.require("fleet"));
const clusters = config
  .requireObject<ListedCluster[]>("clusters")
  .map(({ name, clusterName, region }) => fromClusterName(name, { clusterName, region }));

const irsa = new MultiClusterIrsa("reports", {
  clusters: adoptOidcProviders(clusters, fleet.requireOutput("oidcProviderArns")),
  serviceAccounts: [{ namespace: "default", name: "report-writer" }],
  policyArns: { athena: "arn:aws:iam::aws:policy/AmazonAthenaFullAccess" },
});

export const roleArn = irsa.roleArn;
