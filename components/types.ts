import type * as pulumi from "@pulumi/pulumi";
import type { ExtraTrustStatement, TrustConditions } from "../trust/extras";
import type { SubjectMatch } from "../trust/subject";
import type { IdentityMode, TrustPolicyForm } from "../trust/types";
import type { BaseRole } from "./podIdentityTypes";

/** One EKS cluster (or any cluster with a public OIDC issuer) whose ServiceAccounts may assume the role. */
export interface IrsaCluster {
  /**
   * Name of the cluster, unique in the list. It is part of the URN of everything made for the cluster: plain text, and
   * see `formerNames` before changing it. Letters, digits, `-` and `_`, as EKS names.
   */
  name: string;
  /**
   * The cluster's OIDC issuer URL, byte for byte as `aws eks describe-cluster --query cluster.identity.oidc.issuer`
   * prints it: `https://oidc.eks.<region>.amazonaws.com/id/<id>`.
   * @see https://docs.aws.amazon.com/eks/latest/userguide/enable-iam-roles-for-service-accounts.html
   */
  issuerUrl: pulumi.Input<string>;
  /**
   * ARN of an IAM OIDC provider that exists already for this issuer, in the role's account: it is adopted, which means
   * used and never changed or deleted. Default: the provider is created. An account takes one provider for each issuer.
   */
  oidcProviderArn?: pulumi.Input<string>;
  /**
   * The client ID list of the OIDC provider that is adopted, as `aws iam get-open-id-connect-provider --query ClientIDList`
   * prints it. The trust policy's forms without an audience want it to be exactly `["sts.amazonaws.com"]`. Default: not known.
   */
  oidcProviderClientIds?: string[];
  /**
   * Kubeconfig (its text, or as an object) by which ServiceAccounts and pods are made in this cluster. Not needed when the option
   * `clusterProviders` has a provider for the cluster. It is kept as a secret. Default: none; the ambient kubeconfig is never used.
   */
  kubeconfig?: pulumi.Input<string>;
  /**
   * Takes the OIDC provider that `oidcProviderArn` (plain text then) names into this stack's ownership: as if it had been created here,
   * it is deleted with the cluster. One `up` takes it over without a change; then leave both out. Default: false.
   * @see https://www.pulumi.com/docs/iac/concepts/resources/options/import/
   */
  importOidcProvider?: boolean;
  /**
   * How pods come to the role: by the annotation of their ServiceAccount (`Irsa`), by EKS Pod Identity associations (`PodIdentity`), or
   * by the latter with the annotation as well (`Both`). A pod keeps what it was born with. Default: `IdentityMode.Irsa`.
   * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html
   */
  identity?: IdentityMode;
  /**
   * What the role accepts of the cluster; it must cover `identity`. Widen it together with `identity`, and narrow it only in a later `up`,
   * after the pods were made anew: the engine changes the role first. Default: as `identity`.
   */
  trusts?: IdentityMode;
  /** Name of the cluster in EKS: plain text. Needed where `identity` or `trusts` has Pod Identity. Default: not known. */
  clusterName?: string;
  /** Region of the cluster: plain text. Needed where `identity` or `trusts` has Pod Identity. Default: not known. */
  region?: string;
  /** Account of the cluster: 12 digits, plain text. Default: the role's. */
  accountId?: string;
  /**
   * The role in the cluster's own account that its Pod Identity associations name, where that account is not this role's: it is made there by
   * a component of its own whose `podIdentity.targetRoleArn` is this role. Nothing is made for the cluster's Pod Identity here.
   * Default: the associations name this role.
   */
  baseRole?: BaseRole;
  /**
   * Installs the EKS Pod Identity Agent, which each node needs that runs pods with associations. One component may do it for a cluster.
   * Default: false.
   * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html
   */
  installAgent?: boolean;
  /** Whether the cluster is in EKS Auto Mode, which has the agent built in: then `installAgent` is refused. Default: not known. */
  autoMode?: pulumi.Input<boolean>;
  /** Names this cluster had before: with them a rename replaces nothing. Default: none. */
  formerNames?: string[];
  /**
   * The shard of `trust.shards` whose role serves this cluster. Moving a cluster to another gives its ServiceAccounts another role.
   * Default: none.
   */
  shard?: string;
  /**
   * Shards whose roles go on trusting this cluster after it moved to `shard`, for the pods that still run with the former role:
   * leave it out when they were made anew. Default: none.
   */
  formerShards?: string[];
  /**
   * Keeps the cluster's trust while its ServiceAccounts, pods and Jobs are removed: the old half of a blue/green replacement, until
   * its last pods are gone. No kubeconfig is needed. Default: false.
   */
  retired?: boolean;
  /**
   * SHA-1 thumbprints of the issuer's certificate, 40 hexadecimal digits each, five at most. Only for issuers whose
   * certificate no public CA signed (self-hosted clusters); EKS needs none, and none is the default.
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html
   */
  thumbprints?: string[];
}

