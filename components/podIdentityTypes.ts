import type * as pulumi from "@pulumi/pulumi";

/** The role of another account by which a cluster's Pod Identity associations come to this one. */
export interface BaseRole {
  /** ARN of the role, in the cluster's account. */
  arn: pulumi.Input<string>;
  /**
   * Whether the associations there have their session tags off. This role then asks for their external ID instead, which is
   * `<region>/<account>/<cluster>/<namespace>/<ServiceAccount>`. It keeps strangers out, and not who has the base role's own credentials,
   * since the caller sets it. Default: false.
   */
  disableSessionTags?: boolean;
}

/**
 * Settings of the EKS Pod Identity associations that are made.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-association.html
 */
export interface PodIdentitySettings {
  /**
   * ARN of a role in another account whose credentials the pods get. The component's own role, in the clusters' account, is then the base
   * role: all that it may do is to assume this one. Every cluster's `identity` must be `PodIdentity`. Default: the pods get the component's role.
   * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html
   */
  targetRoleArn?: pulumi.Input<string>;
  /**
   * Turns the session tags off by which the trust policy tells ServiceAccounts apart. The role is then open to EVERY association of the
   * clusters that names it: see `allowClusterWideTrust`. Default: false.
   */
  disableSessionTags?: boolean;
  /** Says that such a trust is meant: whoever may make an association in one of the clusters, and pass the role, has the role. Default: false. */
  allowClusterWideTrust?: boolean;
  /** Policy (JSON) that bounds what the sessions may do. It needs `disableSessionTags`. Default: none. */
  policy?: pulumi.Input<string>;
  /**
   * Seconds that dependents wait after the role's trust policy has changed, and after an association has: both reach EKS and the nodes
   * only after a while. 0 to 300. Default: 15.
   */
  settleSeconds?: number;
}
