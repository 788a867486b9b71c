import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment";
import * as pulumi from "@pulumi/pulumi";
import { policyJsonProblem } from "./policyJson";
import { checkedInput, isPlain, lateProblems } from "./problems";
import type { RoleAccount } from "./roleAccount";
import type { RolePlan, rolePlans } from "./rolePlans";
import { pathProblem, policyArnProblem, roleNameProblem, sessionProblem } from "./roleValidation";
import type { RoleSettings } from "./types";

/** A role, with its policies. */
export interface MadeRole {
  role: Role;
  policies: pulumi.Resource[];
}

/** Where a role is made, for whom, and after what. */
interface RoleContext {
  what: string;
  parent: pulumi.Resource;
  /** The account that the role is made in. */
  account: pulumi.Output<RoleAccount>;
  dependsOn: pulumi.Resource[];
  /** What is watched of a role of this name. */
  hooksOf: (name: string) => pulumi.ResourceHookBinding;
  /** The role is the base role of this one: all that it may do is to assume it. */
  target?: { roleArn: pulumi.Input<string>; tagsSession: boolean };
}

/** What roles are made with. */
interface RoleArgs {
  policyArns?: { [key: string]: pulumi.Input<string> };
  inlinePolicies?: { [name: string]: pulumi.Input<string> };
  tags?: { [key: string]: pulumi.Input<string> };
}

/** Creates the roles of one trust policy, and gives the one that ServiceAccounts get. */
export function makeRoles(
  { role, former }: ReturnType<typeof rolePlans>,
  args: RoleArgs,
  trustPolicyJson: pulumi.Output<string>,
  context: RoleContext,
): MadeRole {
  for (const plan of former) makeRole(plan, args, trustPolicyJson, context);
  return makeRole(role, args, trustPolicyJson, context);
}

/** Creates a role and its policies under `parent`. */
function makeRole(
  { roleName, path, unnamed, settings }: RolePlan,
  args: RoleArgs,
  trustPolicyJson: pulumi.Output<string>,
  context: RoleContext,
): MadeRole {
  const { what, parent, dependsOn, hooksOf, target } = context;
  const formerly = (suffix: string) =>
    unnamed !== undefined && { aliases: [{ name: `${unnamed}${suffix}` }] };
  const role = new Role(
    roleName,
    {
      ...settingsOf(settings, context),
      assumeRolePolicy: trustPolicyJson,
      ...(args.tags && { tags: args.tags }),
    },
    { parent, dependsOn, hooks: hooksOf(path), ...formerly(""), ...importOf(settings) },
  );
  const under = (key: string) => ({ parent, ...formerly(`/${key}`) });
  const managed = Object.entries(args.policyArns ?? {}).map(([key, arn]) => {
    const policyArn = managedPolicy(arn, `policyArns[${JSON.stringify(key)}]`, context);
    return new RolePolicyAttachment(`${path}/${key}`, { role: role.name, policyArn }, under(key));
  });
  const inline = Object.entries(args.inlinePolicies ?? {}).map(([key, given]) => {
    const propertyPath = `inlinePolicies[${JSON.stringify(key)}]`;
    const policy = checkedInput(given, policyJsonProblem, { what, propertyPath, resource: parent });
    return new RolePolicy(`${path}/${key}`, { role: role.name, name: key, policy }, under(key));
  });
  const chained = target ? [assumeTarget(path, role, target, under(ASSUME_TARGET))] : [];
  return { role, policies: [...managed, ...inline, ...chained] };
}

const ASSUME_TARGET = "assume-target-role";

/**
 * What a base role may do.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html
 */
function assumeTarget(
  path: string,
  role: Role,
  { roleArn, tagsSession }: { roleArn: pulumi.Input<string>; tagsSession: boolean },
  opts: pulumi.CustomResourceOptions,
): RolePolicy {
  const actions = tagsSession ? ["sts:AssumeRole", "sts:TagSession"] : "sts:AssumeRole";
  const policy = pulumi.output(roleArn).apply((arn) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: actions, Resource: arn }],
    }),
  );
  return new RolePolicy(`${path}/${ASSUME_TARGET}`, { role: role.name, name: ASSUME_TARGET, policy }, opts);
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

/** The ARN of a managed policy, checked when it arrives: a role that lost its boundary on the way would have more than was said. */
function managedPolicy(
  given: pulumi.Input<string>,
  propertyPath: string,
  { what, parent, account }: RoleContext,
): pulumi.Output<string> {
  const arrived = checkedInput(given, policyArnProblem, { what, propertyPath, resource: parent });
  return pulumi.all([arrived, account]).apply(([arn, { partition }]) => {
    const own = arn.split(":")[1] ?? "";
    if (own !== partition) {
      const here = arn.replace(/^arn:[^:]+/, `arn:${partition}`);
      const reason = `is in the partition ${own}, and the role is in ${partition}: write "${here}", if it is there`;
      throw lateProblems(what, [{ propertyPath, reason }], parent);
    }
    return arn;
  });
}

/** Settings that arrive late are checked then, before the role has them. */
function settingsOf(settings: RoleSettings, context: RoleContext) {
  const { what, parent } = context;
  const { name, path, description, maxSessionDuration, permissionsBoundaryArn, forceDetachPolicies } =
    settings;
  const where = (property: string) => ({ what, propertyPath: `role.${property}`, resource: parent });
  return {
    ...(name !== undefined && { name: checkedInput(name, roleNameProblem, where("name")) }),
    ...(path !== undefined && { path: checkedInput(path, pathProblem, where("path")) }),
    ...(description !== undefined && { description }),
    ...(maxSessionDuration !== undefined && {
      maxSessionDuration: checkedInput(
        maxSessionDuration,
        sessionProblem,
        where("maxSessionDuration"),
        "number",
      ),
    }),
    ...(permissionsBoundaryArn !== undefined && {
      permissionsBoundary: managedPolicy(permissionsBoundaryArn, "role.permissionsBoundaryArn", context),
    }),
    ...(forceDetachPolicies !== undefined && { forceDetachPolicies }),
  };
}
