import { IdentityMode, type IrsaCluster, type ServiceAccountBinding } from "../../index";
import type { Who } from "../../lab/demo/fleet";
import type { Claim } from "../../lab/proof/prove";
import { newIssuerId } from "../../lab/kubernetes/clusters";
import type { LabClusterName } from "../../lab/supervisor/client";
import type { LabCluster, LabDescription } from "../../lab/types";
import { clusterArn } from "../../trust/clusterArn";
import { subjectOf } from "../../trust/subject";
import type { TrustedCluster } from "../../trust/types";
import { providerArn } from "./support";

/*
 * A fleet with a cluster of each identity, and with bindings that differ by cluster. Everything that the tests expect is said here,
 * by the bindings alone; the package has no part in it.
 */

const { Both, Irsa, PodIdentity } = IdentityMode;

/** How one comes to the role. */
export type Way = typeof Irsa | typeof PodIdentity;
export const WAYS: Way[] = [Irsa, PodIdentity];

/** The clusters A, B and C, each with its identity. */
export const MODES: Record<LabClusterName, IdentityMode> = {
  ireland: Irsa,
  "virginia-blue": Both,
  "virginia-green": PodIdentity,
};

/** Names are short, so that all fit into IAM's 2,048 characters. */
export const NAMESPACES = ["shop", "bank"];
/** The last is bound nowhere. */
export const NAMES = ["all", "a-b", "b-c", "nobody"];

/** The last lets a namespace of C have a name that the other one has not got there. */
export const BINDINGS: ServiceAccountBinding[] = [
  { namespace: "shop", name: "all" },
  { namespace: "shop", name: "a-b", clusters: ["ireland", "virginia-blue"] },
  { namespace: "shop", name: "b-c", clusters: ["virginia-blue", "virginia-green"] },
  { namespace: "bank", name: "a-b", clusters: ["virginia-green"] },
];

/** A ServiceAccount that comes by one way. */
export interface Pair extends Who {
  way: Way;
}

/** The lab's clusters, and the one that nobody lists. */
export function everyCluster({ clusters, stranger }: LabDescription): LabCluster[] {
  return [...clusters, stranger];
}

/** Every ServiceAccount of every cluster, whether bound or not. */
export function everybody(lab: LabDescription): Who[] {
  return everyCluster(lab).flatMap(({ name: cluster }) =>
    NAMESPACES.flatMap((namespace) =>
      NAMES.map((serviceAccount) => ({ cluster, namespace, serviceAccount })),
    ),
  );
}

/** Whether a way to the role is one of the cluster's. */
function goes(cluster: string, way: Way): boolean {
  const mode = Object.entries(MODES).find(([name]) => name === cluster)?.[1];
  return mode === Both || mode === way;
}

function boundIn(cluster: string): { namespace: string; name: string }[] {
  return BINDINGS.filter(({ clusters }) => clusters?.includes(cluster) ?? cluster in MODES);
}

/** What the bindings say. */
export function isAdmitted({ cluster, namespace, serviceAccount, way }: Pair): boolean {
  const bound = boundIn(cluster).some((one) => one.namespace === namespace && one.name === serviceAccount);
  return bound && goes(cluster, way);
}

/** The ARN by which EKS knows a cluster of the lab. */
export function eksArn(
  { aws }: LabDescription,
  { name, region }: Pick<LabCluster, "name" | "region">,
): string {
  return clusterArn({ partition: "aws", region, accountId: aws.accountId, clusterName: name });
}

/** The fleet as a program's arguments have it. */
export function argumentsOf(
  lab: LabDescription,
  clusters: Record<LabClusterName, IrsaCluster>,
): IrsaCluster[] {
  return lab.clusters.map(({ name, region }) => {
    const known = name as LabClusterName;
    return { ...clusters[known], identity: MODES[known], clusterName: name, region };
  });
}

/** What the trust policy is to say, for the proof. */
export function claimOf(lab: LabDescription): Claim {
  return {
    clusters: lab.clusters.map((cluster) => ({
      name: cluster.name,
      ...(goes(cluster.name, Irsa) && {
        oidcProviderArn: providerArn(lab, cluster.issuerUrl),
        clientIds: ["sts.amazonaws.com"],
      }),
      ...(goes(cluster.name, PodIdentity) && { podIdentity: { clusterArn: eksArn(lab, cluster) } }),
    })),
    bindings: lab.clusters.flatMap(({ name: cluster }) =>
      boundIn(cluster).map((one) => ({ cluster, ...one })),
    ),
  };
}

/** The fleet as the trust policy's builder takes it. */
export function trustedOf(lab: LabDescription): TrustedCluster[] {
  return claimOf(lab).clusters.map(({ name, oidcProviderArn, podIdentity }) => ({
    name,
    subjects: boundIn(name).map((one) => subjectOf(one.namespace, one.name)),
    ...(oidcProviderArn !== undefined && { oidcProviderArn }),
    ...(podIdentity && { podIdentity }),
  }));
}

/** One more cluster that is like one of these, with an issuer and a name of its own. */
export function another(name: string, like: TrustedCluster): TrustedCluster {
  const { oidcProviderArn, podIdentity } = like;
  return {
    ...like,
    name,
    ...(oidcProviderArn !== undefined && {
      oidcProviderArn: oidcProviderArn.replace(/[^/]+$/, newIssuerId()),
    }),
    ...(podIdentity && { podIdentity: { clusterArn: podIdentity.clusterArn.replace(/[^/]+$/, name) } }),
  };
}
