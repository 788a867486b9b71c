import {
  CreateAddonCommand,
  DeleteAddonCommand,
  UpdateAddonCommand,
  type EKSClient,
} from "@aws-sdk/client-eks";
import type { Properties } from "../../shared/server";
import type { AwsClients } from "../clients";
import { explain, unlessMissing, type AwsError } from "../errors";
import { splitImportId } from "../regions";
import { optionalText, text, type ResourceDefinition } from "../schema";
import { fromTagMap, readTags, tagMapToCreate } from "../tags";
import { withoutFraction } from "../times";
import { insist, waitForState } from "../waiting";
import {
  addonNames,
  addonUpdate,
  associationsToSend,
  findAddon,
  healthIssues,
  namespaceToSend,
  readAssociations,
  resolution,
  waitForUpdate,
} from "./addonCalls";
import { addonSchema as schema } from "./addonSchema";
import { changeEksTags } from "./eksTags";

const CREATE_MINUTES = 20;
const DELETE_MINUTES = 40;

/** `aws:eks/addon:Addon`: internal/service/eks/addon.go of terraform-provider-aws. */
export const addon: ResourceDefinition = {
  schema,

  parseId(given) {
    const { id, region } = splitImportId(given);
    return { ...addonNames(id), ...region };
  },

  idOf: (state) => `${text(state, "clusterName")}:${text(state, "addonName")}`,

  async create(aws, planned) {
    const [clusterName, addonName] = [text(planned, "clusterName"), text(planned, "addonName")];
    const id = `${clusterName}:${addonName}`;
    const call = new CreateAddonCommand({
      clusterName,
      addonName,
      addonVersion: optionalText(planned, "addonVersion"),
      configurationValues: optionalText(planned, "configurationValues"),
      namespaceConfig: namespaceToSend(planned),
      podIdentityAssociations: associationsToSend(planned),
      resolveConflicts: resolution(planned, "resolveConflictsOnCreate"),
      serviceAccountRoleArn: optionalText(planned, "serviceAccountRoleArn"),
      tags: tagMapToCreate(planned),
    });
    const eks = clientOf(aws, planned);
    await explain(
      `creating EKS Add-On (${id})`,
      insist(() => eks.send(call), passesInTime),
    );
    return id;
  },

  async settle(aws, id, planned) {
    const eks = clientOf(aws, planned);
    await explain(
      `waiting for EKS Add-On (${id}) create`,
      waitForState({
        read: () => findAddon(eks, id),
        statusOf: ({ status }) => status,
        pending: ["CREATING", "DEGRADED"],
        target: "ACTIVE",
        reason: healthIssues,
        minutes: CREATE_MINUTES,
      }),
    );
  },

  async read(aws, given, prior) {
    const { id } = splitImportId(given);
    const { clusterName, addonName } = addonNames(id);
    const eks = clientOf(aws, prior);
    const found = await explain(`reading EKS Add-On (${id})`, findAddon(eks, id));
    if (found === undefined) return undefined;
    const associations = await readAssociations(eks, clusterName, found);
    const { namespaceConfig, serviceAccountRoleArn } = found;
    return {
      addonName: found.addonName ?? addonName,
      addonVersion: found.addonVersion ?? "",
      arn: found.addonArn ?? "",
      clusterName: found.clusterName ?? clusterName,
      configurationValues: found.configurationValues ?? "",
      createdAt: withoutFraction(found.createdAt),
      modifiedAt: withoutFraction(found.modifiedAt),
      ...(namespaceConfig?.namespace && { namespaceConfig: { namespace: namespaceConfig.namespace } }),
      ...(associations.length > 0 && { podIdentityAssociations: associations }),
      region: optionalText(prior, "region") ?? aws.region,
      ...(serviceAccountRoleArn && { serviceAccountRoleArn }),
      ...readTags(fromTagMap(found.tags), prior, aws.providerConfig),
    };
  },

  async update(aws, id, before, planned) {
    const eks = clientOf(aws, before);
    await changeEksTags(eks, "EKS (Elastic Kubernetes) Add-On", text(before, "arn"), before, planned);
    const input = addonUpdate(id, before, planned);
    if (input === undefined) return;
    const { update = {} } = await explain(
      `updating EKS Add-On (${id})`,
      eks.send(new UpdateAddonCommand(input)),
    );
    const overwrites = input.resolveConflicts === "OVERWRITE";
    await explain(
      `waiting for EKS Add-On (${id}) update (${update.id ?? ""})`,
      waitForUpdate(eks, id, update).catch((error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        const hint = overwrites ? "" : '. Consider setting resolve_conflicts_on_update to "OVERWRITE"';
        throw new Error(`${message}${hint}`, { cause: error });
      }),
    );
  },

  async delete(aws, id, state) {
    const eks = clientOf(aws, state);
    const call = new DeleteAddonCommand({ ...addonNames(id), preserve: state.preserve === true });
    const doing = `deleting EKS Add-On (${id})`;
    const answer = await explain(doing, unlessMissing(eks.send(call), "ResourceNotFoundException"));
    if (answer === undefined) return;
    await explain(
      `waiting for EKS Add-On (${id}) delete`,
      waitForState({
        read: () => findAddon(eks, id),
        statusOf: ({ status }) => status,
        pending: ["ACTIVE", "DELETING"],
        reason: healthIssues,
        minutes: DELETE_MINUTES,
      }),
    );
  },
};

function clientOf(aws: AwsClients, properties: Properties): EKSClient {
  return aws.eks(optionalText(properties, "region"));
}

function passesInTime({ code, message }: AwsError): boolean {
  return code === "InvalidParameterException" && /CREATE_FAILED|does not exist/.test(message);
}
