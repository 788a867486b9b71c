import { getClusterOutput } from "@pulumi/aws/eks/getCluster";
import * as pulumi from "@pulumi/pulumi";
import type { IrsaCluster } from "./types";

/**
 * How {@link fromClusterName} finds a cluster and logs in to it, and what the list is to say of it: `identity`, `shard`, `retired`
 * and whatever else an entry of the list has.
 */
export interface ClusterLookup extends Partial<
  Omit<IrsaCluster, "name" | "issuerUrl" | "kubeconfig" | "autoMode">
> {
  /** Name of the cluster in EKS. Default: its name in the list. */
  clusterName?: string;
  /** Region of the cluster. With Pod Identity it must be given. Default: the aws provider's. */
  region?: string;
  /** AWS profile by which `aws eks get-token` logs in. Default: the environment's credentials. */
  profile?: string;
  /** Role that `aws eks get-token` assumes to log in. Default: none. */
  roleArn?: string;
}

/**
 * A cluster of the list that exists already: its issuer, endpoint and certificate authority by one look-up, whether it is in EKS
 * Auto Mode, and a kubeconfig that runs `aws eks get-token`, so that no token is kept anywhere.
 *
 * @param name name of the cluster in the list: plain text, since it is part of URNs.
 * @param lookup how the cluster is found, how one logs in to it, and what is said of it in the list.
 * @param opts the aws provider that may see the cluster, when it is not the default one.
 * @example
 * const clusters = [
 *   fromClusterName("east", { clusterName: "prod-east", region: "us-east-1" }),
 *   fromClusterName("west", { clusterName: "prod-west", region: "us-west-2", profile: "west-admin" }),
 * ];
 * @throws Error when the cluster has no OIDC issuer.
 * @see https://docs.aws.amazon.com/cli/latest/reference/eks/get-token.html
 */
export function fromClusterName(
  name: string,
  lookup: ClusterLookup = {},
  opts?: pulumi.InvokeOptions,
): IrsaCluster {
  const { profile, roleArn, ...said } = lookup;
  const clusterName = said.clusterName ?? name;
  const found = getClusterOutput(
    { name: clusterName, ...(said.region !== undefined && { region: said.region }) },
    opts ?? {},
  );
  const issuerUrl = found.apply(({ identities }) => {
    const issuer = identities[0]?.oidcs[0]?.issuer;
    if (issuer === undefined || issuer === "") {
      throw new pulumi.RunError(
        `fromClusterName("${name}"): EKS cluster "${clusterName}" has no OIDC issuer`,
      );
    }
    return issuer;
  });
  const kubeconfig = found.apply((cluster) => {
    const region = said.region ?? cluster.region;
    const ca = cluster.certificateAuthorities[0]?.data;
    const login = { ...(profile !== undefined && { profile }), ...(roleArn !== undefined && { roleArn }) };
    return JSON.stringify(kubeconfigOf({ ...login, clusterName, region, endpoint: cluster.endpoint, ca }));
  });
  return {
    ...said,
    name,
    issuerUrl,
    kubeconfig,
    clusterName,
    autoMode: found.apply(({ computeConfigs }) => isAuto(computeConfigs)),
  };
}

/** An aws provider that is older than EKS Auto Mode says nothing of it. */
function isAuto(computeConfigs: { enabled: boolean }[] | undefined): boolean {
  return computeConfigs?.some(({ enabled }) => enabled) ?? false;
}

function kubeconfigOf(cluster: {
  clusterName: string;
  region: string;
  endpoint: string;
  ca: string | undefined;
  profile?: string;
  roleArn?: string;
}): object {
  const { clusterName, region, endpoint, ca, profile, roleArn } = cluster;
  const role = roleArn === undefined ? [] : ["--role-arn", roleArn];
  const args = [
    "eks",
    "get-token",
    "--region",
    region,
    "--cluster-name",
    clusterName,
    "--output",
    "json",
    ...role,
  ];
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: clusterName, cluster: { server: endpoint, "certificate-authority-data": ca } }],
    users: [
      {
        name: clusterName,
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1beta1",
            command: "aws",
            args,
            env: profile === undefined ? null : [{ name: "AWS_PROFILE", value: profile }],
            interactiveMode: "Never",
          },
        },
      },
    ],
    contexts: [{ name: clusterName, context: { cluster: clusterName, user: clusterName } }],
    "current-context": clusterName,
  };
}
