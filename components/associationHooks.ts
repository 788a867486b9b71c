import { setTimeout as pause } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import type { AssociationContext } from "./association";
import { errorHook, resourceHook } from "./hooks";
import { settle, settleSecondsOf } from "./settle";
import type { IrsaCluster, ServiceAccountBinding } from "./types";

/** How often EKS is asked again whether it has seen the role's trust policy by now. */
const RETRIES = 4;
const TRUST_NOT_SEEN = /Trust policy of the role provided is invalid/;
const ASSOCIATED = /ResourceInUseException/;

/**
 * What is watched of an association: one that comes in the very update in which IRSA goes, EKS's refusals, and that dependents wait until it
 * has spread.
 */
export function associationHooks(
  associationName: string,
  cluster: IrsaCluster,
  binding: ServiceAccountBinding,
  {
    what,
    parent,
    settings,
    narrowing,
  }: Pick<AssociationContext, "what" | "parent" | "settings" | "narrowing">,
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
  // The import looks in the provider's region unless the id names another one.
  return (
    `${namespace}/${name} of EKS cluster "${clusterName}" has an association already, made by another stack or tool. Take it over: pulumi import ` +
    `aws:eks/podIdentityAssociation:PodIdentityAssociation ${associationName} ${clusterName},${known}@${region} --parent <URN of the component>${look}, with ` +
    "--provider <URN> where the component has an aws provider of its own; or delete it: " +
    `aws eks delete-pod-identity-association --region ${region} --cluster-name ${clusterName} --association-id ${known}`
  );
}
