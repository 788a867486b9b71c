import {
  AddClientIDToOpenIDConnectProviderCommand,
  CreateOpenIDConnectProviderCommand,
  DeleteOpenIDConnectProviderCommand,
  GetOpenIDConnectProviderCommand,
  RemoveClientIDFromOpenIDConnectProviderCommand,
  TagOpenIDConnectProviderCommand,
  UntagOpenIDConnectProviderCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
} from "@aws-sdk/client-iam";
import type { AwsClients } from "../clients";
import { explain, unlessMissing } from "../errors";
import { changes } from "../plan";
import { output, TAG_PROPERTIES, text, texts, type ResourceDefinition, type Schema } from "../schema";
import { changeTags, readTags, tagsToCreate } from "../tags";
import { eachOf, lengthBetween } from "../validation";

// internal/service/iam/openid_connect_provider.go of terraform-provider-aws.
const schema: Schema = {
  arn: output("arn"),
  clientIdLists: {
    terraformName: "client_id_list",
    input: "required",
    set: true,
    problems: eachOf((name) => lengthBetween(name, 1, 255), "client_id_list"),
  },
  ...TAG_PROPERTIES,
  thumbprintLists: {
    terraformName: "thumbprint_list",
    input: "optional",
    computed: true,
    problems: eachOf((name) => lengthBetween(name, 40, 40), "thumbprint_list"),
  },
  url: {
    terraformName: "url",
    input: "required",
    forceNew: true,
    // IAM gives it back without https:// (diff.go: suppressOpenIDURL).
    equivalent: (before, after) => withScheme(before) === withScheme(after),
    problems: (value) => (typeof value === "string" ? urlProblems(withScheme(value)) : []),
  },
};

/** `aws:iam/openIdConnectProvider:OpenIdConnectProvider`. */
export const openIdConnectProvider: ResourceDefinition = {
  schema,

  parseId: (id) => ({ arn: id }),

  async create({ iam }, planned) {
    const { OpenIDConnectProviderArn: arn } = await explain(
      "creating IAM OIDC Provider",
      iam.send(
        new CreateOpenIDConnectProviderCommand({
          Url: text(planned, "url"),
          ClientIDList: texts(planned, "clientIdLists"),
          ThumbprintList: texts(planned, "thumbprintLists"),
          Tags: tagsToCreate(planned),
        }),
      ),
    );
    if (arn === undefined) throw new Error("creating IAM OIDC Provider: empty result");
    return arn;
  },

  async read({ iam, providerConfig }, id, prior) {
    const found = await explain(
      `reading IAM OIDC Provider (${id})`,
      unlessMissing(
        iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: id })),
        "NoSuchEntity",
      ),
    );
    if (found === undefined) return undefined;
    return {
      arn: id,
      clientIdLists: found.ClientIDList ?? [],
      ...readTags(found.Tags, prior, providerConfig),
      thumbprintLists: found.ThumbprintList ?? [],
      url: found.Url ?? "",
    };
  },

  async update(aws, id, before, planned) {
    const thumbprints = texts(planned, "thumbprintLists");
    // An emptied list cannot be sent: https://github.com/hashicorp/terraform-provider-aws/issues/40509
    if (changes(schema, "thumbprintLists", before, planned) && thumbprints.length > 0) {
      await explain(
        `updating IAM OIDC Provider (${id}) thumbprint`,
        aws.iam.send(
          new UpdateOpenIDConnectProviderThumbprintCommand({
            OpenIDConnectProviderArn: id,
            ThumbprintList: thumbprints,
          }),
        ),
      );
    }
    await updateClientIds(aws, id, texts(before, "clientIdLists"), texts(planned, "clientIdLists"));
    await changeTags(`IAM OIDC Provider (${id})`, before, planned, {
      untag: (TagKeys) =>
        aws.iam.send(new UntagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: id, TagKeys })),
      tag: (Tags) =>
        aws.iam.send(new TagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: id, Tags })),
    });
  },

  async delete({ iam }, id) {
    const remove = new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: id });
    await explain(`deleting IAM OIDC Provider (${id})`, unlessMissing(iam.send(remove), "NoSuchEntity"));
  },
};

async function updateClientIds(
  { iam }: AwsClients,
  id: string,
  before: string[],
  planned: string[],
): Promise<void> {
  const OpenIDConnectProviderArn = id;
  for (const ClientID of planned.filter((value) => !before.includes(value))) {
    await explain(
      `adding IAM OIDC Provider (${id}) client ID (${ClientID})`,
      iam.send(new AddClientIDToOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, ClientID })),
    );
  }
  for (const ClientID of before.filter((value) => !planned.includes(value))) {
    await explain(
      `removing IAM OIDC Provider (${id}) client ID (${ClientID})`,
      iam.send(new RemoveClientIDFromOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, ClientID })),
    );
  }
}

// normalizeOpenIDURL of the same package.
function withScheme(url: string): string {
  const trimmed = url.trim();
  return trimmed === "" || trimmed.includes("://") ? trimmed : `https://${trimmed}`;
}

// validOpenIDURL in internal/service/iam/validate.go.
function urlProblems(url: string): string[] {
  if (!URL.canParse(url)) return ['"url" has to be a valid URL'];
  const { protocol, search } = new URL(url);
  return [
    ...(protocol === "https:" ? [] : ['"url" has to use HTTPS scheme (i.e. begin with https://)']),
    ...(search === "" ? [] : ['"url" cannot contain query parameters per the OIDC standard']),
  ];
}
