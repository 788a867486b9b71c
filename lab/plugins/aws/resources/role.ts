import {
  CreateRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  GetRoleCommand,
  PutRolePermissionsBoundaryCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
  UpdateRoleDescriptionCommand,
} from "@aws-sdk/client-iam";
import type { Properties } from "../../shared/server";
import type { AwsClients } from "../clients";
import { explain, unlessMissing } from "../errors";
import { changes } from "../plan";
import { decodePolicy, normalizeJson, policyToKeep, samePolicies } from "../policyDocument";
import { optionalText, output, TAG_PROPERTIES, text, type ResourceDefinition, type Schema } from "../schema";
import { changeTags, readTags, tagsToCreate } from "../tags";
import { withoutFraction } from "../times";
import { arn, lengthBetween, numberBetween, policyDocument } from "../validation";
import { nameFrom, namePrefixOf, nameProperties } from "./names";
import { deleteRole } from "./roleDeletion";
import { attachedPolicies, inlinePolicies } from "./rolePolicies";

// internal/service/iam/role.go of terraform-provider-aws, with the automatic name of pulumi-aws provider/resources.go.
// `inlinePolicies` and `managedPolicyArns` are deprecated as inputs and not taken here: RolePolicy and
// RolePolicyAttachment say the same.
const schema: Schema = {
  arn: output("arn"),
  assumeRolePolicy: {
    terraformName: "assume_role_policy",
    input: "required",
    json: true,
    normalize: normalizeJson,
    equivalent: samePolicies,
    problems: policyDocument("assume_role_policy"),
  },
  createDate: output("create_date"),
  description: {
    terraformName: "description",
    input: "optional",
    problems: lengthBetween("description", 0, 1000),
  },
  forceDetachPolicies: {
    terraformName: "force_detach_policies",
    input: "optional",
    default: false,
    local: true,
  },
  inlinePolicies: output("inline_policy"),
  managedPolicyArns: { ...output("managed_policy_arns"), set: true },
  maxSessionDuration: {
    terraformName: "max_session_duration",
    input: "optional",
    default: 3600,
    problems: numberBetween("max_session_duration", 3600, 43200),
  },
  ...nameProperties({ name: 64, prefix: 38, automatic: 64 }),
  path: {
    terraformName: "path",
    input: "optional",
    default: "/",
    forceNew: true,
    problems: lengthBetween("path", 0, 512),
  },
  permissionsBoundary: {
    terraformName: "permissions_boundary",
    input: "optional",
    problems: arn("permissions_boundary"),
  },
  ...TAG_PROPERTIES,
  uniqueId: output("unique_id"),
};

/** `aws:iam/role:Role`. The retries for IAM's eventual consistency are left out: here nothing is eventual. */
export const role: ResourceDefinition = {
  schema,

  parseId: (id) => ({ name: id, forceDetachPolicies: false }),

  async create({ iam }, planned) {
    const name = nameFrom(planned);
    const { Role } = await explain(
      `creating IAM Role (${name})`,
      iam.send(
        new CreateRoleCommand({
          RoleName: name,
          AssumeRolePolicyDocument: text(planned, "assumeRolePolicy"),
          Path: text(planned, "path"),
          Description: optionalText(planned, "description"),
          MaxSessionDuration: Number(planned.maxSessionDuration),
          PermissionsBoundary: optionalText(planned, "permissionsBoundary"),
          Tags: tagsToCreate(planned),
        }),
      ),
    );
    return Role?.RoleName ?? name;
  },

  async read({ iam, providerConfig }, id, prior) {
    const found = await explain(
      `reading IAM Role (${id})`,
      unlessMissing(iam.send(new GetRoleCommand({ RoleName: id })), "NoSuchEntity"),
    );
    const aws = found?.Role;
    if (aws === undefined) return undefined;
    const name = aws.RoleName ?? id;
    return {
      arn: aws.Arn ?? "",
      assumeRolePolicy: policyToKeep(prior.assumeRolePolicy, decodePolicy(aws.AssumeRolePolicyDocument)),
      createDate: withoutFraction(aws.CreateDate),
      ...(aws.Description && { description: aws.Description }),
      inlinePolicies: await inlinePolicies(iam, id),
      managedPolicyArns: await attachedPolicies(iam, id),
      maxSessionDuration: aws.MaxSessionDuration ?? 3600,
      name,
      namePrefix: namePrefixOf(name),
      path: aws.Path ?? "/",
      ...(aws.PermissionsBoundary?.PermissionsBoundaryArn && {
        permissionsBoundary: aws.PermissionsBoundary.PermissionsBoundaryArn,
      }),
      ...readTags(aws.Tags, prior, providerConfig),
      uniqueId: aws.RoleId ?? "",
    };
  },

  async update(aws, id, before, planned) {
    const changed = (key: string): boolean => changes(schema, key, before, planned);
    if (changed("assumeRolePolicy")) await updateTrust(aws, id, planned);
    if (changed("description")) {
      await explain(
        `updating IAM Role (${id}) description`,
        aws.iam.send(
          new UpdateRoleDescriptionCommand({ RoleName: id, Description: text(planned, "description") }),
        ),
      );
    }
    if (changed("maxSessionDuration")) {
      await explain(
        `updating IAM Role (${id}) MaxSessionDuration`,
        aws.iam.send(
          // IAM leaves a description alone that is not sent along; moto 5.2.5 takes it away.
          new UpdateRoleCommand({
            RoleName: id,
            Description: text(planned, "description"),
            MaxSessionDuration: Number(planned.maxSessionDuration),
          }),
        ),
      );
    }
    if (changed("permissionsBoundary")) await updateBoundary(aws, id, planned);
    if (changed("tagsAll"))
      await changeTags(`IAM Role (${id})`, before, planned, {
        untag: (TagKeys) => aws.iam.send(new UntagRoleCommand({ RoleName: id, TagKeys })),
        tag: (Tags) => aws.iam.send(new TagRoleCommand({ RoleName: id, Tags })),
      });
  },

  delete: ({ iam }, id, state) =>
    explain(`deleting IAM Role (${id})`, deleteRole(iam, id, state.forceDetachPolicies === true)),
};

async function updateTrust({ iam }: AwsClients, id: string, planned: Properties): Promise<void> {
  await explain(
    `updating IAM Role (${id}) assume role policy`,
    iam.send(
      new UpdateAssumeRolePolicyCommand({
        RoleName: id,
        PolicyDocument: text(planned, "assumeRolePolicy"),
      }),
    ),
  );
}

async function updateBoundary({ iam }: AwsClients, id: string, planned: Properties): Promise<void> {
  const PermissionsBoundary = optionalText(planned, "permissionsBoundary");
  if (PermissionsBoundary === undefined) {
    await explain(
      `deleting IAM Role (${id}) permissions boundary`,
      iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: id })),
    );
  } else {
    await explain(
      `updating IAM Role (${id}) permissions boundary`,
      iam.send(new PutRolePermissionsBoundaryCommand({ RoleName: id, PermissionsBoundary })),
    );
  }
}
