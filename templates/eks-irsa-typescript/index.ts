import * as pulumi from "@pulumi/pulumi";
import { fromClusterName, MultiClusterIrsa } from "eks-irsa";

const config = new pulumi.Config();

const clusters = config
  .require("clusters")
  .split(",")
  .map((entry) => {
    const [name = "", region = ""] = entry.trim().split("@");
    if (name === "" || region === "") {
      throw new pulumi.RunError(`clusters: "${entry.trim()}" is not name@region, as prod-east@us-east-1`);
    }
    return fromClusterName(name, { region });
  });

const irsa = new MultiClusterIrsa("app", {
  clusters,
  serviceAccounts: [{ namespace: config.require("namespace"), name: config.require("serviceAccount") }],
  policyArns: { main: config.require("policyArn") },
  // A pod in each cluster that proves it. Leave it out when you have seen it.
  samplePod: {},
});

export const roleArn = irsa.roleArn;
export const oidcProviderArns = irsa.oidcProviderArns;
