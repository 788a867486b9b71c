import { parseClusterArn } from "./clusterArn";
import type { PodIdentityMismatch } from "./mismatch";
import { podIdentityClusters } from "./podIdentity";
import { Evidence, type PodIdentityStatement } from "./podIdentityGenerated";
import { expectedExternalId, isClusterWide, PODS_SERVICE } from "./podIdentityRequest";
import { parseRoleArn } from "./principals";
import { parseSubject, subjectOf } from "./subject";
import { IdentityMode, type PodIdentityCluster, type TrustedCluster } from "./types";

/** A statement and its position in the document. */
export interface PlacedStatement {
  index: number;
  statement: PodIdentityStatement;
}

/** Who is admitted: a caller with one value of each part of its evidence. */
interface Admission {
  evidence: Evidence;
  baseRoleArn: string | undefined;
  values: string[];
}
type Who = Pick<PodIdentityMismatch, "cluster" | "subject">;

const EVERY_SERVICE_ACCOUNT = subjectOf("*", "*");

/**
 * Compares the statements for Pod Identity with the bindings: both are sets of admissions, and must be the same. It returns the first
 * admission that is in one of them alone, or that a document has twice.
 *
 * Each admission is looked at once, and the first that the bindings have not ends it: what it costs grows with the bindings, however
 * many combinations the lists of a document have.
 */
export function findPodIdentityMismatch(
  clusters: TrustedCluster[],
  statements: PlacedStatement[],
): PodIdentityMismatch | undefined {
  const bound = podIdentityClusters(clusters);
  const wanted = new Map<string, Who>();
  for (const cluster of bound) {
    const admissions = admissionsOf(cluster);
    if (!Array.isArray(admissions)) return admissions;
    for (const { admission, who } of admissions) wanted.set(keyOf(admission), who);
  }
  const found = new Set<string>();
  for (const { index, statement } of statements) {
    for (const values of combinations(statement.lists)) {
      const admission = { ...statement, values };
      const key = keyOf(admission);
      const who = wanted.get(key);
      if (!who) {
        const caller = admission.baseRoleArn ?? PODS_SERVICE;
        const reason = `statement ${index}: admits it as ${caller} asks for it`;
        return mismatch(whoOf(admission, bound), "deny", "allow", reason);
      }
      if (found.has(key)) {
        return mismatch(who, "allow", "indeterminate", `statement ${index}: admits it a second time`);
      }
      found.add(key);
    }
  }
  const [, left] = [...wanted].find(([key]) => !found.has(key)) ?? [];
  return left && mismatch(left, "allow", "deny", "no statement for Pod Identity admits it");
}

/** What the bindings of a cluster admit; a mismatch where that cannot be said by Pod Identity. */
function admissionsOf(
  cluster: PodIdentityCluster,
): { admission: Admission; who: Who }[] | PodIdentityMismatch {
  const { name, podIdentity, subjects, subjectPatterns = [] } = cluster;
  const { clusterArn, baseRoleArn } = podIdentity;
  const parts = parseClusterArn(clusterArn);
  const refused = (subject: string, reason: string) =>
    mismatch({ cluster: name, subject }, "allow", "indeterminate", reason);
  if (!parts || (baseRoleArn !== undefined && !parseRoleArn(baseRoleArn))) {
    const what = parts ? "base role's ARN" : "cluster's ARN";
    return refused(EVERY_SERVICE_ACCOUNT, `the ${what} cannot be read`);
  }
  if (isClusterWide(podIdentity)) {
    const admission = { evidence: Evidence.Cluster, baseRoleArn, values: [clusterArn] };
    const isBound = subjects.length + subjectPatterns.length > 0;
    return isBound ? [{ admission, who: { cluster: name, subject: EVERY_SERVICE_ACCOUNT } }] : [];
  }
  const inexact = "Pod Identity takes exact names of ServiceAccounts alone";
  const [pattern] = subjectPatterns;
  if (pattern !== undefined) return refused(pattern, inexact);
  const admissions: { admission: Admission; who: Who }[] = [];
  for (const subject of subjects) {
    const account = parseSubject(subject);
    // With a slash two ServiceAccounts might have one external ID.
    if (!account || subject.includes("/")) return refused(subject, inexact);
    const { namespace, name: serviceAccount } = account;
    const admission: Admission = podIdentity.disableSessionTags
      ? {
          evidence: Evidence.ExternalId,
          baseRoleArn,
          values: [expectedExternalId(parts, namespace, serviceAccount)],
        }
      : { evidence: Evidence.Tags, baseRoleArn, values: [clusterArn, namespace, serviceAccount] };
    admissions.push({ admission, who: { cluster: name, subject } });
  }
  return admissions;
}

/** Tells of an admission that no binding has. */
function whoOf({ evidence, values }: Admission, clusters: PodIdentityCluster[]): Who {
  const [first = "", second = "", third = ""] = values;
  if (evidence === Evidence.ExternalId) {
    const [region, accountId, clusterName, namespace = "", serviceAccount = ""] = first.split("/");
    const named = clusters.find(({ podIdentity }) => {
      const parts = parseClusterArn(podIdentity.clusterArn);
      return parts?.region === region && parts?.accountId === accountId && parts?.clusterName === clusterName;
    });
    return { cluster: named?.name ?? first, subject: subjectOf(namespace, serviceAccount) };
  }
  const named = clusters.find(({ podIdentity }) => podIdentity.clusterArn === first);
  const subject = evidence === Evidence.Cluster ? EVERY_SERVICE_ACCOUNT : subjectOf(second, third);
  return { cluster: named?.name ?? first, subject };
}

function mismatch(
  who: Who,
  wanted: PodIdentityMismatch["wanted"],
  decision: PodIdentityMismatch["decision"],
  reason: string,
): PodIdentityMismatch {
  return { identity: IdentityMode.PodIdentity, ...who, wanted, decision, reason };
}

function keyOf({ evidence, baseRoleArn = "", values }: Admission): string {
  return JSON.stringify([evidence, baseRoleArn, ...values]);
}

/** Each way to take one of each list, one after the other: nobody need wait for all. */
function* combinations(lists: string[][]): Generator<string[]> {
  const [first, ...others] = lists;
  if (!first) {
    yield [];
    return;
  }
  for (const value of first) {
    for (const rest of combinations(others)) yield [value, ...rest];
  }
}
