import {
  PodIdentityAssociation,
  type PodIdentityAssociationArgs,
} from "@pulumi/aws/eks/podIdentityAssociation";
import * as pulumi from "@pulumi/pulumi";
import { parseClusterArn } from "../trust/clusterArn";
import { externalIdOf } from "../trust/podIdentity";
import type { TrustedPodIdentity } from "../trust/types";
import { exactBindingsOf } from "./bindings";
import { watchAssociation } from "./associationHooks";
import { claim } from "./claims";
import { hasPodIdentity, identityOf } from "./identity";
import { formerly } from "./names";
import type { Narrowing } from "./narrowing";
import { isPlain, lateProblems } from "./problems";
import type { PodIdentitySettings } from "./podIdentityTypes";
import { resourceError } from "./resourceError";
import type { IrsaCluster, ServiceAccountBinding } from "./types";

/** An association that was made. */
export interface MadeAssociation {
  /** The association, once it has spread. */
  settled: pulumi.Input<pulumi.Resource>;
  /** Its id, once EKS was seen to use the external ID that the target role's trust policy was made with. */
  id: pulumi.Output<string>;
}

/** The associations of a cluster. */
export type Associations = Map<ServiceAccountBinding, MadeAssociation>;

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
  const common = commonOf(cluster, context);
  const associations: Associations = new Map();
  for (const binding of exactBindingsOf(cluster.name, bindings)) {
    const under = (clusterName: string) => `${name}/${clusterName}/${binding.namespace}/${binding.name}`;
    const associationName = under(cluster.name);
    const { hooks, settled } = watchAssociation(associationName, cluster, binding, context);
    // Made here, and in no function of its own, for the SDK notes the calls on the way to each resource.
    const resource = new PodIdentityAssociation(associationName, argsOf(cluster, binding, common, context), {
      parent: context.parent,
      dependsOn: context.dependsOn,
      aliases: formerly(cluster, under),
      replacementTrigger: common.replacementTrigger,
      // EKS takes one for each ServiceAccount: the old one, if it is there still, goes first.
      deleteBeforeReplace: true,
      hooks,
    });
    associations.set(binding, { settled: settled(resource), id: confirmedId(resource, binding, context) });
  }
  return associations;
}

/** What the associations of a cluster have in common, made once for all of them. */
interface CommonOfAssociations {
  clusterArn: pulumi.Output<string>;
  /** The cluster's name, once nothing was found wrong with the cluster. */
  clusterName: pulumi.Output<string>;
  replacementTrigger: pulumi.Input<object>;
}

function commonOf(
  { clusterName = "", issuerUrl: given }: IrsaCluster,
  { way, issuerUrl, settings: { targetRoleArn, policy } }: AssociationContext,
): CommonOfAssociations {
  const clusterArn = way.apply((known) => known.clusterArn);
  const triggerOf = (issuer: string) => ({
    issuer,
    // What is taken away never reaches EKS as an update: the provider sends nothing for it.
    targetRole: targetRoleArn !== undefined,
    policy: policy !== undefined,
  });
  return {
    clusterArn,
    clusterName: clusterArn.apply(() => clusterName),
    // The SDK wraps an option that is an Output anew for each resource.
    replacementTrigger: isPlain(given) ? triggerOf(given) : issuerUrl.apply(triggerOf),
  };
}

function argsOf(
  cluster: IrsaCluster,
  binding: ServiceAccountBinding,
  common: CommonOfAssociations,
  context: AssociationContext,
): PodIdentityAssociationArgs {
  const { roleArn, settings, tags } = context;
  const { targetRoleArn, disableSessionTags = false, policy } = settings;
  const { region } = cluster;
  return {
    clusterName: claimedClusterName(cluster, binding, common, context),
    ...(region !== undefined && { region }),
    namespace: binding.namespace,
    serviceAccount: binding.name,
    roleArn,
    ...(targetRoleArn !== undefined && { targetRoleArn }),
    ...(disableSessionTags && { disableSessionTags }),
    ...(policy !== undefined && { policy }),
    ...(tags && { tags }),
  };
}

/**
 * The external ID is computed where it is trusted, since reading it from the association would make a circle. Where EKS has another
 * one, the target role admits nobody, and so nothing goes on.
 */
function confirmedId(
  resource: PodIdentityAssociation,
  { namespace, name }: ServiceAccountBinding,
  { what, way, settings }: AssociationContext,
): pulumi.Output<string> {
  const { associationId, externalId } = resource;
  if (
    settings.targetRoleArn === undefined ||
    settings.disableSessionTags !== true ||
    pulumi.runtime.isDryRun()
  ) {
    return associationId;
  }
  return pulumi.all([associationId, externalId, way]).apply(([id, real, { clusterArn }]) => {
    const parts = parseClusterArn(clusterArn);
    const computed = parts && externalIdOf(parts, namespace, name);
    if (real !== computed) {
      throw resourceError(
        `${what}: EKS gave the association of ${namespace}/${name} the external ID "${real}" where "${computed ?? ""}" was computed, which the target role asks for: it would admit nobody`,
        resource,
      );
    }
    return id;
  });
}

/** The cluster's name, once it is known that no other component of the program associates the same ServiceAccount. */
function claimedClusterName(
  { clusterName = "", region = "" }: IrsaCluster,
  binding: ServiceAccountBinding,
  common: CommonOfAssociations,
  { what, parent, pathOf }: AssociationContext,
): pulumi.Output<string> {
  const serviceAccount = `${binding.namespace}/${binding.name}`;
  const propertyPath = pathOf(binding);
  const owner = claim(`${region}/${clusterName}/${serviceAccount}`, common.clusterArn, {
    what,
    propertyPath,
    resource: parent,
  });
  if (owner === undefined) {
    return common.clusterName;
  }
  return pulumi.all([common.clusterArn, owner]).apply(([clusterArn, other]) => {
    if (other !== undefined) {
      const reason =
        `is ${serviceAccount} of ${clusterArn}, which ${other.what} (${other.propertyPath}) associates with its role in this program already, and ` +
        "EKS takes one association for each ServiceAccount: bind it in one of them only, or give each a ServiceAccount of its own";
      throw lateProblems(what, [{ propertyPath, reason }], parent);
    }
    return clusterName;
  });
}
