import { randomInt } from "node:crypto";
import { AwsError, type Answer } from "../query";
import { jsonAnswer, type RawCall, type RestCall, type RestRoute } from "../rest";
import { clusterOfCall, type PodIdentityParts } from "./clusters";
import {
  booleanField,
  invalidParameter,
  pageOf,
  refuseUnknown,
  requiredField,
  seconds,
  tagsField,
  textField,
} from "./fields";
import { checkRole, placeOfRole } from "./roles";
import { eksArn, type Association, type ClusterPlace } from "./store";

const all = "/clusters/{cluster}/pod-identity-associations";
const one = `${all}/{id}`;

/** EKS's calls for Pod Identity associations: botocore's eks service model has their shapes. */
export const associationRoutes: RestRoute<PodIdentityParts>[] = [
  { service: "eks", method: "POST", path: all, answer: create },
  { service: "eks", method: "GET", path: all, answer: list },
  { service: "eks", method: "GET", path: one, answer: describe },
  { service: "eks", method: "POST", path: one, answer: update },
  { service: "eks", method: "DELETE", path: one, answer: remove },
];

async function create(call: RestCall, parts: PodIdentityParts, raw: RawCall): Promise<Answer> {
  const cluster = await clusterOfCall("CreatePodIdentityAssociation", call, parts, raw);
  const settings = ["roleArn", "targetRoleArn", "disableSessionTags", "policy", "clientRequestToken"];
  refuseUnknown(call, ["namespace", "serviceAccount", "tags", ...settings]);
  const subject = {
    namespace: requiredField(call, "namespace"),
    serviceAccount: requiredField(call, "serviceAccount"),
  };
  const wanted = {
    roleArn: requiredField(call, "roleArn"),
    disableSessionTags: booleanField(call, "disableSessionTags") ?? false,
    targetRoleArn: textField(call, "targetRoleArn") || undefined,
    policy: textField(call, "policy") || undefined,
  };
  const tags = tagsField(call);
  await cluster.caller.mustPass(wanted.roleArn);
  await checkSettings(parts, cluster, wanted);

  // No waiting from here on: of two calls for one ServiceAccount the second must see the first's.
  const { associations } = parts.podIdentity.of(cluster);
  const clientRequestToken = textField(call, "clientRequestToken");
  const existing = [...associations.values()].find(
    ({ namespace, serviceAccount }) =>
      namespace === subject.namespace && serviceAccount === subject.serviceAccount,
  );
  if (existing) {
    const isSameCall = clientRequestToken !== undefined && clientRequestToken === existing.clientRequestToken;
    if (isSameCall) return answerWith(cluster, existing);
    throw new AwsError("ResourceInUseException", `Association already exists: ${existing.id}`, 409);
  }
  const id = newId();
  const now = new Date();
  const arn = eksArn(cluster, `podidentityassociation/${cluster.name}/${id}`);
  const times = { createdAt: now, modifiedAt: now };
  const association = { id, arn, ...subject, ...wanted, tags, ...times, clientRequestToken };
  associations.set(id, association);
  return answerWith(cluster, association);
}

async function list(call: RestCall, parts: PodIdentityParts, raw: RawCall): Promise<Answer> {
  const cluster = await clusterOfCall("ListPodIdentityAssociations", call, parts, raw);
  const [namespace, serviceAccount] = [call.query.get("namespace"), call.query.get("serviceAccount")];
  const found = [...parts.podIdentity.of(cluster).associations.values()].filter(
    (association) =>
      (namespace === null || association.namespace === namespace) &&
      (serviceAccount === null || association.serviceAccount === serviceAccount),
  );
  const { page, nextToken } = pageOf(call, found);
  const associations = page.map((association) => summaryOf(cluster, association));
  return jsonAnswer({ associations, ...(nextToken === undefined ? {} : { nextToken }) });
}

async function describe(call: RestCall, parts: PodIdentityParts, raw: RawCall): Promise<Answer> {
  const cluster = await clusterOfCall("DescribePodIdentityAssociation", call, parts, raw);
  return answerWith(cluster, found(call, parts, cluster));
}

