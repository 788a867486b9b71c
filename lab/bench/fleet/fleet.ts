import type { IrsaCluster, MultiClusterIrsaArgs } from "../../../index";
import { buildTrustPolicy } from "../../../trust/policy";
import { trustPolicySize } from "../../../trust/size";
import { oidcProviderArn, parseIssuer } from "../../../trust/issuer";
import { subjectOf } from "../../../trust/subject";
import { IdentityMode, STS_AUDIENCE, type TrustedCluster } from "../../../trust/types";

/** What a fleet of the benchmark is: how many clusters, with how many ServiceAccounts each, and how pods get their role. */
export interface FleetSize {
  clusters: number;
  serviceAccounts: number;
  identity: IdentityMode.Irsa | IdentityMode.PodIdentity;
}

export const ACCOUNT = "123456789012";
export const REGION = "us-east-1";
/** What IAM takes when the quota L-C07B4B0D was raised as far as it goes. */
const LARGEST_POLICY = 8192;
/** A role without shards has IAM's own limit. */
const ONE_ROLE = 2048;

/** A fleet, as the component takes it. */
export function fleetArgs(size: FleetSize): MultiClusterIrsaArgs {
  const { clusters, serviceAccounts, identity } = size;
  const perRole = clustersPerRole(size);
  const inShards = perRole !== undefined;
  const shards = inShards
    ? Array.from({ length: Math.ceil(clusters / perRole) }, (_, at) => shardName(at))
    : [];
  return {
    clusters: Array.from({ length: clusters }, (_, index) => ({
      ...clusterAt(index),
      ...(identity === IdentityMode.PodIdentity && {
        identity,
        clusterName: `prod-${clusterName(index)}`,
        region: REGION,
        installAgent: true,
      }),
      ...(inShards && { shard: shardName(Math.floor(index / perRole)) }),
    })),
    serviceAccounts: Array.from({ length: serviceAccounts }, (_, index) => accountAt(index)),
    policyArns: { s3Read: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" },
    ...(inShards && { trust: { maxSize: LARGEST_POLICY, shards } }),
    // The hooks that wait are there, and what is waited for is no work.
    ...(identity === IdentityMode.PodIdentity && { podIdentity: { settleSeconds: 1 } }),
  };
}

function clusterAt(index: number): IrsaCluster {
  return { name: clusterName(index), issuerUrl: issuerAt(index), kubeconfig: kubeconfigAt(index) };
}

function clusterName(index: number): string {
  return `cluster-${String(index).padStart(3, "0")}`;
}

function accountAt(index: number): { namespace: string; name: string } {
  return { namespace: "default", name: `s3-rd-${String(index).padStart(3, "0")}` };
}

function shardName(at: number): string {
  return `shard-${String(at).padStart(2, "0")}`;
}

function issuerAt(index: number): string {
  const id = index.toString(16).toUpperCase().padStart(32, "0");
  return `https://oidc.eks.${REGION}.amazonaws.com/id/${id}`;
}

/** As long as what `aws eks update-kubeconfig` writes, with a certificate's length of text. */
function kubeconfigAt(index: number): string {
  const name = clusterName(index);
  const server = `https://${index.toString(16).toUpperCase().padStart(32, "0")}.gr7.${REGION}.eks.amazonaws.com`;
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server, "certificate-authority-data": "QUJD".repeat(370) } }],
    users: [{ name, user: { exec: { command: "aws", args: ["eks", "get-token", "--cluster-name", name] } } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });
}

/** How many clusters a role takes where one role is too little for all; undefined where it is not. */
function clustersPerRole({ clusters, serviceAccounts, identity }: FleetSize): number | undefined {
  const accounts = Array.from({ length: serviceAccounts }, (_, index) => accountAt(index));
  const subjects = accounts.map(({ namespace, name }) => subjectOf(namespace, name));
  const trusted = (count: number): TrustedCluster[] =>
    Array.from({ length: count }, (_, index) => ({
      name: clusterName(index),
      subjects,
      ...(identity === IdentityMode.Irsa
        ? {
            oidcProviderArn: oidcProviderArn(parseIssuer(issuerAt(index)), {
              partition: "aws",
              accountId: ACCOUNT,
            }),
            oidcProviderClientIds: [STS_AUDIENCE],
          }
        : {
            podIdentity: {
              clusterArn: `arn:aws:eks:${REGION}:${ACCOUNT}:cluster/prod-${clusterName(index)}`,
            },
          }),
    }));
  const fits = (count: number, limit: number) => trustPolicySize(buildTrustPolicy(trusted(count))) <= limit;
  if (fits(clusters, ONE_ROLE)) return undefined;
  let count = 1;
  while (count < clusters && fits(count + 1, LARGEST_POLICY)) count++;
  return count;
}
