import { setTimeout as pause } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import type { AssociationContext } from "./association";
import { errorHook, resourceHook, sharedHook } from "./hooks";
import { madeBindingsOf } from "./bindings";
import { settle, settleApart, settleSecondsOf, type Spreading } from "./settle";
import { ServiceAccountOwnership, type IrsaCluster, type ServiceAccountBinding } from "./types";

/** How often EKS is asked again whether it has seen the role's trust policy by now. */
const RETRIES = 4;
/** Between them, however long dependents are to wait: that may be 0, and IAM is not faster for it. */
const RETRY_SECONDS = 5;
const TRUST_NOT_SEEN = /Trust policy of the role provided is invalid/;
const ASSOCIATED = /ResourceInUseException/;

const SPREADING: Spreading = {
  kind: "association",
  what: "the association",
  inputs: ["roleArn", "targetRoleArn", "disableSessionTags", "policy"],
};

/** The association that a hook is called for. */
interface Watched {
  cluster: IrsaCluster;
  binding: ServiceAccountBinding;
}

/** What an association is made with, and what to depend on where it must have spread. */
export interface WatchedAssociation {
  hooks: pulumi.ResourceHookBinding;
  settled: (association: pulumi.Resource) => pulumi.Input<pulumi.Resource>;
}

/**
 * What is watched of an association: one that comes in the very update in which IRSA goes, EKS's refusals, and that dependents wait until it
 * has spread.
 */
export function watchAssociation(
  associationName: string,
  cluster: IrsaCluster,
  binding: ServiceAccountBinding,
  context: Pick<AssociationContext, "what" | "parent" | "settings" | "narrowing">,
): WatchedAssociation {
  const { what, parent, settings, narrowing } = context;
  const watcher = { what, component: parent };
  const warning = sharedHook<Watched, pulumi.ResourceHook>(watcher, "association", (hookName, watchedOf) =>
    resourceHook(
      hookName,
      ({ name }) => {
        const watched = watchedOf(name);
        return narrowing.warnOfNewAssociation(watched.cluster.name, watched.binding);
      },
      { onDryRun: true },
    ),
  );
  const answering = sharedHook<Watched, pulumi.ErrorHook>(watcher, "refused", (hookName, watchedOf) =>
    errorHook(hookName, ({ name, errors }) => answer(name, errors, watchedOf(name), context)),
  );
  const tooEarly = warning(associationName, { cluster, binding });
  const failed = answering(associationName, { cluster, binding });
  const spreading = isFollowed(cluster, binding)
    ? settleApart(associationName, SPREADING, settings, watcher)
    : {
        hooks: settle(associationName, SPREADING, settings, watcher),
        settled: (resource: pulumi.Resource) => resource,
      };
  return {
    hooks: {
      ...spreading.hooks,
      ...(tooEarly && { beforeCreate: [tooEarly] }),
      ...(failed && { onError: [failed] }),
    },
    settled: spreading.settled,
  };
}

/** Is a ServiceAccount made after the association, so that whatever depends on the component depends on that one? */
function isFollowed(cluster: IrsaCluster, binding: ServiceAccountBinding): boolean {
  const { ownership = ServiceAccountOwnership.Create } = binding;
  return ownership === ServiceAccountOwnership.Create && madeBindingsOf(cluster, [binding]).length > 0;
}

/** What is done about EKS's refusal: true has the engine try again. */
async function answer(
  associationName: string,
  errors: string[],
  { cluster, binding }: Watched,
  { what, parent, settings }: Pick<AssociationContext, "what" | "parent" | "settings">,
): Promise<boolean> {
  const [latest = ""] = errors;
  if (TRUST_NOT_SEEN.test(latest) && errors.length <= RETRIES) {
    await pulumi.log.info(`${associationName}: EKS has not seen the role's trust policy yet`, parent);
    await pause(Math.max(settleSecondsOf(settings), RETRY_SECONDS) * 1000);
    return true;
  }
  if (ASSOCIATED.test(latest)) {
    await pulumi.log.warn(`${what}: ${associatedHint(associationName, cluster, binding, latest)}`, parent);
  }
  return false;
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
