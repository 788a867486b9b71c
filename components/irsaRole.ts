import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment";
import * as pulumi from "@pulumi/pulumi";
import { trustPolicySize } from "../trust/size";
import { providerArnProblem } from "../trust/issuer";
import { checkedInput, isPlain, repeated, throwProblems, type Problem } from "./problems";
import { roleAccount } from "./roleAccount";
import {
  pathProblem,
  permissionProblems,
  roleNameProblem,
  roleProblems,
  sessionProblem,
} from "./roleValidation";
import { rolePlans, type RolePlan } from "./rolePlans";
import { checkShapes, untold } from "./shapes";
import { roleWarnings } from "./transitions";
import { trustDocument } from "./trustDocument";
import type { RoleSettings, ServiceAccountBinding, TrustSettings } from "./types";
import { bindingProblems } from "./bindingValidation";
import { audienceProblems, clientIdProblem, oneRoleProblems, trustProblems } from "./trustValidation";
import { clusterNameProblem } from "./validation";

/** A cluster whose OIDC provider exists. */
export interface IrsaRoleCluster {
  /** Name of the cluster, unique in the list; bindings refer to it. */
  name: string;
  /** ARN of the cluster's OIDC provider, in the role's account. */
  oidcProviderArn: pulumi.Input<string>;
  /**
   * The provider's client ID list, where it is known: the trust policy's forms without an audience want it to be exactly
   * `["sts.amazonaws.com"]`, as {@link ClusterOidcProvider} makes it. Default: not known.
   */
  oidcProviderClientIds?: string[];
}

/** Arguments of {@link IrsaRole}. */
export interface IrsaRoleArgs {
  /** The clusters that the role trusts, each by its OIDC provider. */
  clusters: IrsaRoleCluster[];
  /** The ServiceAccounts that may assume the role. */
  serviceAccounts: ServiceAccountBinding[];
  /** Managed policies, each by a key of yours. The key is the attachment's identity: keep it with its policy. */
  policyArns?: { [key: string]: pulumi.Input<string> };
  /** Inline policies (JSON) by name. */
  inlinePolicies?: { [name: string]: pulumi.Input<string> };
  /** Settings of the role. */
  role?: RoleSettings;
  /** Settings of the trust policy. */
  trust?: TrustSettings;
  /** Tags of the role. */
  tags?: { [key: string]: pulumi.Input<string> };
}

/**
 * The role of IRSA by itself: ONE IAM role that trusts the OIDC providers of many clusters for exactly the bound
 * ServiceAccounts, with its policies.
 *
 * @example
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

  constructor(name: string, args: IrsaRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    const what = `IrsaRole "${name}"`;
    throwProblems(what, findRoleProblems(args));
    super("eks-irsa:index:IrsaRole", name, { clusters: args.clusters.map((cluster) => cluster.name) }, opts);
    const arns = args.clusters.map((cluster, index) => {
      const propertyPath = `clusters[${index}].oidcProviderArn`;
      const arn = checkedInput(cluster.oidcProviderArn, providerArnProblem, {
        what,
        propertyPath,
        resource: this,
      });
      return { name: cluster.name, arn, propertyPath, clientIds: cluster.oidcProviderClientIds };
    });
    const account = roleAccount(this);
    const trustPolicyJson = trustDocument(arns, args.serviceAccounts, args.trust ?? {}, account, {
      what,
      resource: this,
    });
    for (const warning of roleWarnings(args.role ?? {})) {
      void pulumi.log.warn(`${what}: ${warning}`, this);
    }
    const plans = rolePlans(name, args.role ?? {}, undefined, {});
    const { role } = makeRoles(plans, args, trustPolicyJson, { what, parent: this, dependsOn: [] });
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

/** A role, with its policies. */
export interface MadeRole {
  role: Role;
  policies: pulumi.Resource[];
}

/** Where a role is made, for whom, and after what. */
interface RoleContext {
  what: string;
  parent: pulumi.Resource;
  dependsOn: pulumi.Resource[];
}

/** Creates the roles of one trust policy, and gives the one that ServiceAccounts get. */
export function makeRoles(
  { role, former }: ReturnType<typeof rolePlans>,
  args: Pick<IrsaRoleArgs, "policyArns" | "inlinePolicies" | "tags">,
  trustPolicyJson: pulumi.Output<string>,
  context: RoleContext,
): MadeRole {
  for (const plan of former) makeRole(plan, args, trustPolicyJson, context);
  return makeRole(role, args, trustPolicyJson, context);
}

