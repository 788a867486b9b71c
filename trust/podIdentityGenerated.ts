import {
  type Clause,
  clausesOf,
  extraProblem,
  namesAlone,
  plainProblem,
  tableOf,
  UNREADABLE_CONDITIONS,
} from "./clauses";
import { parseClusterArn } from "./clusterArn";
import type { TrustConditions } from "./extras";
import {
  ASSUME_ROLE,
  CLUSTER_ARN_TAG,
  EXTERNAL_ID,
  NAMESPACE_TAG,
  PODS_SERVICE,
  SERVICE_ACCOUNT_TAG,
  SOURCE_ACCOUNT,
  SOURCE_ARN,
  TAG_SESSION,
} from "./podIdentityRequest";
import { parseRoleArn } from "./principals";
import { isRecord, stringsOf } from "./values";

/** By what a statement tells who it is that comes by Pod Identity. */
export enum Evidence {
  /** By the session tags: cluster ARN, namespace, ServiceAccount. */
  Tags = "Tags",
  /** By the cluster alone, where tags are off. */
  Cluster = "Cluster",
  /** By the external ID, where tags are off and a base role asks. */
  ExternalId = "ExternalId",
}

/** A statement that admits by Pod Identity, in the few words that the builder uses. */
export interface PodIdentityStatement {
  evidence: Evidence;
  /** ARN of the base role that it admits; undefined for EKS itself. */
  baseRoleArn: string | undefined;
  /** For each of the evidence's parts its values: every combination of one of each is admitted. */
  lists: string[][];
}

/** The conditions of a statement by its evidence: all of them are `StringEquals`. */
const KEYS: Record<Evidence, string[]> = {
  Tags: [CLUSTER_ARN_TAG, NAMESPACE_TAG, SERVICE_ACCOUNT_TAG],
  Cluster: [SOURCE_ARN, SOURCE_ACCOUNT],
  ExternalId: [EXTERNAL_ID],
};
const ACTIONS: Record<Evidence, string[]> = {
  Tags: [ASSUME_ROLE, TAG_SESSION],
  Cluster: [ASSUME_ROLE],
  ExternalId: [ASSUME_ROLE],
};

/** Whether a statement is about EKS Pod Identity alone, or about one role alone. */
export function isForPodIdentity(statement: unknown): boolean {
  return isRecord(statement) && callerOf(statement.Principal) !== undefined;
}

function callerOf(principal: unknown): { baseRoleArn: string | undefined } | undefined {
  const [service, otherService] = namesAlone(principal, "Service") ?? [];
  if (service === PODS_SERVICE && otherService === undefined) {
    return { baseRoleArn: undefined };
  }
  const [role, otherRole] = namesAlone(principal, "AWS") ?? [];
  const one = role !== undefined && otherRole === undefined && parseRoleArn(role) !== undefined;
  return one ? { baseRoleArn: role } : undefined;
}

/**
 * Reads a generated statement. It must be an Allow of the evidence's actions for the one principal, with `StringEquals` on each of the
 * evidence's keys, written as the builder writes them, and with exactly the extra conditions. The evidence's own keys are never extra.
 *
 * @returns what is wrong, as a text, for any other.
 */
export function readPodIdentity(statement: unknown, extra: TrustConditions): PodIdentityStatement | string {
  const problem = plainProblem(statement);
  const caller = isRecord(statement) ? callerOf(statement.Principal) : undefined;
  if (!isRecord(statement) || !caller || problem !== undefined) {
    return problem ?? "is not for Pod Identity alone";
  }
  const clauses = clausesOf(statement.Condition ?? {});
  if (!clauses) {
    return UNREADABLE_CONDITIONS;
  }
  const evidence = evidenceOf(clauses, caller.baseRoleArn);
  const actions = ACTIONS[evidence];
  if (stringsOf(statement.Action)?.sort().join() !== actions.join()) {
    return `is not about ${actions.join(" and ")} alone`;
  }
  const isOwn = ({ key }: Clause) => KEYS[evidence].some((own) => own.toLowerCase() === key.toLowerCase());
  const wanted = tableOf((clausesOf(extra) ?? []).filter((clause) => !isOwn(clause)));
  const others = clauses.filter((clause) => !isOwn(clause));
  const lists = listsOf(clauses.filter(isOwn), evidence);
  const fault = typeof lists === "string" ? lists : extraProblem(others, wanted);
  return fault === undefined && typeof lists !== "string"
    ? { evidence, baseRoleArn: caller.baseRoleArn, lists }
    : (fault ?? "");
}

/** A statement with any of the tags' conditions is to be one of them. */
function evidenceOf(clauses: Clause[], baseRoleArn: string | undefined): Evidence {
  const tags = KEYS.Tags.map((key) => key.toLowerCase());
  if (clauses.some(({ key }) => tags.includes(key.toLowerCase()))) {
    return Evidence.Tags;
  }
  return baseRoleArn === undefined ? Evidence.Cluster : Evidence.ExternalId;
}

/** The values of each key; or what is wrong with the conditions on them. */
function listsOf(own: Clause[], evidence: Evidence): string[][] | string {
  const keys = KEYS[evidence];
  const strange = own.find(
    ({ operator, key, values }) =>
      operator !== "StringEquals" || !keys.includes(key) || values.some((value) => value.includes("${")),
  );
  if (strange) {
    return `has a condition of another kind: ${strange.operator} on ${strange.key}`;
  }
  const found = new Map(own.map(({ key, values }) => [key, values]));
  const missing = keys.find((key) => !found.has(key));
  if (missing !== undefined) {
    return `lacks StringEquals on ${missing}`;
  }
  const lists = keys.map((key) => found.get(key) ?? []);
  return evidence === Evidence.Cluster ? sourceLists(lists) : lists;
}

/** The accounts say nothing that the clusters' ARNs do not, if they are the same: then the ARNs alone tell who is admitted. */
function sourceLists([arns = [], accounts = []]: string[][]): string[][] | string {
  const named = new Set(arns.map((arn) => parseClusterArn(arn)?.accountId));
  const listed = new Set<string | undefined>(accounts);
  const same = named.size === listed.size && [...named].every((account) => listed.has(account));
  return same ? [arns] : `has other accounts under ${SOURCE_ACCOUNT} than under ${SOURCE_ARN}`;
}
