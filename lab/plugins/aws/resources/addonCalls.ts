import {
  DescribeAddonCommand,
  DescribePodIdentityAssociationCommand,
  DescribeUpdateCommand,
  type Addon,
  type EKSClient,
  type Update,
  type UpdateAddonCommandInput,
} from "@aws-sdk/client-eks";
import { isProperties, type Properties } from "../../shared/server";
import { explain, unlessMissing } from "../errors";
import { changes } from "../plan";
import { optionalText, text } from "../schema";
import { waitForState } from "../waiting";
import { addonSchema } from "./addonSchema";

// What is sent of an add-on and what is made of the answers: internal/service/eks/addon.go of terraform-provider-aws.
const UPDATE_MINUTES = 20;

/** The two names in an id: internal/service/eks/id.go (AddonParseResourceID). */
export function addonNames(id: string): { clusterName: string; addonName: string } {
  const [clusterName, addonName, ...rest] = id.split(":");
  if (!clusterName || !addonName || rest.length > 0) {
    throw new Error(`unexpected format for ID (${id}), expected cluster-name:addon-name`);
  }
  return { clusterName, addonName };
}

/** Undefined where there is none. */
export async function findAddon(eks: EKSClient, id: string): Promise<Addon | undefined> {
  const call = eks.send(new DescribeAddonCommand(addonNames(id)));
  return (await unlessMissing(call, "ResourceNotFoundException"))?.addon;
}

/** Of what an update may change, only what changes is sent, and the role always: it would be taken away. */
export function addonUpdate(
  id: string,
  before: Properties,
  planned: Properties,
): UpdateAddonCommandInput | undefined {
  const changed = (key: string): boolean => changes(addonSchema, key, before, planned);
  const sent = ["addonVersion", "configurationValues", "podIdentityAssociations", "serviceAccountRoleArn"];
  if (!sent.some(changed)) return undefined;
  const roleArn = text(planned, "serviceAccountRoleArn");
  return {
    ...addonNames(id),
    ...(changed("addonVersion") && { addonVersion: text(planned, "addonVersion") }),
    ...(changed("configurationValues") && { configurationValues: text(planned, "configurationValues") }),
    ...(changed("podIdentityAssociations") && { podIdentityAssociations: associationsToSend(planned) ?? [] }),
    ...((changed("serviceAccountRoleArn") || roleArn !== "") && { serviceAccountRoleArn: roleArn }),
    resolveConflicts: resolution(planned, "resolveConflictsOnUpdate"),
  };
}

/** Waits for the end of an update. The status that came with the answer to it spares a look. */
export async function waitForUpdate(eks: EKSClient, id: string, answer: Update): Promise<void> {
  const { clusterName: name, addonName } = addonNames(id);
  let known: Update | undefined = answer;
  await waitForState({
    read: async () => {
      const current = known;
      known = undefined;
      if (current !== undefined) return current;
      const call = eks.send(new DescribeUpdateCommand({ name, addonName, updateId: answer.id }));
      return (await unlessMissing(call, "ResourceNotFoundException"))?.update;
    },
    statusOf: ({ status }) => status,
    pending: ["InProgress"],
    target: "Successful",
    reason: ({ errors = [] }) =>
      errors
        .map(({ resourceIds = [], errorCode = "", errorMessage = "" }) =>
          [resourceIds.join(", "), errorCode, errorMessage].join(": "),
        )
        .join("\n"),
    minutes: UPDATE_MINUTES,
  });
}

/** What is wrong with an add-on, as EKS says it. */
export function healthIssues({ health }: Addon): string {
  return (health?.issues ?? [])
    .map(({ resourceIds = [], code = "", message = "" }) =>
      [resourceIds.join(", "), code, message].join(": "),
    )
    .join("\n");
}

/** How a conflict is to be resolved. */
export function resolution(planned: Properties, key: string): UpdateAddonCommandInput["resolveConflicts"] {
  return optionalText(planned, key) as UpdateAddonCommandInput["resolveConflicts"];
}

/** The namespace to install it in; undefined: the add-on's own. */
export function namespaceToSend({ namespaceConfig }: Properties): { namespace: string } | undefined {
  const namespace = isProperties(namespaceConfig) ? optionalText(namespaceConfig, "namespace") : undefined;
  return namespace === undefined ? undefined : { namespace };
}

/** The add-on's own associations; undefined when there are none. */
export function associationsToSend({ podIdentityAssociations: given }: Properties) {
  const list = (Array.isArray(given) ? given : []).filter(isProperties);
  if (list.length === 0) return undefined;
  return list.map((item) => ({
    roleArn: text(item, "roleArn"),
    serviceAccount: text(item, "serviceAccount"),
  }));
}

/** The same as they are read: the add-on has no more than their ARNs (flattenAddonPodIdentityAssociations). */
export async function readAssociations(
  eks: EKSClient,
  clusterName: string,
  { podIdentityAssociations: arns = [] }: Addon,
): Promise<{ roleArn: string; serviceAccount: string }[]> {
  return Promise.all(
    arns.map(async (arn) => {
      const associationId = arn.split("/")[2];
      const call = new DescribePodIdentityAssociationCommand({ clusterName, associationId });
      const { association } = await explain("flattening pod_identity_association", eks.send(call));
      return { roleArn: association?.roleArn ?? "", serviceAccount: association?.serviceAccount ?? "" };
    }),
  );
}
