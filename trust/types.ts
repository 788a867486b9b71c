import type { ExtraTrustStatement, TrustConditions } from "./extras";

/** How the pods of a cluster come to the role, or how the role takes them. */
export enum IdentityMode {
  /** By the token of their ServiceAccount, through the cluster's OIDC provider (IAM roles for service accounts). */
  Irsa = "Irsa",
  /** By both; EKS gives a new pod Pod Identity's credentials where it has an association. The step between the two others. */
  Both = "Both",
  /** By an EKS Pod Identity association. */
  PodIdentity = "PodIdentity",
}

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
  /**
   * ARN of the cluster's OIDC provider, in the role's account. Condition keys are derived from it, never typed. Default: no web
   * identity of the cluster is admitted.
   */
  oidcProviderArn?: string;
  /** `system:serviceaccount:<namespace>:<name>`, each exactly one ServiceAccount. */
  subjects: string[];
  /** The same with `*` in namespace or name. Default: none. One of the two lists must have a member. */
  subjectPatterns?: string[];
  /**
   * The provider's client ID list, where it is known. The forms without an audience want it to be exactly
   * `["sts.amazonaws.com"]`. Default: not known.
   */
  oidcProviderClientIds?: string[];
  /** Admits the same ServiceAccounts by Pod Identity, which takes no patterns. Default: not. */
  podIdentity?: TrustedPodIdentity;
}

/** A cluster that the trust policy admits web identities of. */
export type WebIdentityCluster = TrustedCluster & { oidcProviderArn: string };
/** A cluster that the trust policy admits by Pod Identity. */
export type PodIdentityCluster = TrustedCluster & { podIdentity: TrustedPodIdentity };

/** How a cluster comes to the role by Pod Identity. */
export interface TrustedPodIdentity {
  /** ARN of the EKS cluster: `arn:<partition>:eks:<region>:<account>:cluster/<name>`. */
  clusterArn: string;
  /**
   * ARN of the role in the cluster's account that the associations name, where this one is their target role. Default: the
   * associations name this role, and EKS assumes it.
   */
  baseRoleArn?: string;
  /**
   * Says that the associations' session tags are off. Then IAM sees the cluster alone, and every association of it is admitted that
   * names the role; with a base role it sees the external ID, which is of one ServiceAccount. Default: false.
   */
  disableSessionTags?: boolean;
}

/** How a trust policy is to be built. */
export interface TrustPolicyOptions {
  /** Default: `StatementPerCluster`. */
  form?: TrustPolicyForm;
  /** The limit that `Auto` has in mind, in characters without white space. Default: 2048. */
  maxSize?: number;
  /** Conditions that each statement for web identities has beside its own: all of them must hold. Default: none. */
  conditions?: TrustConditions;
  /** The same for the statements for Pod Identity. Where there are `conditions`, it must be said, if only to be `{}`. Default: none. */
  podIdentityConditions?: TrustConditions;
  /** Statements that stand beside the generated ones, at the end. Default: none. */
  statements?: ExtraTrustStatement[];
}

/**
 * One statement of a trust policy.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
 */
export interface TrustStatement {
  /** Its name in the document. Only extra statements may have one. */
  Sid?: string;
  /** What is built here only ever allows. */
  Effect: "Allow";
  /** Who may assume the role: one kind of principal in each statement. */
  Principal: {
    /** ARNs of OIDC providers. */
    Federated?: string | string[];
    /** ARNs of roles and accounts. */
    AWS?: string | string[];
    /** Pod Identity's service. */
    Service?: string;
  };
  /** What is asked of STS. */
  Action: string | string[];
  /** Values by condition key by operator: all operators and keys must hold, of a key's values one. */
  Condition?: { [operator: string]: { [key: string]: string | string[] } };
}

/** A role's trust policy (its assume-role policy document). */
export interface TrustPolicy {
  /** Version of the policy language. */
  Version: "2012-10-17";
  /** The statements, any of which may allow. */
  Statement: TrustStatement[];
}
