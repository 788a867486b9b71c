import { randomUUID } from "node:crypto";
import { AwsError, type Answer } from "../query";
import { jsonAnswer, type RawCall, type RestCall, type RestRoute } from "../rest";
import { clusterOfCall, type PodIdentityParts } from "./clusters";
import { pageOf, refuseUnknown, requiredField, seconds, tagsField, textField } from "./fields";
import { eksArn, type Addon, type ClusterPlace } from "./store";

/** The one add-on that the lab has: the agent that gives pods the credentials of their association. */
export const agentAddon = "eks-pod-identity-agent";

// What a user saw on EKS 1.34 (aws/eks-pod-identity-agent#153).
const DEFAULT_VERSION = "v1.3.10-eksbuild.2";

const all = "/clusters/{cluster}/addons";
const one = `${all}/{addon}`;

/** EKS's calls for add-ons: botocore's eks service model has their shapes. An add-on is ACTIVE at once. */
export const addonRoutes: RestRoute<PodIdentityParts>[] = [
  { service: "eks", method: "POST", path: all, answer: create },
  { service: "eks", method: "GET", path: all, answer: list },
  { service: "eks", method: "GET", path: one, answer: describe },
  { service: "eks", method: "POST", path: `${one}/update`, answer: update },
  { service: "eks", method: "DELETE", path: one, answer: remove },
];

const settings = ["addonVersion", "configurationValues", "resolveConflicts", "clientRequestToken"];

async function create(call: RestCall, parts: PodIdentityParts, raw: RawCall): Promise<Answer> {
  const cluster = await clusterOfCall("CreateAddon", call, parts, raw);
  refuseUnknown(call, ["addonName", "tags", ...settings]);
  const name = requiredField(call, "addonName");
  if (name !== agentAddon) {
    throw new AwsError("NotImplementedException", `The lab's EKS has no add-on but ${agentAddon}.`, 501);
  }
  const { addons } = parts.podIdentity.of(cluster);
  if (addons.has(name)) throw new AwsError("ResourceInUseException", "Addon already exists.", 409);
  const now = new Date();
  const addon: Addon = {
    name,
    arn: eksArn(cluster, `addon/${cluster.name}/${name}/${randomUUID()}`),
    version: textField(call, "addonVersion") ?? DEFAULT_VERSION,
    configurationValues: textField(call, "configurationValues"),
    tags: tagsField(call),
    createdAt: now,
    modifiedAt: now,
  };
  addons.set(name, addon);
  return answerWith(cluster, addon, "ACTIVE");
}

async function list(call: RestCall, parts: PodIdentityParts, raw: RawCall): Promise<Answer> {
  const cluster = await clusterOfCall("ListAddons", call, parts, raw);
  const { page, nextToken } = pageOf(call, [...parts.podIdentity.of(cluster).addons.keys()]);
  return jsonAnswer({ addons: page, ...(nextToken === undefined ? {} : { nextToken }) });
}

async function describe(call: RestCall, parts: PodIdentityParts, raw: RawCall): Promise<Answer> {
  const cluster = await clusterOfCall("DescribeAddon", call, parts, raw);
  return answerWith(cluster, found(call, parts, cluster), "ACTIVE");
}

async function update(call: RestCall, parts: PodIdentityParts, raw: RawCall): Promise<Answer> {
  const cluster = await clusterOfCall("UpdateAddon", call, parts, raw);
  refuseUnknown(call, settings);
  const addon = found(call, parts, cluster);
  addon.version = textField(call, "addonVersion") ?? addon.version;
  addon.configurationValues = textField(call, "configurationValues") ?? addon.configurationValues;
  addon.modifiedAt = new Date();
  const params = [
    { type: "AddonVersion", value: addon.version },
    { type: "ConfigurationValues", value: addon.configurationValues ?? "" },
  ];
  const createdAt = seconds(addon.modifiedAt);
  const done = { id: randomUUID(), status: "Successful", type: "AddonUpdate", params, createdAt, errors: [] };
  return jsonAnswer({ update: done });
}

async function remove(call: RestCall, parts: PodIdentityParts, raw: RawCall): Promise<Answer> {
  const cluster = await clusterOfCall("DeleteAddon", call, parts, raw);
  const addon = found(call, parts, cluster);
  parts.podIdentity.of(cluster).addons.delete(addon.name);
  return answerWith(cluster, addon, "DELETING");
}

function found(call: RestCall, { podIdentity }: PodIdentityParts, cluster: ClusterPlace): Addon {
  const { addon: name = "" } = call.path;
  const addon = podIdentity.of(cluster).addons.get(name);
  if (addon) return addon;
  throw new AwsError("ResourceNotFoundException", `No addon: ${name} found in cluster: ${cluster.name}`, 404);
}

function answerWith(cluster: ClusterPlace, addon: Addon, status: "ACTIVE" | "DELETING"): Answer {
  const { configurationValues } = addon;
  return jsonAnswer({
    addon: {
      addonName: addon.name,
      clusterName: cluster.name,
      status,
      addonVersion: addon.version,
      health: { issues: [] },
      addonArn: addon.arn,
      createdAt: seconds(addon.createdAt),
      modifiedAt: seconds(addon.modifiedAt),
      tags: addon.tags,
      ...(configurationValues === undefined ? {} : { configurationValues }),
    },
  });
}
