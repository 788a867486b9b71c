/** What IAM takes unless the quota was raised (Service Quotas L-C07B4B0D). */
export const DEFAULT_MAX_SIZE = 2048;
/** The most that the quota can be raised to. */
export const LARGEST_MAX_SIZE = 8192;

/**
 * The size of a trust policy as IAM counts it: its characters without white space.
 *
 * @param policy the document, or its JSON text as it would be sent.
 * @example
 * if (trustPolicySize(trustPolicyJson) > 2048) throw new Error("IAM takes this only where the account's quota was raised");
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export function trustPolicySize(policy: object | string): number {
  const text = typeof policy === "string" ? policy : JSON.stringify(policy);
  return text.replace(/\s/g, "").length;
}