/** One ServiceAccount that may assume the role, in some clusters or in all. */
export interface ServiceAccountBinding {
  /** Namespace of the ServiceAccount; it must exist in each of the binding's clusters, unless `createNamespace` makes it. */
  namespace: string;
  /** Name of the ServiceAccount. */
  name: string;
  /**
   * With `SubjectMatch.Wildcard`, `*` in namespace or name stands for any characters: whoever may make a ServiceAccount that fits
   * has the role. Nothing is made in the clusters for such a binding. Default: `SubjectMatch.Exact`.
   */
  match?: SubjectMatch;
  /** Says that a `*` in the namespace is meant: whoever may make a namespace that fits has the role. Default: false. */
  allowWildcardNamespace?: boolean;
  /** Names of the clusters in which this ServiceAccount may assume the role. Default: every cluster of the list. */
  clusters?: string[];
  /**
   * Whether the ServiceAccount is made, patched, or left to others. From `Create` to `Patch` it is let go and stays. From `Patch` to
   * `Create` it must not be there any more. Change nothing else of the binding's names in that `up`. Default:
   * `ServiceAccountOwnership.Create`.
   */
  ownership?: ServiceAccountOwnership;
  /**
   * Makes the namespace too, in each of the binding's clusters where it is missing, before the ServiceAccount. It is left behind when
   * the binding goes, since others may live in it. Of the components of one program only one may ask for it, and the others depend on
   * that one. Default: false.
   */
  createNamespace?: boolean;
  /** What the ServiceAccount carries beside the role's annotation. Default: nothing. */
  settings?: ServiceAccountSettings;
}

/** Who owns a ServiceAccount, and what is made of it here. */
export enum ServiceAccountOwnership {
  /** It is made here, and deleted with the binding. */
  Create = "Create",
  /**
   * It exists already, by Helm, an add-on or another team, at preview too: only its annotations and labels of ours are applied, by a field manager of our
   * own, and taken away with the binding. Everything else of it is never touched.
   * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/
   */
  Patch = "Patch",
  /** Nothing is made in the cluster: the role trusts it, and the output `helmValues` has what a Helm chart needs. */
  None = "None",
}

/**
 * What a ServiceAccount carries beside the role's annotation.
 * @see https://github.com/aws/amazon-eks-pod-identity-webhook#eks-walkthrough
 */
export interface ServiceAccountSettings {
  /** Labels. Default: none. */
  labels?: { [key: string]: pulumi.Input<string> };
  /** Annotations; those of `eks.amazonaws.com/` are set by the properties below. Default: none. */
  annotations?: { [key: string]: pulumi.Input<string> };
  /** Whether pods get a token for the Kubernetes API, which is not the one for AWS. Default: Kubernetes' own, true. */
  automountServiceAccountToken?: boolean;
  /** Names of the Secrets by which images are pulled. Default: none. */
  imagePullSecrets?: pulumi.Input<string>[];
  /**
   * For whom the tokens are made: `sts.amazonaws.com` and nothing else, since the trust policy admits no other. To be said where the
   * cluster's own webhook was set to another default. Default: the webhook's.
   */
  audience?: string;
  /** Whether the SDKs in the pods ask the STS of their region. Default: the webhook's, true on EKS. */
  stsRegionalEndpoints?: boolean;
  /** Life of the tokens for AWS in seconds, 600 to 86400. Default: the webhook's, 86400. */
  tokenExpiration?: number;
  /**
   * With `ServiceAccountOwnership.Patch`: takes the role's annotation and our other keys over from whoever set them otherwise, instead
   * of failing with their conflict. Default: false.
   * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts
   */
  forceConflicts?: boolean;
}