/** Creates a role and its policies under `parent`. */
function makeRole(
  { roleName, path, unnamed, settings }: RolePlan,
  args: Pick<IrsaRoleArgs, "policyArns" | "inlinePolicies" | "tags">,
  trustPolicyJson: pulumi.Output<string>,
  context: RoleContext,
): MadeRole {
  const { parent, dependsOn } = context;
  const formerly = (suffix: string) =>
    unnamed !== undefined && { aliases: [{ name: `${unnamed}${suffix}` }] };
  const role = new Role(
    roleName,
    {
      ...settingsOf(settings, context),
      assumeRolePolicy: trustPolicyJson,
      ...(args.tags && { tags: args.tags }),
    },
    { parent, dependsOn, ...formerly(""), ...importOf(settings) },
  );
  const under = (key: string) => ({ parent, ...formerly(`/${key}`) });
  const managed = Object.entries(args.policyArns ?? {}).map(
    ([key, policyArn]) =>
      new RolePolicyAttachment(`${path}/${key}`, { role: role.name, policyArn }, under(key)),
  );
  const inline = Object.entries(args.inlinePolicies ?? {}).map(
    ([key, policy]) => new RolePolicy(`${path}/${key}`, { role: role.name, name: key, policy }, under(key)),
  );
  return { role, policies: [...managed, ...inline] };
}

/** What of a role can be changed in place, and so may differ while it is taken over. */
const CHANGED_IN_PLACE = [
  "assumeRolePolicy",
  "description",
  "forceDetachPolicies",
  "maxSessionDuration",
  "permissionsBoundary",
  "tags",
];

/** Nothing of a role is changed by the same `up` that takes it over. */
function importOf({ importRole = false, name }: RoleSettings): pulumi.CustomResourceOptions {
  return importRole && isPlain(name) ? { import: name, ignoreChanges: CHANGED_IN_PLACE } : {};
}

/** Settings that arrive late are checked then, before the role has them. */
function settingsOf(settings: RoleSettings, { what, parent }: { what: string; parent: pulumi.Resource }) {
  const { name, path, description, maxSessionDuration, permissionsBoundaryArn, forceDetachPolicies } =
    settings;
  const where = (property: string) => ({ what, propertyPath: `role.${property}`, resource: parent });
  return {
    ...(name !== undefined && { name: checkedInput(name, roleNameProblem, where("name")) }),
    ...(path !== undefined && { path: checkedInput(path, pathProblem, where("path")) }),
    ...(description !== undefined && { description }),
    ...(maxSessionDuration !== undefined && {
      maxSessionDuration: checkedInput(maxSessionDuration, sessionProblem, where("maxSessionDuration")),
    }),
    ...(permissionsBoundaryArn !== undefined && { permissionsBoundary: permissionsBoundaryArn }),
    ...(forceDetachPolicies !== undefined && { forceDetachPolicies }),
  };
}

function findRoleProblems(args: IrsaRoleArgs): Problem[] {
  const { problems, usable } = checkShapes(args);
  return [...problems, ...untold(problemsIn(usable), problems)];
}

function problemsIn(args: IrsaRoleArgs): Problem[] {
  const clusters = Array.isArray(args.clusters) ? args.clusters : [];
  const empty = { propertyPath: "clusters", reason: "is empty: list at least one cluster" };
  const paths = clusters.map((_, index) => `clusters[${index}]`);
  const each = clusters.flatMap((cluster, index) => {
    const { name, oidcProviderArn } = cluster;
    const found: [string, string | undefined][] = [
      ["name", clusterNameProblem(name)],
      ["oidcProviderArn", isPlain(oidcProviderArn) ? providerArnProblem(oidcProviderArn) : undefined],
      ["oidcProviderClientIds", clientIdProblem(cluster)],
    ];
    return found.flatMap(([property, reason]): Problem[] =>
      reason === undefined ? [] : [{ propertyPath: `${paths[index] ?? ""}.${property}`, reason }],
    );
  });
  const twice = [
    ...repeated(
      clusters.map(({ name }) => name),
      paths.map((path) => `${path}.name`),
      (name, first) => `is "${name}", as ${first} is: give each cluster a name of its own`,
    ),
    ...repeated(
      clusters.map(({ oidcProviderArn: arn }) => (isPlain(arn) ? arn : undefined)),
      paths.map((path) => `${path}.oidcProviderArn`),
      (arn, first) => `is ${arn}, as ${first} is: an issuer belongs to one cluster, list that cluster once`,
    ),
  ];
  return [
    ...(clusters.length === 0 ? [empty] : []),
    ...each,
    ...twice,
    ...bindingProblems(args.serviceAccounts, clusters),
    ...roleProblems(args.role ?? {}),
    ...permissionProblems(args),
    ...trustProblems(args.trust ?? {}),
    ...oneRoleProblems(args.trust ?? {}),
    ...audienceProblems(clusters, args.trust ?? {}),
  ];
}
