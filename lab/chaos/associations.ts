import {
  DescribePodIdentityAssociationCommand,
  ListPodIdentityAssociationsCommand,
} from "@aws-sdk/client-eks";
import { eksClient } from "../aws/clients";
import type { LabAws, LabCluster } from "../types";
import type { Resource } from "./resources";

/** The Pod Identity associations of a cluster's namespace, as EKS has them. */
export async function associationsOf(
  aws: LabAws,
  { name: clusterName, region }: LabCluster,
  namespace: string,
): Promise<[string, Resource][]> {
  const eks = eksClient(aws, region);
  const { associations = [] } = await eks.send(
    new ListPodIdentityAssociationsCommand({ clusterName, namespace }),
  );
  return Promise.all(
    associations.map(async ({ associationId }): Promise<[string, Resource]> => {
      const { association = {} } = await eks.send(
        new DescribePodIdentityAssociationCommand({ clusterName, associationId }),
      );
      const { serviceAccount = "", roleArn, tags, createdAt } = association;
      return [
        `association ${clusterName}/${namespace}/${serviceAccount}`,
        { content: { id: associationId, roleArn, tags }, identity: createdAt?.toISOString() ?? "" },
      ];
    }),
  );
}