async function update(call: RestCall, parts: PodIdentityParts, raw: RawCall): Promise<Answer> {
  const cluster = await clusterOfCall("UpdatePodIdentityAssociation", call, parts, raw);
  const settings = ["roleArn", "targetRoleArn", "disableSessionTags", "policy"];
  refuseUnknown(call, [...settings, "clientRequestToken"]);
  if (!settings.some((name) => call.body[name] !== undefined)) {
    throw invalidParameter(`An update must change one of ${settings.join(", ")}.`);
  }
  const before = found(call, parts, cluster);
  // An empty text takes a target role or a policy away.
  const kept = (name: string, value: string | undefined) => (textField(call, name) ?? value) || undefined;
  const wanted = {
    roleArn: textField(call, "roleArn") ?? before.roleArn,
    disableSessionTags: booleanField(call, "disableSessionTags") ?? before.disableSessionTags,
    targetRoleArn: kept("targetRoleArn", before.targetRoleArn),
    policy: kept("policy", before.policy),
  };
  await cluster.caller.mustPass(wanted.roleArn);
  await checkSettings(parts, cluster, wanted);
  const association = { ...found(call, parts, cluster), ...wanted, modifiedAt: new Date() };
  parts.podIdentity.of(cluster).associations.set(association.id, association);
  return answerWith(cluster, association);
}

async function remove(call: RestCall, parts: PodIdentityParts, raw: RawCall): Promise<Answer> {
  const cluster = await clusterOfCall("DeletePodIdentityAssociation", call, parts, raw);
  const association = found(call, parts, cluster);
  parts.podIdentity.of(cluster).associations.delete(association.id);
  return answerWith(cluster, association);
}

function found(call: RestCall, { podIdentity }: PodIdentityParts, cluster: ClusterPlace): Association {
  const { id = "" } = call.path;
  const association = podIdentity.of(cluster).associations.get(id);
  if (association) return association;
  throw new AwsError(
    "ResourceNotFoundException",
    `No association found in cluster: ${cluster.name} for id: ${id}`,
    404,
  );
}

type Settings = Pick<Association, "roleArn" | "disableSessionTags" | "targetRoleArn" | "policy">;

async function checkSettings(
  { accounts }: PodIdentityParts,
  cluster: ClusterPlace,
  wanted: Settings,
): Promise<void> {
  const { policy, targetRoleArn } = wanted;
  if (policy !== undefined && !wanted.disableSessionTags) {
    throw invalidParameter("disableSessionTags must be true when a policy is specified.");
  }
  if (policy !== undefined && !isJsonObject(policy))
    throw invalidParameter("The policy is not a JSON object.");
  if (targetRoleArn !== undefined && !placeOfRole(targetRoleArn)) {
    throw invalidParameter("The target role ARN provided is invalid.");
  }
  await checkRole(accounts, cluster, wanted);
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

function newId(): string {
  const letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  return `a-${Array.from({ length: 17 }, () => letters.charAt(randomInt(letters.length))).join("")}`;
}

/** What a target role's trust policy can ask for in `sts:ExternalId`. */
export function externalIdOf(
  { region, accountId, name }: ClusterPlace,
  association: Pick<Association, "namespace" | "serviceAccount">,
): string {
  return [region, accountId, name, association.namespace, association.serviceAccount].join("/");
}

function summaryOf(cluster: ClusterPlace, association: Association): Record<string, unknown> {
  return {
    clusterName: cluster.name,
    namespace: association.namespace,
    serviceAccount: association.serviceAccount,
    associationArn: association.arn,
    associationId: association.id,
  };
}

function answerWith(cluster: ClusterPlace, association: Association): Answer {
  const { targetRoleArn, policy } = association;
  return jsonAnswer({
    association: {
      ...summaryOf(cluster, association),
      roleArn: association.roleArn,
      tags: association.tags,
      createdAt: seconds(association.createdAt),
      modifiedAt: seconds(association.modifiedAt),
      disableSessionTags: association.disableSessionTags,
      ...(targetRoleArn === undefined
        ? {}
        : { targetRoleArn, externalId: externalIdOf(cluster, association) }),
      ...(policy === undefined ? {} : { policy }),
    },
  });
}
