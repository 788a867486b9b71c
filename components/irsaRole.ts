import * as pulumi from "@pulumi/pulumi";
import { providerArnProblem } from "../trust/issuer";
import { trustPolicySize } from "../trust/size";
import { findRoleProblems } from "./irsaRoleValidation";
import { rolePodIdentityOf } from "./podIdentityTrust";
import { checkedInput, throwProblems } from "./problems";
import { makeRoles } from "./role";
import { roleAccount, type RoleAccount } from "./roleAccount";
import { rolePlans } from "./rolePlans";
import { settle, TRUST_POLICY } from "./settle";
import { roleWarnings } from "./transitions";
import { trustDocument, type TrustSource } from "./trustDocument";
import type { BaseRole } from "./podIdentityTypes";
import type { RoleSettings, ServiceAccountBinding, TrustSettings } from "./types";

/** A cluster that the role trusts by its OIDC provider, by EKS Pod Identity, or by both. */
export interface IrsaRoleCluster {
  /** Name of the cluster, unique in the list; bindings refer to it. */
  name: string;
  /** ARN of the cluster's OIDC provider, in the role's account. Default: the role trusts no web identities of the cluster. */
  oidcProviderArn?: pulumi.Input<string>;
  /**
   * The provider's client ID list, where it is known: the trust policy's forms without an audience want it to be exactly
   * `["sts.amazonaws.com"]`, as `ClusterOidcProvider` makes it. Default: not known.
   */
  oidcProviderClientIds?: string[];
  /** Has the role trust the cluster's Pod Identity associations, which are made elsewhere. Default: it does not. */
  podIdentity?: IrsaRolePodIdentity;
}

/** How a role trusts the EKS Pod Identity associations of a cluster. */
export interface IrsaRolePodIdentity {
  /** ARN of the cluster in EKS: `arn:<partition>:eks:<region>:<account>:cluster/<name>`. */
  clusterArn: pulumi.Input<string>;
  /**
   * The role that the associations name, where this one is their target role. It is in the cluster's account. Default: they name
   * this role.
   */
  baseRole?: BaseRole;
  /** Whether the associations, which name this role, have their session tags off: see `PodIdentitySettings`. Default: false. */
  disableSessionTags?: boolean;
  /** Says that the wider trust is meant which that takes. Default: false. */
  allowClusterWideTrust?: boolean;
}

/** Arguments of {@link IrsaRole}. */
export interface IrsaRoleArgs {
  /** The clusters that the role trusts. */
  clusters: IrsaRoleCluster[];
  /** The ServiceAccounts that may assume the role. */
  serviceAccounts: ServiceAccountBinding[];
  /** Managed policies, each by a key of yours. The key is the attachment's identity: keep it with its policy. Default: none. */
  policyArns?: { [key: string]: pulumi.Input<string> };
  /** Inline policies (JSON) by name. Default: none. */
  inlinePolicies?: { [name: string]: pulumi.Input<string> };
  /** Settings of the role. Default: each setting's own. */
  role?: RoleSettings;
  /** Settings of the trust policy. Default: each setting's own. */
  trust?: TrustSettings;
  /**
   * Seconds that dependents wait after the trust policy has changed, where Pod Identity is trusted. 0 to 300. Default: 15.
   */
  settleSeconds?: number;
  /** Tags of the role. Default: none. */
  tags?: { [key: string]: pulumi.Input<string> };
}

/**
 * The role of IRSA by itself: ONE IAM role that trusts the OIDC providers of many clusters for exactly the bound
 * ServiceAccounts, with its policies.
 *
 * @example
 * const east = new ClusterOidcProvider("east", { issuerUrl });
 * const role = new IrsaRole("app", {
 *   clusters: [{ name: "east", oidcProviderArn: east.arn }],
 *   serviceAccounts: [{ namespace: "default", name: "s3-reader" }],
 *   policyArns: { s3Read: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" },
 * });
 * @throws InputPropertiesError naming every fault of the arguments.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
 */
export class IrsaRole extends pulumi.ComponentResource {
  /** ARN of the role. */
  public readonly roleArn: pulumi.Output<string>;
  /** Physical name of the role. */
  public readonly roleName: pulumi.Output<string>;
  /** The trust policy as JSON. */
  public readonly trustPolicyJson: pulumi.Output<string>;
  /** Size of the trust policy as IAM counts it, in characters without white space. */
  public readonly trustPolicySize: pulumi.Output<number>;

  /**
   * Declares the role with its policies.
   *
   * @param name name of the component and of the role in the program: part of their URNs.
   * @param args whom the role trusts, and what it may do.
   * @param opts `provider` is the aws provider of the account in which the role is made.
   */
  constructor(name: string, args: IrsaRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    const what = `IrsaRole "${name}"`;
    throwProblems(what, findRoleProblems(args));
    super("eks-irsa:index:IrsaRole", name, { clusters: args.clusters.map((cluster) => cluster.name) }, opts);
    const account = roleAccount(this);
    const sources = args.clusters.map((cluster, index) =>
      sourceOf(cluster, account, { what, path: `clusters[${index}]`, resource: this }),
    );
    const trustPolicyJson = trustDocument(sources, args.serviceAccounts, args.trust ?? {}, account, {
      what,
      resource: this,
      remedies: REMEDIES,
    });
    for (const warning of roleWarnings(args.role ?? {})) {
      void pulumi.log.warn(`${what}: ${warning}`, this);
    }
    const plans = rolePlans(name, args.role ?? {}, undefined, {});
    const settles = args.clusters.some(({ podIdentity }) => podIdentity !== undefined);
    const { role } = makeRoles(plans, args, trustPolicyJson, {
      what,
      parent: this,
      account,
      dependsOn: [],
      hooksOf: (of) => (settles ? settle(of, TRUST_POLICY, args, { what, component: this }) : {}),
    });
    this.roleArn = role.arn;
    this.roleName = role.name;
    this.trustPolicyJson = trustPolicyJson;
    this.trustPolicySize = trustPolicyJson.apply(trustPolicySize);
    this.registerOutputs({
      roleArn: this.roleArn,
      roleName: this.roleName,
      trustPolicyJson: this.trustPolicyJson,
      trustPolicySize: this.trustPolicySize,
    });
  }
}

/** This is one role, and knows its clusters by ARNs. */
const REMEDIES = {
  shards: "make several roles, each for some of the clusters",
  podIdentity: "give them podIdentity in place of oidcProviderArn",
};

/** A cluster of the list as the trust policy sees it, whose late values are checked when they arrive. */
function sourceOf(
  { name, oidcProviderArn, oidcProviderClientIds, podIdentity }: IrsaRoleCluster,
  account: pulumi.Output<RoleAccount>,
  where: { what: string; path: string; resource: pulumi.Resource },
): TrustSource {
  const propertyPath = `${where.path}.oidcProviderArn`;
  return {
    name,
    ...(oidcProviderArn !== undefined && {
      arn: checkedInput(oidcProviderArn, providerArnProblem, { ...where, propertyPath }),
    }),
    ...(podIdentity && { podIdentity: rolePodIdentityOf(podIdentity, account, where) }),
    propertyPath,
    clusterPath: `${where.path}.podIdentity.clusterArn`,
    clientIds: oidcProviderClientIds,
  };
}
