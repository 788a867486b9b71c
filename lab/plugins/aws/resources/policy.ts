import { setTimeout as sleep } from "node:timers/promises";
import {
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  paginateListPolicyVersions,
  SetDefaultPolicyVersionCommand,
  TagPolicyCommand,
  UntagPolicyCommand,
  type IAMClient,
  type PolicyVersion,
} from "@aws-sdk/client-iam";
import type { Properties } from "../../shared/server";
import { explain, unlessMissing } from "../errors";
import { changes } from "../plan";
import { decodePolicy, normalizeJson, policyToKeep, samePolicies } from "../policyDocument";
import { output, TAG_PROPERTIES, text, type ResourceDefinition, type Schema } from "../schema";
import { changeTags, readTags, tagsToCreate } from "../tags";
import { policyDocument } from "../validation";
import { nameFrom, namePrefixOf, nameProperties } from "./names";

const MAX_VERSIONS = 5;

// internal/service/iam/policy.go of terraform-provider-aws; the automatic name is pulumi-aws provider/autonaming.go's.
const schema: Schema = {
  arn: output("arn"),
  attachmentCount: output("attachment_count"),
  delayAfterPolicyCreationInMs: {
    terraformName: "delay_after_policy_creation_in_ms",
    input: "optional",
    local: true,
  },
  description: { terraformName: "description", input: "optional", forceNew: true },
  ...nameProperties({ name: 128, prefix: 102, automatic: 255 }),
  path: { terraformName: "path", input: "optional", default: "/", forceNew: true },
  policy: {
    terraformName: "policy",
    input: "required",
    json: true,
    normalize: normalizeJson,
    equivalent: samePolicies,
    problems: policyDocument("policy"),
  },
  policyId: output("policy_id"),
  ...TAG_PROPERTIES,
};

/** `aws:iam/policy:Policy`. */
export const policy: ResourceDefinition = {
  schema,

  parseId: (id) => ({ arn: id }),

  async create({ iam }, planned) {
    const name = nameFrom(planned);
    const { Policy } = await explain(
      `creating IAM Policy (${name})`,
      iam.send(
        new CreatePolicyCommand({
          PolicyName: name,
          PolicyDocument: text(planned, "policy"),
          Path: text(planned, "path"),
          Description: text(planned, "description"),
          Tags: tagsToCreate(planned),
        }),
      ),
    );
    if (Policy?.Arn === undefined) throw new Error(`creating IAM Policy (${name}): empty result`);
    return Policy.Arn;
  },

  async read({ iam, providerConfig }, id, prior) {
    const found = await explain(`reading IAM Policy (${id})`, unlessMissing(find(iam, id), "NoSuchEntity"));
    const { Policy: aws, PolicyVersion: version } = found ?? {};
    if (aws === undefined) return undefined;
    const name = aws.PolicyName ?? "";
    return {
      arn: aws.Arn ?? id,
      attachmentCount: aws.AttachmentCount ?? 0,
      ...(aws.Description && { description: aws.Description }),
      name,
      namePrefix: namePrefixOf(name),
      path: aws.Path ?? "/",
      policy: policyToKeep(prior.policy, decodePolicy(version?.Document)),
      policyId: aws.PolicyId ?? "",
      ...readTags(aws.Tags, prior, providerConfig),
    };
  },

  async update(aws, id, before, planned) {
    if (changes(schema, "policy", before, planned)) await addVersion(aws.iam, id, planned);
    await changeTags(`IAM Policy (${id})`, before, planned, {
      untag: (TagKeys) => aws.iam.send(new UntagPolicyCommand({ PolicyArn: id, TagKeys })),
      tag: (Tags) => aws.iam.send(new TagPolicyCommand({ PolicyArn: id, Tags })),
    });
  },

  async delete({ iam }, id) {
    const others = await unlessMissing(versions(iam, id), "NoSuchEntity");
    for (const { VersionId, IsDefaultVersion } of others ?? []) {
      if (!IsDefaultVersion) await deleteVersion(iam, id, VersionId);
    }
    const remove = new DeletePolicyCommand({ PolicyArn: id });
    await explain(`deleting IAM Policy (${id})`, unlessMissing(iam.send(remove), "NoSuchEntity"));
  },
};

async function find(iam: IAMClient, PolicyArn: string) {
  const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
  const { PolicyVersion } = await iam.send(
    new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId }),
  );
  return { Policy, PolicyVersion };
}

async function versions(iam: IAMClient, PolicyArn: string): Promise<PolicyVersion[]> {
  const all: PolicyVersion[] = [];
  for await (const { Versions } of paginateListPolicyVersions({ client: iam }, { PolicyArn })) {
    all.push(...(Versions ?? []));
  }
  return all;
}

async function addVersion(iam: IAMClient, id: string, planned: Properties): Promise<void> {
  await pruneVersions(iam, id);
  const delay = Number(planned.delayAfterPolicyCreationInMs ?? 0);
  const { PolicyVersion } = await explain(
    `updating IAM Policy (${id})`,
    iam.send(
      new CreatePolicyVersionCommand({
        PolicyArn: id,
        PolicyDocument: text(planned, "policy"),
        SetAsDefault: delay === 0,
      }),
    ),
  );
  if (delay === 0) return;
  await sleep(delay);
  await explain(
    `setting IAM Policy (${id}) default version (${PolicyVersion?.VersionId ?? ""})`,
    iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn: id, VersionId: PolicyVersion?.VersionId })),
  );
}

// A policy has at most five versions: the oldest goes (policyPruneVersions).
async function pruneVersions(iam: IAMClient, id: string): Promise<void> {
  const all = await explain(`reading IAM Policy (${id}) versions`, versions(iam, id));
  if (all.length < MAX_VERSIONS) return;
  const [oldest] = all
    .filter(({ IsDefaultVersion }) => !IsDefaultVersion)
    .sort((one, other) => Number(one.CreateDate) - Number(other.CreateDate));
  await deleteVersion(iam, id, oldest?.VersionId);
}

async function deleteVersion(iam: IAMClient, id: string, VersionId: string | undefined): Promise<void> {
  await explain(
    `deleting IAM Policy (${id}) version (${VersionId ?? ""})`,
    iam.send(new DeletePolicyVersionCommand({ PolicyArn: id, VersionId })),
  );
}
