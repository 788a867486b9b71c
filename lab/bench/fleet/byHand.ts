import { Addon } from "@pulumi/aws/eks/addon";
import { PodIdentityAssociation } from "@pulumi/aws/eks/podIdentityAssociation";
import { OpenIdConnectProvider } from "@pulumi/aws/iam/openIdConnectProvider";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import type { IrsaCluster, MultiClusterIrsaArgs, ServiceAccountBinding } from "../../../index";
import { IdentityMode } from "../../../trust/types";
import { ACCOUNT } from "./fleet";

/** Where resources are made. */
interface Under {
  parent?: pulumi.Resource;
}

/**
 * What somebody writes who has no component: the same resources with the same names, inputs, providers and options, one loop in
 * the other. Hooks and checks he has none.
 *
 * @returns the ARN of each cluster's role.
 */
export function declareByHand(name: string, args: MultiClusterIrsaArgs, under: Under): pulumi.Inputs {
  const { clusters, trust } = args;
  const shards = trust?.shards?.map((shard) => ({
    roleName: `${name}-${shard}`,
    path: `${name}/${shard}`,
    members: clusters.filter((cluster) => cluster.shard === shard),
  }));
  const roles = shards ?? [{ roleName: name, path: name, members: clusters }];
  const arns: pulumi.Inputs = {};
  for (const { roleName, path, members } of roles) {
    const providers = members.filter(hasIrsa).map((cluster) => providerOf(name, cluster, under));
    const role = new Role(
      roleName,
      { assumeRolePolicy: policyOf(args, members, providers) },
      { ...under, dependsOn: providers },
    );
    const policies = Object.entries(args.policyArns ?? {}).map(
      ([key, policyArn]) => new RolePolicyAttachment(`${path}/${key}`, { role: role.name, policyArn }, under),
    );
    for (const cluster of members) {
      declareCluster(name, args, cluster, { role, dependsOn: [role, ...policies], under });
      arns[cluster.name] = role.arn;
    }
  }
  return arns;
}

function hasIrsa({ identity }: IrsaCluster): boolean {
  return identity !== IdentityMode.PodIdentity;
}

function providerOf(name: string, cluster: IrsaCluster, under: Under): OpenIdConnectProvider {
  return new OpenIdConnectProvider(
    `${name}/${cluster.name}`,
    { url: cluster.issuerUrl, clientIdLists: ["sts.amazonaws.com"] },
    under,
  );
}

/** The trust policy, written out. */
function policyOf(
  { serviceAccounts }: MultiClusterIrsaArgs,
  clusters: IrsaCluster[],
  providers: OpenIdConnectProvider[],
): pulumi.Output<string> | string {
  const version = "2012-10-17";
  if (providers.length === 0) {
    return JSON.stringify({ Version: version, Statement: [podIdentityStatement(serviceAccounts, clusters)] });
  }
  return pulumi.all(providers.map(({ arn }) => arn)).apply((arns) =>
    JSON.stringify({
      Version: version,
      Statement: arns.map((arn) => {
        const issuer = arn.replace(/^.*:oidc-provider\//, "");
        return {
          Effect: "Allow",
          Principal: { Federated: arn },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: {
            StringEquals: {
              [`${issuer}:aud`]: "sts.amazonaws.com",
              [`${issuer}:sub`]: oneOrMany(
                serviceAccounts.map(
                  (account) => `system:serviceaccount:${account.namespace}:${account.name}`,
                ),
              ),
            },
          },
        };
      }),
    }),
  );
}

function podIdentityStatement(serviceAccounts: ServiceAccountBinding[], clusters: IrsaCluster[]): object {
  const arns = clusters.map(
    ({ region, clusterName }) => `arn:aws:eks:${region ?? ""}:${ACCOUNT}:cluster/${clusterName ?? ""}`,
  );
  return {
    Effect: "Allow",
    Principal: { Service: "pods.eks.amazonaws.com" },
    Action: ["sts:AssumeRole", "sts:TagSession"],
    Condition: {
      StringEquals: {
        "aws:RequestTag/eks-cluster-arn": oneOrMany(arns),
        "aws:RequestTag/kubernetes-namespace": serviceAccounts[0]?.namespace,
        "aws:RequestTag/kubernetes-service-account": oneOrMany(
          serviceAccounts.map((account) => account.name),
        ),
      },
    },
  };
}

/** A list of one value is written as the value. */
function oneOrMany(values: string[]): string | string[] | undefined {
  return values.length === 1 ? values[0] : values;
}

function declareCluster(
  name: string,
  { serviceAccounts }: MultiClusterIrsaArgs,
  cluster: IrsaCluster,
  { role, dependsOn, under }: { role: Role; dependsOn: pulumi.Resource[]; under: Under },
): void {
  const path = `${name}/${cluster.name}`;
  const { clusterName = "", region = "", kubeconfig = "", issuerUrl } = cluster;
  const provider = new Provider(
    path,
    { kubeconfig: pulumi.secret(kubeconfig), clusterIdentifier: issuerUrl },
    under,
  );
  const agents = hasIrsa(cluster)
    ? []
    : [new Addon(path, { clusterName, region, addonName: "eks-pod-identity-agent" }, under)];
  for (const { namespace, name: account } of serviceAccounts) {
    const called = `${path}/${namespace}/${account}`;
    const associations = hasIrsa(cluster)
      ? []
      : [
          new PodIdentityAssociation(
            called,
            { clusterName, region, namespace, serviceAccount: account, roleArn: role.arn },
            {
              ...under,
              dependsOn: [...dependsOn, ...agents],
              // EKS forgets associations with their cluster.
              replacementTrigger: { issuer: issuerUrl, targetRole: false, policy: false },
              deleteBeforeReplace: true,
            },
          ),
        ];
    const annotations = hasIrsa(cluster) ? { annotations: { "eks.amazonaws.com/role-arn": role.arn } } : {};
    new ServiceAccount(
      called,
      { metadata: { name: account, namespace, ...annotations } },
      { ...under, provider, dependsOn: [...dependsOn, ...associations], deleteBeforeReplace: true },
    );
  }
}
