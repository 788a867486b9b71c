import {
  GetRolePolicyCommand,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
  type IAMClient,
} from "@aws-sdk/client-iam";
import { decodePolicy, normalizeInlinePolicy } from "../policyDocument";

/** The ARNs of the managed policies that are attached to a role. */
export async function attachedPolicies(iam: IAMClient, roleName: string): Promise<string[]> {
  const arns: string[] = [];
  for await (const { AttachedPolicies } of paginateListAttachedRolePolicies(
    { client: iam },
    { RoleName: roleName },
  )) {
    arns.push(...(AttachedPolicies ?? []).flatMap(({ PolicyArn }) => PolicyArn ?? []));
  }
  return arns;
}

/** The names of a role's inline policies. */
export async function inlinePolicyNames(iam: IAMClient, roleName: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { PolicyNames } of paginateListRolePolicies({ client: iam }, { RoleName: roleName })) {
    names.push(...(PolicyNames ?? []));
  }
  return names;
}

/** A role's inline policies, in the form of the role's output. */
export async function inlinePolicies(
  iam: IAMClient,
  roleName: string,
): Promise<{ name: string; policy: string }[]> {
  const names = await inlinePolicyNames(iam, roleName);
  return Promise.all(
    names.map(async (name) => {
      const { PolicyDocument } = await iam.send(
        new GetRolePolicyCommand({ RoleName: roleName, PolicyName: name }),
      );
      return { name, policy: normalizeInlinePolicy(decodePolicy(PolicyDocument)) };
    }),
  );
}
