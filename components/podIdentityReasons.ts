import type * as pulumi from "@pulumi/pulumi";
import { parseClusterArn } from "../trust/clusterArn";
import { parseIssuer } from "../trust/issuer";
import { parseRoleArn } from "../trust/principals";
import { hasPodIdentity, identityOf, trustsOf } from "./identity";
import { isPlain } from "./problems";
import type { IrsaCluster } from "./types";

/** Says why this is not the ARN of a role, or undefined. */
export function roleArnProblem(arn: string): string | undefined {
  return parseRoleArn(arn)
    ? undefined
    : `is not the ARN of a role (arn:<partition>:iam::<account>:role/<name>): "${arn}"`;
}

/** Says what is wrong with a base role's ARN as far as it is known from the start, or undefined. A program in JavaScript may leave it out. */
export function baseRoleArnProblem(arn: pulumi.Input<string> | undefined): string | undefined {
  if (arn === undefined) {
    return "is missing: write the ARN of the role in the cluster's account";
  }
  return isPlain(arn) ? roleArnProblem(arn) : undefined;
}

/** Says why this is not the ARN of an EKS cluster, or undefined. */
export function clusterArnProblem(arn: string): string | undefined {
  return parseClusterArn(arn)
    ? undefined
    : `is not the ARN of an EKS cluster (arn:<partition>:eks:<region>:<account>:cluster/<name>): "${arn}"`;
}

/** Says why a cluster of this issuer can have no Pod Identity, where it is to have it, or undefined. */
export function podIdentityIssuerProblem(
  issuerUrl: string,
  cluster: Pick<IrsaCluster, "identity" | "trusts" | "region">,
): string | undefined {
  if (!hasPodIdentity(identityOf(cluster)) && !hasPodIdentity(trustsOf(cluster))) {
    return undefined;
  }
  const { region } = parseIssuer(issuerUrl);
  if (region === undefined) {
    return `is "${issuerUrl}", which is no issuer of EKS, and Pod Identity is for clusters of EKS: set identity to IdentityMode.Irsa`;
  }
  return cluster.region === undefined || region === cluster.region
    ? undefined
    : `is in ${region}, and the cluster's region is "${cluster.region}": write the issuer and the region of one cluster`;
}

/** Says that two clusters are one and the same in EKS. */
export function sharedClusterReason(arn: string, first: string): string {
  return `is that of ${arn}, as ${first} is: list that cluster once`;
}

/** Says that a cluster is in another account than the role, and what to do then. */
export function foreignClusterReason(clusterAccount: string, roleAccount: string): string {
  return (
    `is ${clusterAccount}, and the role is in ${roleAccount}: EKS takes for an association only a role of the cluster's own account. Make another ` +
    "component there, with an aws provider of that account and podIdentity.targetRoleArn set to the ARN of this role, and give its roleArn here " +
    "as the cluster's baseRole.arn"
  );
}
