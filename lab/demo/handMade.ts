import {
  CreatePodIdentityAssociationCommand,
  DeletePodIdentityAssociationCommand,
} from "@aws-sdk/client-eks";
import { eksClient } from "../aws/clients";
import type { LabDescription } from "../types";
import { clusterOf, type Who } from "./fleet";

/**
 * Runs an action while the role is associated with ServiceAccounts that it is not bound to: whoever may make associations and pass
 * the role can do that, in any cluster of the account. The associations are gone afterwards.
 */
export async function whileAssociated<T>(
  lab: LabDescription,
  everybody: Who[],
  roleArn: string,
  action: () => Promise<T>,
): Promise<T> {
  const made: { who: Who; associationId: string }[] = [];
  try {
    for (const who of everybody) {
      made.push({ who, associationId: await associate(lab, who, roleArn) });
    }
    return await action();
  } finally {
    for (const { who, associationId } of made) {
      const clusterName = who.cluster;
      await eksOf(lab, who).send(new DeletePodIdentityAssociationCommand({ clusterName, associationId }));
    }
  }
}

async function associate(lab: LabDescription, who: Who, roleArn: string): Promise<string> {
  const { cluster: clusterName, namespace, serviceAccount } = who;
  const { association } = await eksOf(lab, who).send(
    new CreatePodIdentityAssociationCommand({ clusterName, namespace, serviceAccount, roleArn }),
  );
  if (association?.associationId === undefined) {
    throw new Error(`EKS made no association of ${namespace}/${serviceAccount} in ${clusterName}`);
  }
  return association.associationId;
}

function eksOf(lab: LabDescription, who: Who) {
  return eksClient(lab.aws, clusterOf(lab, who).region);
}
