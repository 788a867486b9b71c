import type { PulumiFn } from "@pulumi/pulumi/automation";
import { randomBytes } from "node:crypto";
import { IdentityMode, MultiClusterIrsa, type IrsaCluster, type MultiClusterIrsaArgs } from "../../index";
import { openStack, type EngineStack, type EngineStackOptions } from "../engine/workspace";
import { clusterApi } from "../kubernetes/client";
import { issuerUrlOf, newIssuerId } from "../kubernetes/clusters";
import type { Lab, LabClusterName } from "../supervisor/client";
import type { LabCluster } from "../types";
import { Gates } from "./gates";

/** The environment variable by which the engine of a fleet, and its plugins, are found. */
export const FLEET_MARKER = "EKS_IRSA_LAB_FLEET";

/** Three clusters with two bindings. */
export const FULL: Variant = { clusters: ["ireland", "virginia-blue", "virginia-green"], writers: true };

/** A cluster and a binding less, another binding more, and another inline policy: what is there is created, updated and deleted. */
export const CHANGED: Variant = { clusters: ["ireland", "virginia-blue"], writers: false };

/** The same, one cluster of them with Pod Identity beside IRSA. */
export const ASSOCIATED: Variant = { ...FULL, associated: ["ireland"] };

/** What the program deploys. */
export interface Variant {
  clusters: readonly LabClusterName[];
  writers: boolean;
  /** Clusters whose ServiceAccounts have associations too. Default: none. */
  associated?: readonly LabClusterName[];
}

/** A program of its own, whose engine reaches AWS and the clusters by gates. Nothing else of the lab is in its way. */
export interface Fleet {
  lab: Lab;
  /** Name of the Pulumi project, of the namespace in each cluster, and of the component: no other role begins with it. */
  project: string;
  clusters: readonly LabCluster[];
  /** Issuer URLs by the name of the cluster; nobody else has them. */
  issuers: Readonly<Record<string, string>>;
  gates: Gates;
  program: (variant: Variant) => PulumiFn;
  /** How the fleet's stack is opened, with further environment where that is wanted. */
  options: (variant: Variant, environment?: Record<string, string>) => EngineStackOptions;
  stack: (variant: Variant, environment?: Record<string, string>) => Promise<EngineStack>;
  close: () => Promise<void>;
}

/** Makes a fleet. `direct`: the clusters are reached without gates. */
export async function openFleet(lab: Lab, { direct = false } = {}): Promise<Fleet> {
  const project = `chaos-${randomBytes(4).toString("hex")}`;
  const { clusters } = lab;
  const issuers = Object.fromEntries(
    clusters.map((cluster) => [cluster.name, issuerUrlOf({ ...cluster, issuerId: newIssuerId() })]),
  );
  await Promise.all(clusters.map((cluster) => makeNamespace(cluster, project)));
  const gates = await Gates.open(lab.aws, clusters, issuers);
  const kubeconfigOf = ({ name, kubeconfig }: LabCluster): string =>
    direct ? kubeconfig : throughGate(kubeconfig, gates.of(name).url);
  const listed = clusters.map((cluster) => ({
    name: cluster.name,
    issuerUrl: issuers[cluster.name] ?? "",
    kubeconfig: kubeconfigOf(cluster),
    clusterName: cluster.name,
    region: cluster.region,
  }));
  const program = (variant: Variant): PulumiFn => programOf(project, variant, listed);
  const options: Fleet["options"] = (variant, environment) => ({
    lab,
    binaries: lab.binaries,
    project,
    program: program(variant),
    environment: { [FLEET_MARKER]: project, AWS_ENDPOINT_URL: gates.of("aws").url, ...environment },
  });
  return {
    lab,
    project,
    clusters,
    issuers,
    gates,
    program,
    options,
    stack: (variant, environment) => openStack(options(variant, environment)),
    close: () => gates.close(),
  };
}

async function makeNamespace(cluster: LabCluster, name: string): Promise<void> {
  await clusterApi(cluster).core.createNamespace({ body: { metadata: { name } } });
}

function programOf(project: string, variant: Variant, clusters: readonly IrsaCluster[]): PulumiFn {
  return () => {
    const irsa = new MultiClusterIrsa(project, {
      clusters: clusters
        .filter(({ name }) => variant.clusters.some((wanted) => wanted === name))
        .map((cluster) =>
          variant.associated?.some((wanted) => wanted === cluster.name)
            ? { ...cluster, identity: IdentityMode.Both }
            : cluster,
        ),
      serviceAccounts: bindingsOf(project, variant),
      policyArns: { s3Read: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" },
      inlinePolicies: { queues: inlinePolicy(variant) },
      ...(variant.associated && { podIdentity: { settleSeconds: 0 } }),
      tags: { fleet: project },
    });
    return Promise.resolve({ roleArn: irsa.roleArn, roleName: irsa.roleName });
  };
}

function bindingsOf(
  namespace: string,
  { clusters: all, writers }: Variant,
): MultiClusterIrsaArgs["serviceAccounts"] {
  const clusters = all.filter((name) => name !== "virginia-green");
  return [
    { namespace, name: "reader" },
    { namespace, name: writers ? "writer" : "auditor", clusters },
  ];
}

function inlinePolicy({ writers }: Variant): string {
  const Action = writers ? "sqs:SendMessage" : "sqs:ReceiveMessage";
  return JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] });
}

/** The kubeconfig with the gate as its server. */
export function throughGate(kubeconfig: string, server: string): string {
  const config = JSON.parse(kubeconfig) as { clusters: { cluster: Record<string, string> }[] };
  for (const entry of config.clusters) entry.cluster = { server };
  return JSON.stringify(config);
}

/** Is a resource of a variant before meant to stay as it is? What belongs to a cluster or a binding that goes is not. */
export function isToStay(name: string, { clusters, writers }: Variant): boolean {
  const [, cluster, binding] =
    /^(?:OIDC provider |ServiceAccount )([\w-]+)(?:\/.*\/([\w-]+))?$/.exec(name) ?? [];
  if (cluster !== undefined && !clusters.some((one) => one === cluster)) return false;
  return binding !== "writer" || writers;
}
