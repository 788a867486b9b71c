import { buildTrustPolicy } from "../../trust/policy";
import { trustPolicySize } from "../../trust/size";
import type { TrustedCluster, TrustPolicyForm, TrustPolicyOptions } from "../../trust/types";
import { trustedFleet } from "../support/fleet";

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
  const partition = region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
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

/** How many clusters fit, found by trying. */
export function fits(limit: number, row: Row): number {
  let count = 0;
  while (sizeOf(count + 1, row) <= limit) count++;
  return count;
}