/** Settings of the role. */
export interface RoleSettings {
  /** Physical name, 64 characters at most. Default: the component's name and a random suffix. Changing it replaces the role. */
  name?: pulumi.Input<string>;
  /** IAM path, such as `/workloads/`. Default: `/`. Changing it replaces the role. */
  path?: pulumi.Input<string>;
  /** Description, 1,000 characters at most. Default: none. */
  description?: pulumi.Input<string>;
  /** Longest session in seconds, 3600 to 43200. Default: 3600. */
  maxSessionDuration?: pulumi.Input<number>;
  /**
   * ARN of the managed policy that bounds what the role may do. Default: none.
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
   */
  permissionsBoundaryArn?: pulumi.Input<string>;
  /** Detach policies that were attached by others when the role is deleted, instead of failing. Default: false. */
  forceDetachPolicies?: pulumi.Input<boolean>;
  /**
   * Names the role had before, the eldest first (`name` is plain text then): these roles are kept as they were, with the same trust and permissions, for
   * the pods that still run with them. Leave it out when they were made anew, and the former roles go. Default: none.
   */
  formerNames?: string[];
  /**
   * Takes the existing role of this `name` (plain text then) into this stack's ownership. One `up` takes it over without a change; leave
   * it out then, and the next preview shows what changes of its trust policy. Default: false.
   * @see https://www.pulumi.com/docs/iac/concepts/resources/options/import/
   */
  importRole?: boolean;
}

/** Settings of the trust policy. */
export interface TrustSettings {
  /** How the trust policy is written. Default: `StatementPerCluster`. */
  form?: TrustPolicyForm;
  /**
   * The account's limit for a trust policy, in characters without white space: 2048 to 8192. Default: 2048, as IAM's.
   * Raise it only together with the quota "Role trust policy length" (L-C07B4B0D).
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
   */
  maxSize?: number;
  /**
   * One role for each of these shards instead of one for all clusters, each with the same permissions and a trust policy of its own:
   * for more clusters than one trust policy takes. Each cluster says its `shard`. Default: one role.
   */
  shards?: string[];
  /** The shard that keeps the role which was there before there were shards, with its name. Default: none. */
  originalShard?: string;
  /**
   * Conditions that a web identity token must fulfil beside those of the bindings, such as `{ StringEquals: { "aws:SourceVpc": ["vpc-…"] } }`. They
   * can only narrow. Keys that AssumeRoleWithWebIdentity never carries (`aws:PrincipalOrgID`, …) are refused. Default: none.
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
   */
  conditions?: TrustConditions;
  /**
   * The same for Pod Identity, whose requests have other keys, such as `aws:SourceOrgID`. It must be said where `conditions` are given and a
   * cluster trusts Pod Identity: `{}` if there is nothing to ask. Default: none.
   */
  podIdentityConditions?: TrustConditions;
  /** Statements for principals of IAM, such as a break-glass role. Default: none. */
  statements?: ExtraTrustStatement[];
}

/** Settings of the sample pods, which prove their role and stay up for a look around. */
export interface SamplePodSettings {
  /** Image with the `aws` command and `sh`. Default: `amazon/aws-cli` at the version this package was made with. */
  image?: pulumi.Input<string>;
  /** Labels to add. Default: none. */
  labels?: { [key: string]: pulumi.Input<string> };
  /** Labels of the nodes that may run the pods, beside `kubernetes.io/os: linux`. Default: none. */
  nodeSelector?: { [key: string]: pulumi.Input<string> };
}

/**
 * Settings of the verification Jobs, which end when they have proved the role.
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-backoff-failure-policy
 */
export interface VerificationJobSettings extends SamplePodSettings {
  /**
   * How many new pods are tried after the first, 0 to 20. Default: 5, which takes some seven minutes at most: each asks STS
   * for ten seconds, and Kubernetes waits 10 s before the second pod, 20 s before the third, twice as long each time.
   */
  retries?: number;
}
