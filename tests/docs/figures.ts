import { buildTrustPolicy } from "../../trust/policy";
import { trustPolicySize } from "../../trust/size";
import type { TrustedCluster, TrustPolicyForm, TrustPolicyOptions } from "../../trust/types";
import { trustedFleet } from "../support/fleet";
import { ACCOUNT } from "../support/mockCloud";
import { podIdentityFleet } from "../support/podIdentity";

export const LIMITS = [2048, 4096, 8192];

/** Clusters of a row of the page's tables. */
export interface Row {
  form: TrustPolicyForm;
  region?: string;
  /** How many ServiceAccounts each cluster has, with names of one length. */
  serviceAccounts?: number;
  changes?: Partial<TrustedCluster>;
  options?: TrustPolicyOptions;
}

/** The size of the document for so many clusters. */
export function sizeOf(count: number, row: Row): number {
  const { form, region = "us-east-1", serviceAccounts = 1, changes = {}, options = {} } = row;
  const partition = partitionOf(region);
  const subjects = Array.from(
    { length: serviceAccounts },
    (_, index) => `system:serviceaccount:default:s3-reade${"rst".charAt(index)}`,
  );
  const clusters = trustedFleet(count, { region, partition, subjects }).map((cluster) => ({
    ...cluster,
    oidcProviderClientIds: ["sts.amazonaws.com"],
    ...changes,
  }));
  return trustPolicySize(buildTrustPolicy(clusters, { form, ...options }));
}

function partitionOf(region: string): string {
  return region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** How many clusters fit, found by trying. */
export function fits(limit: number, row: Row): number {
  return most((count) => sizeOf(count, row) <= limit);
}

/** The largest number under 256 up to which this holds. */
export function most(holds: (count: number) => boolean): number {
  let count = 0;
  for (let step = 128; step >= 1; step /= 2) {
    if (holds(count + step)) count += step;
  }
  return count;
}

/** Clusters of a row of the table about Pod Identity. */
export interface PodRow {
  region?: string;
  /** As the table has it. */
  associations?: string;
  /** Names in the namespace `default`, of each cluster. */
  names?: string[];
  /** How many clusters are beside them with another ServiceAccount. */
  others?: number;
}

/** The size of the document for so many clusters of one group by Pod Identity. */
export function podSizeOf(count: number, row: PodRow = {}): number {
  const { region = "us-east-1", associations = "", names = ["s3-reader"], others = 0 } = row;
  const partition = partitionOf(region);
  const podIdentity = {
    ...(associations.includes("base role") && { baseRoleArn: `arn:${partition}:iam::${ACCOUNT}:role/base` }),
    ...(associations.includes("tags off") && { disableSessionTags: true }),
  };
  const clusters = podIdentityFleet(count + others, { region, partition, podIdentity });
  const subjectsOf = (some: string[]) => some.map((name) => `system:serviceaccount:default:${name}`);
  const bound = clusters.map((cluster, index) => ({
    ...cluster,
    subjects: subjectsOf(index < count ? names : ["s3-writer"]),
  }));
  return trustPolicySize(buildTrustPolicy(bound));
}
