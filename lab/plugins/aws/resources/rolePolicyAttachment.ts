import { AttachRolePolicyCommand, DetachRolePolicyCommand } from "@aws-sdk/client-iam";
import { explain, unlessMissing } from "../errors";
import { text, type ResourceDefinition, type Schema } from "../schema";
import { arn } from "../validation";
import { attachedPolicies } from "./rolePolicies";

// internal/service/iam/role_policy_attachment.go of terraform-provider-aws v6: both force a new resource.
const schema: Schema = {
  policyArn: {
    terraformName: "policy_arn",
    input: "required",
    forceNew: true,
    problems: arn("policy_arn"),
  },
  role: { terraformName: "role", input: "required", forceNew: true },
};

/** `aws:iam/rolePolicyAttachment:RolePolicyAttachment`. */
export const rolePolicyAttachment: ResourceDefinition = {
  schema,
  // pulumi-aws provider/resources.go: created first, the new one would be deleted with the old.
  deleteBeforeReplace: true,

  parseId(id) {
    const [, role, policyArn] = /^([^/]+)\/(.+)$/.exec(id) ?? [];
    if (role === undefined || policyArn === undefined) {
      throw new Error(`unexpected format for Import ID ("${id}"), expected <role-name>/<policy_arn>`);
    }
    return { role, policyArn };
  },

  async create({ iam }, planned) {
    const [role, policyArn] = [text(planned, "role"), text(planned, "policyArn")];
    await explain(
      `attaching IAM Policy (${policyArn}) to IAM Role (${role})`,
      iam.send(new AttachRolePolicyCommand({ RoleName: role, PolicyArn: policyArn })),
    );
    return `${role}/${policyArn}`;
  },

  async read({ iam }, _id, prior) {
    const [role, policyArn] = [text(prior, "role"), text(prior, "policyArn")];
    const attached = await explain(
      `reading IAM Role Policy Attachment (${role}:${policyArn})`,
      unlessMissing(attachedPolicies(iam, role), "NoSuchEntity"),
    );
    return attached?.includes(policyArn) ? { role, policyArn } : undefined;
  },

  update: () => Promise.reject(new Error("nothing of a RolePolicyAttachment can be updated in place")),

  async delete({ iam }, _id, state) {
    const [role, policyArn] = [text(state, "role"), text(state, "policyArn")];
    const detach = new DetachRolePolicyCommand({ RoleName: role, PolicyArn: policyArn });
    await explain(
      `detaching IAM Policy (${policyArn}) from IAM Role (${role})`,
      unlessMissing(iam.send(detach), "NoSuchEntity"),
    );
  },
};
