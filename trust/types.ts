import type { ExtraTrustStatement, TrustConditions } from "./extras";

/** The one audience of IRSA, the same in every partition. */
export const STS_AUDIENCE = "sts.amazonaws.com";
export const WEB_IDENTITY_ACTION = "sts:AssumeRoleWithWebIdentity";

/** How the trust policy is written. Each form admits exactly the bound ServiceAccounts; they differ in size, and in what a slip does. */
export enum TrustPolicyForm {
  /** One statement for each OIDC provider, with `StringEquals` on subject and audience: a slip denies. */
  StatementPerCluster = "StatementPerCluster",
  /**
   * The same without the audience, which the provider's client ID list enforces instead: only where every provider's list is
   * known to be exactly `sts.amazonaws.com`. A slip denies.
   */
  SubjectOnly = "SubjectOnly",
  /**
   * All providers in one statement, `StringEqualsIfExists` on each issuer's subject. The smallest, and the one in which a slip
   * OPENS: a provider that stands in it without its key admits every ServiceAccount of that cluster. Only when asked for.
   */
  SingleStatement = "SingleStatement",
  /** The first of `StatementPerCluster` and `SubjectOnly` that fits; never `SingleStatement`. */
  Auto = "Auto",
}

/** A form as a document is really written. */
export type WrittenForm = Exclude<TrustPolicyForm, TrustPolicyForm.Auto>;

/** One cluster as the trust policy sees it. */
export interface TrustedCluster {
  /** Orders the statements, and names the cluster in errors. */
  name: string;
  /** ARN of the cluster's OIDC provider, in the role's account. Condition keys are derived from it, never typed. */
  oidcProviderArn: string;
  /** `system:serviceaccount:<namespace>:<name>`, each exactly one ServiceAccount. */
  subjects: string[];
  /** The same with `*` in namespace or name. Default: none. One of the two lists must have a member. */
  subjectPatterns?: string[];
  /**
   * The provider's client ID list, where it is known. The forms without an audience want it to be exactly
   * `["sts.amazonaws.com"]`. Default: not known.
   */
  oidcProviderClientIds?: string[];
}

/** How a trust policy is to be built. */
export interface TrustPolicyOptions {
  /** Default: `StatementPerCluster`. */
  form?: TrustPolicyForm;
  /** The limit that `Auto` has in mind, in characters without white space. Default: 2048. */
  maxSize?: number;
  /** Conditions that each generated statement has beside its own: all of them must hold. Default: none. */
  conditions?: TrustConditions;
  /** Statements that stand beside the generated ones, at the end. Default: none. */
  statements?: ExtraTrustStatement[];
}

export interface TrustStatement {
  Sid?: string;
  Effect: "Allow";
  Principal: { Federated?: string | string[]; AWS?: string | string[] };
  Action: string | string[];
  Condition?: { [operator: string]: { [key: string]: string | string[] } };
}

/** A role's trust policy (its assume-role policy document). */
export interface TrustPolicy {
  Version: "2012-10-17";
  Statement: TrustStatement[];
}
