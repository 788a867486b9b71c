import * as pulumi from "@pulumi/pulumi";
import type { IrsaCluster, MultiClusterIrsaArgs } from "../../index";
import { IdentityMode } from "../../trust/types";
import { eksIssuer } from "./fleet";

export const PROVIDER = "aws:iam/openIdConnectProvider:OpenIdConnectProvider";
export const ROLE = "aws:iam/role:Role";
export const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
export const INLINE_POLICY = "aws:iam/rolePolicy:RolePolicy";
export const SERVICE_ACCOUNT = "kubernetes:core/v1:ServiceAccount";
export const SERVICE_ACCOUNT_PATCH = "kubernetes:core/v1:ServiceAccountPatch";
export const NAMESPACE = "kubernetes:core/v1:NamespacePatch";
export const POD = "kubernetes:core/v1:Pod";
export const JOB = "kubernetes:batch/v1:Job";
export const ASSOCIATION = "aws:eks/podIdentityAssociation:PodIdentityAssociation";
export const ADDON = "aws:eks/addon:Addon";
export const KUBERNETES = "pulumi:providers:kubernetes";
export const FLEET = "eks-irsa:index:MultiClusterIrsa";

export const READER = { namespace: "default", name: "s3-reader" };
export const S3_READ = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";

/** A cluster whose issuer's id is this character, 32 times. */
export function cluster(name: string, character: string, changes: Partial<IrsaCluster> = {}): IrsaCluster {
  return { name, issuerUrl: eksIssuer(character), kubeconfig: `kubeconfig of ${name}`, ...changes };
}

/** A cluster of EKS whose pods get the role in a mode that has Pod Identity. */
export function podIdentityCluster(
  name: string,
  character: string,
  changes: Partial<IrsaCluster> = {},
): IrsaCluster {
  const where = { clusterName: `prod-${name}`, region: "us-east-1" };
  return cluster(name, character, { identity: IdentityMode.PodIdentity, ...where, ...changes });
}

/** Two clusters and one ServiceAccount, with nothing wrong. */
export function goodArgs(changes: Partial<MultiClusterIrsaArgs> = {}): MultiClusterIrsaArgs {
  return { clusters: [cluster("blue", "B"), cluster("green", "C")], serviceAccounts: [READER], ...changes };
}

/** A value that arrives while the program runs. */
export function late<T>(value: T): pulumi.Output<T> {
  return pulumi.output(new Promise<T>((resolve) => setImmediate(resolve, value))) as pulumi.Output<T>;
}
