import { DeleteRolePolicyCommand, GetRolePolicyCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import type { Properties } from "../../shared/server";
import type { AwsClients } from "../clients";
import { explain, unlessMissing } from "../errors";
import { decodePolicy, normalizeInlinePolicy, policyToKeep, samePolicies } from "../policyDocument";
import { text, type ResourceDefinition, type Schema } from "../schema";
import { iamName, policyDocument } from "../validation";
import { nameFrom, namePrefixOf, nameProperties } from "./names";

// internal/service/iam/role_policy.go of terraform-provider-aws; the automatic name is pulumi-aws provider/autonaming.go's.
const schema: Schema = {
  ...nameProperties({ name: 128, prefix: 102, automatic: 255 }),
  policy: {
    terraformName: "policy",
    input: "required",
    json: true,
    normalize: normalizeInlinePolicy,
    equivalent: samePolicies,
    problems: policyDocument("policy"),
  },
  role: { terraformName: "role", input: "required", forceNew: true, problems: iamName("role", 64) },
};

/** `aws:iam/rolePolicy:RolePolicy`. */
export const rolePolicy: ResourceDefinition = {
  schema,

  parseId(id) {
    const { role, name } = splitId(id);
    return { role, name };
  },

  async create(aws, planned) {
    const name = nameFrom(planned);
    await put(aws, text(planned, "role"), name, planned);
    return `${text(planned, "role")}:${name}`;
  },

  async read({ iam }, id, prior) {
    const { role, name } = splitId(id);
    const found = await explain(
      `reading IAM Role Policy (${id})`,
      unlessMissing(iam.send(new GetRolePolicyCommand({ RoleName: role, PolicyName: name })), "NoSuchEntity"),
    );
    if (found === undefined) return undefined;
    const policy = policyToKeep(prior.policy, decodePolicy(found.PolicyDocument), normalizeInlinePolicy);
    return { name, namePrefix: namePrefixOf(name), policy, role };
  },

  async update(aws, id, _before, planned) {
    const { role, name } = splitId(id);
    await put(aws, role, name, planned);
  },

  async delete({ iam }, id) {
    const { role, name } = splitId(id);
    const remove = new DeleteRolePolicyCommand({ RoleName: role, PolicyName: name });
    await explain(`deleting IAM Role Policy (${id})`, unlessMissing(iam.send(remove), "NoSuchEntity"));
  },
};

async function put({ iam }: AwsClients, role: string, name: string, planned: Properties): Promise<void> {
  await explain(
    `putting IAM Role (${role}) Policy (${name})`,
    iam.send(
      new PutRolePolicyCommand({ RoleName: role, PolicyName: name, PolicyDocument: text(planned, "policy") }),
    ),
  );
}

// rolePolicyParseID of the same file.
function splitId(id: string): { role: string; name: string } {
  const [, role, name] = /^([^:]*):(.*)$/s.exec(id) ?? [];
  if (role === undefined || name === undefined) {
    throw new Error("role_policy id must be of the form <role name>:<policy name>");
  }
  return { role, name };
}
