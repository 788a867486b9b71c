import {
  CreatePodIdentityAssociationCommand,
  DescribePodIdentityAssociationCommand,
  ListPodIdentityAssociationsCommand,
  type PodIdentityAssociation,
} from "@aws-sdk/client-eks";
import {
  IdentityMode,
  ServiceAccountOwnership,
  type IrsaCluster,
  type MultiClusterIrsaArgs,
} from "../../index";
import { eksClient } from "../../lab/aws/clients";
import type { LabClusterName } from "../../lab/supervisor/client";
import type { LabCluster } from "../../lab/types";
import type { Scope } from "./lab";

/** The trust policy of AWS's own example, which takes every association of the account. */
export const OPEN_TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "pods.eks.amazonaws.com" },
      Action: ["sts:AssumeRole", "sts:TagSession"],
    },
  ],
});

/** A cluster as the lab has it. */
export function labCluster({ lab }: Scope, name: LabClusterName): LabCluster {
  const found = lab.clusters.find((cluster) => cluster.name === name);
  if (found === undefined) throw new Error(`the lab has no cluster ${name}`);
  return found;
}

/** A lab cluster in a mode, as EKS knows it. */
export function inMode(
  scope: Scope,
  name: LabClusterName,
  identity: IdentityMode = IdentityMode.PodIdentity,
  changes: Partial<IrsaCluster> = {},
): IrsaCluster {
  const { region } = labCluster(scope, name);
  return { ...scope.clusters[name], identity, clusterName: name, region, ...changes };
}

/** Arguments with bindings of these names that make nothing in the clusters, so that no Kubernetes is in the way. */
export function awsOnly(
  { namespace }: Scope,
  clusters: IrsaCluster[],
  names: string[],
  more: Partial<MultiClusterIrsaArgs> = {},
): MultiClusterIrsaArgs {
  const ownership = ServiceAccountOwnership.None;
  return {
    clusters: clusters.map(({ kubeconfig: _, ...cluster }) => cluster),
    serviceAccounts: names.map((name) => ({ namespace, name, ownership })),
    podIdentity: { settleSeconds: 0 },
    ...more,
  };
}

/** EKS in the region of a cluster, as the lab's administrator. */
function eksOf(scope: Scope, name: LabClusterName) {
  return eksClient(scope.lab.aws, labCluster(scope, name).region);
}

/** Associates a ServiceAccount of the scope's namespace as somebody else would. Gives the association's id. */
export async function associateByHand(
  scope: Scope,
  clusterName: LabClusterName,
  association: {
    serviceAccount: string;
    roleArn: string;
    targetRoleArn?: string;
    disableSessionTags?: boolean;
  },
): Promise<string> {
  const { namespace } = scope;
  const command = new CreatePodIdentityAssociationCommand({ clusterName, namespace, ...association });
  const made = await eksOf(scope, clusterName).send(command);
  return made.association?.associationId ?? "";
}

/** The associations that EKS has in the scope's namespace, by ServiceAccount. */
export async function associationsIn(
  scope: Scope,
  clusterName: LabClusterName,
): Promise<Record<string, PodIdentityAssociation>> {
  const { namespace } = scope;
  const eks = eksOf(scope, clusterName);
  const { associations = [] } = await eks.send(
    new ListPodIdentityAssociationsCommand({ clusterName, namespace }),
  );
  const described = associations.map(async ({ associationId }) => {
    const { association = {} } = await eks.send(
      new DescribePodIdentityAssociationCommand({ clusterName, associationId }),
    );
    return [association.serviceAccount ?? "", association] as const;
  });
  return Object.fromEntries(await Promise.all(described));
}

/** Their ids, by ServiceAccount. */
export async function associationIdsIn(
  scope: Scope,
  clusterName: LabClusterName,
): Promise<Record<string, string>> {
  const found = Object.entries(await associationsIn(scope, clusterName));
  return Object.fromEntries(found.map(([name, { associationId = "" }]) => [name, associationId]));
}
