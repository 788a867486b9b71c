import { DescribeClusterCommand } from "@aws-sdk/client-eks";
import { GetOpenIDConnectProviderCommand, ListOpenIDConnectProvidersCommand } from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import type { Properties } from "../shared/server";
import type { AwsClients } from "./clients";
import { describeCluster } from "./clusterDescription";
import { explain } from "./errors";
import { partitionOf } from "./partition";
import { optionalText, text } from "./schema";
import { readTags } from "./tags";

/** A function of the provider, a data source in Terraform. */
export type AwsFunction = (aws: AwsClients, args: Properties) => Promise<Properties>;

// Each as its data source in terraform-provider-aws: internal/service/meta (region, partition), sts (caller_identity),
// eks/cluster_data_source.go, iam/openid_connect_provider_data_source.go.
const functions: Record<string, AwsFunction | undefined> = {
  "aws:index/getCallerIdentity:getCallerIdentity": getCallerIdentity,
  "aws:index/getPartition:getPartition": getPartition,
  "aws:index/getRegion:getRegion": getRegion,
  "aws:eks/getCluster:getCluster": getCluster,
  "aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider": getOpenIdConnectProvider,
};

/** A function by its token; undefined when the stand-in does not know it. */
export function functionOf(token: string): AwsFunction | undefined {
  return functions[token];
}

async function getCallerIdentity({ sts }: AwsClients): Promise<Properties> {
  const identity = await explain("reading STS Caller Identity", sts.send(new GetCallerIdentityCommand({})));
  const { Account: accountId = "", Arn: arn = "", UserId: userId = "" } = identity;
  return { accountId, arn, userId, id: accountId };
}

function getPartition({ region }: AwsClients): Promise<Properties> {
  const { id, dnsSuffix, reverseDnsPrefix } = partitionOf(region);
  return Promise.resolve({ partition: id, id, dnsSuffix, reverseDnsPrefix });
}

// The region's description ("US East (N. Virginia)") is not told: no list of them is at hand.
function getRegion(aws: AwsClients, args: Properties): Promise<Properties> {
  const region = optionalText(args, "region") ?? optionalText(args, "name") ?? aws.region;
  const endpoint = `ec2.${region}.${partitionOf(region).dnsSuffix}`;
  return Promise.resolve({ region, name: region, id: region, endpoint, description: "" });
}

async function getCluster(aws: AwsClients, args: Properties): Promise<Properties> {
  const name = text(args, "name");
  const region = optionalText(args, "region") ?? aws.region;
  const { cluster } = await explain(
    `reading EKS Cluster (${name})`,
    aws.eks(region).send(new DescribeClusterCommand({ name })),
  );
  return { ...describeCluster(cluster ?? {}), id: name, name, region };
}

async function getOpenIdConnectProvider(aws: AwsClients, args: Properties): Promise<Properties> {
  const arn = optionalText(args, "arn") ?? (await arnOfUrl(aws, text(args, "url")));
  const found = await explain(
    `reading IAM OIDC Provider (${arn})`,
    aws.iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn })),
  );
  return {
    arn,
    id: arn,
    clientIdLists: found.ClientIDList ?? [],
    tags: readTags(found.Tags, {}, aws.providerConfig).tagsAll ?? {},
    thumbprintLists: found.ThumbprintList ?? [],
    url: found.Url ?? "",
  };
}

async function arnOfUrl({ iam }: AwsClients, url: string): Promise<string> {
  const listed = await explain(
    "listing IAM OIDC Providers",
    iam.send(new ListOpenIDConnectProvidersCommand({})),
  );
  const wanted = `:oidc-provider/${url.replace(/^https:\/\//, "")}`;
  const arn = listed.OpenIDConnectProviderList?.map(({ Arn = "" }) => Arn).find((candidate) =>
    candidate.endsWith(wanted),
  );
  if (arn === undefined) throw new Error(`finding IAM OIDC Provider by url (${url}): not found`);
  return arn;
}
