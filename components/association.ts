import { setTimeout as pause } from "node:timers/promises";
import { PodIdentityAssociation } from "@pulumi/aws/eks/podIdentityAssociation";
import * as pulumi from "@pulumi/pulumi";
import type { TrustedPodIdentity } from "../trust/types";
import { exactBindingsOf } from "./bindings";
import { claim } from "./claims";
import { errorHook, resourceHook } from "./hooks";
import { hasPodIdentity, identityOf } from "./identity";
import { formerly } from "./names";
import type { Narrowing } from "./narrowing";
import { lateProblems } from "./problems";
import { settle, settleSecondsOf } from "./settle";
import type { IrsaCluster, PodIdentitySettings, ServiceAccountBinding } from "./types";

/** How often EKS is asked again whether it has seen the role's trust policy by now. */
const RETRIES = 4;
const TRUST_NOT_SEEN = /Trust policy of the role provided is invalid/;
const ASSOCIATED = /ResourceInUseException/;

/** The associations of a cluster. */
export type Associations = Map<ServiceAccountBinding, PodIdentityAssociation>;

/** What the associations of a cluster are made of. */
export interface AssociationContext {
  what: string;
  parent: pulumi.Resource;
  roleArn: pulumi.Output<string>;
  /** What must be there first: the role, with its policies, and the agent. */
  dependsOn: pulumi.Resource[];
  /** How the cluster comes to the role, once nothing was found wrong with it. */
  way: pulumi.Output<TrustedPodIdentity>;
  /** The cluster's issuer, likewise. */
  issuerUrl: pulumi.Output<string>;
  settings: PodIdentitySettings;
  tags?: { [key: string]: pulumi.Input<string> };
  narrowing: Narrowing;
  /** Property path of a binding. */
  pathOf: (binding: ServiceAccountBinding) => string;
}

/** Are associations made for a cluster here? Those of a base role are made by its own component. */
export function isAssociated(cluster: IrsaCluster): boolean {
  return hasPodIdentity(identityOf(cluster)) && cluster.baseRole === undefined;
}

/**
 * Makes the Pod Identity associations of a cluster, one for each ServiceAccount; a retired cluster keeps them.
 *
 * A cluster that was made anew under its name has lost them, and keeps the role's trust: so they are replaced when the issuer changes.
 */
export function makeAssociations(
  name: string,
  cluster: IrsaCluster,
  bindings: ServiceAccountBinding[],
  context: AssociationContext,
): Associations {
  return new Map(
    exactBindingsOf(cluster.name, bindings).map((binding) => [
      binding,
      makeAssociation(name, cluster, binding, context),
    ]),
  );
}

function makeAssociation(
  name: string,
  cluster: IrsaCluster,
  binding: ServiceAccountBinding,
  context: AssociationContext,
): PodIdentityAssociation {
  const { parent, roleArn, dependsOn, issuerUrl, settings, tags } = context;
  const { targetRoleArn, disableSessionTags = false, policy } = settings;
  const { region } = cluster;
  const under = (clusterName: string) => `${name}/${clusterName}/${binding.namespace}/${binding.name}`;
  const associationName = under(cluster.name);
  return new PodIdentityAssociation(
    associationName,
    {
      clusterName: claimedClusterName(cluster, binding, context),
      ...(region !== undefined && { region }),
      namespace: binding.namespace,
      serviceAccount: binding.name,
      roleArn,
      ...(targetRoleArn !== undefined && { targetRoleArn }),
      ...(disableSessionTags && { disableSessionTags }),
      ...(policy !== undefined && { policy }),
      ...(tags && { tags }),
    },
    {
      parent,
      dependsOn,
      aliases: formerly(cluster, under),
      replacementTrigger: issuerUrl.apply((issuer) => ({
        issuer,
        // What is taken away never reaches EKS as an update: the provider sends nothing for it.
        targetRole: targetRoleArn !== undefined,
        policy: policy !== undefined,
      })),
      // EKS takes one for each ServiceAccount: the old one, if it is there still, goes first.
      deleteBeforeReplace: true,
      hooks: hooksOf(associationName, cluster, binding, context),
    },
  );
}

/** The cluster's name, once it is known that no other component of the program associates the same ServiceAccount. */
function claimedClusterName(
  { clusterName = "", region = "" }: IrsaCluster,
  binding: ServiceAccountBinding,
  { what, parent, way, pathOf }: AssociationContext,
): pulumi.Output<string> {
  const serviceAccount = `${binding.namespace}/${binding.name}`;
  const propertyPath = pathOf(binding);
  const arn = way.apply((known) => known.clusterArn);
  const owner = claim(`${region}/${clusterName}/${serviceAccount}`, arn, {
    what,
    propertyPath,
    resource: parent,
  });
  return pulumi.all([arn, owner]).apply(([clusterArn, other]) => {
    if (other !== undefined) {
      const reason =
        `is ${serviceAccount} of ${clusterArn}, which ${other.what} (${other.propertyPath}) associates with its role in this program already, and ` +
        "EKS takes one association for each ServiceAccount: bind it in one of them only, or give each a ServiceAccount of its own";
      throw lateProblems(what, [{ propertyPath, reason }], parent);
    }
    return clusterName;
  });
}

function hooksOf(
  associationName: string,
  cluster: IrsaCluster,
  binding: ServiceAccountBinding,
  { what, parent, settings, narrowing }: AssociationContext,
): pulumi.ResourceHookBinding {
  const tooEarly = resourceHook(
    `${associationName}/association`,
    () => narrowing.warnOfNewAssociation(cluster.name, binding),
    { onDryRun: true },
  );
  const failed = errorHook(`${associationName}/association-failed`, async ({ errors }) => {
    const [latest = ""] = errors;
    if (TRUST_NOT_SEEN.test(latest) && errors.length <= RETRIES) {
      await pulumi.log.info(`${associationName}: EKS has not seen the role's trust policy yet`, parent);
      await pause(settleSecondsOf(settings) * 1000);
      return true;
    }
    if (ASSOCIATED.test(latest)) {
      await pulumi.log.warn(`${what}: ${associatedHint(associationName, cluster, binding, latest)}`, parent);
    }
    return false;
  });
  const inputs = ["roleArn", "targetRoleArn", "disableSessionTags", "policy"];
  return {
    ...settle(`${associationName}/association`, { what: "the association", inputs }, settings, parent),
    ...(tooEarly && { beforeCreate: [tooEarly] }),
    ...(failed && { onError: [failed] }),
  };
}

/** What to do about an association that somebody else has made. */
function associatedHint(
  associationName: string,
  { clusterName = "", region = "" }: IrsaCluster,
  { namespace, name }: ServiceAccountBinding,
  error: string,
): string {
  const id = /\ba-[0-9a-z]{8,}\b/.exec(error)?.[0];
  const look =
    id === undefined
      ? ` (its id: aws eks list-pod-identity-associations --region ${region} --cluster-name ${clusterName} --namespace ${namespace} --service-account ${name})`
      : "";
  const known = id ?? "<association-id>";
  return (
    `${namespace}/${name} of EKS cluster "${clusterName}" has an association already, made by another stack or tool. Take it over: pulumi import ` +
    `aws:eks/podIdentityAssociation:PodIdentityAssociation ${associationName} ${clusterName},${known} --parent <URN of the component>${look}; or delete it: ` +
    `aws eks delete-pod-identity-association --region ${region} --cluster-name ${clusterName} --association-id ${known}`
  );
}
