import {
  GetOpenIDConnectProviderCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListOpenIDConnectProvidersCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  type IAMClient,
  type Role,
} from "@aws-sdk/client-iam";
import type { KubernetesObject } from "@kubernetes/client-node";
import { iamClient } from "../aws/clients";
import { clusterApi } from "../kubernetes/client";
import type { LabCluster } from "../types";
import { associationsOf } from "./associations";
import type { Fleet } from "./fleet";
import type { Resource, Resources } from "./resources";

type Entry = [string, Resource];

/** What the account and the clusters have of a fleet's project, asked without its gates. `clusters`: only these are asked. */
export async function realityOf(fleet: Fleet, clusters = fleet.clusters): Promise<Resources> {
  const iam = iamClient(fleet.lab.aws);
  const lists = await Promise.all([
    providers(iam, fleet),
    roles(iam, fleet),
    ...clusters.map((cluster) => objects(cluster, fleet.project)),
    ...clusters.map((cluster) => associationsOf(fleet.lab.aws, cluster, fleet.project)),
  ]);
  return new Map(lists.flat());
}

async function providers(iam: IAMClient, { issuers }: Fleet): Promise<Entry[]> {
  const { OpenIDConnectProviderList = [] } = await iam.send(new ListOpenIDConnectProvidersCommand({}));
  const found = OpenIDConnectProviderList.map(async ({ Arn = "" }): Promise<Entry | undefined> => {
    const cluster = clusterOfIssuer(issuers, Arn);
    if (cluster === undefined) return undefined;
    const command = new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: Arn });
    const { ClientIDList = [], ThumbprintList = [], Tags = [], CreateDate } = await iam.send(command);
    const content = { arn: Arn, clientIds: ClientIDList, thumbprints: ThumbprintList, tags: tagsOf(Tags) };
    return [`OIDC provider ${cluster}`, { content, identity: CreateDate?.toISOString() ?? "" }];
  });
  return (await Promise.all(found)).filter((entry) => entry !== undefined);
}

/** The name of the cluster whose issuer this is, with or without https:// and what an ARN has before it. */
export function clusterOfIssuer(issuers: Fleet["issuers"], issuer: string): string | undefined {
  return Object.keys(issuers).find((name) => issuer.endsWith((issuers[name] ?? "").replace("https://", "")));
}

async function roles(iam: IAMClient, { project, issuers }: Fleet): Promise<Entry[]> {
  const { Roles = [] } = await iam.send(new ListRolesCommand({}));
  const known = Object.values(issuers).map((issuer) => issuer.replace("https://", ""));
  const ours = Roles.filter(
    (role) =>
      role.RoleName?.startsWith(project) || known.some((issuer) => trustPolicyOf(role).includes(issuer)),
  );
  return (await Promise.all(ours.map((role) => entriesOfRole(iam, role)))).flat();
}

async function entriesOfRole(iam: IAMClient, role: Role): Promise<Entry[]> {
  const { RoleName = "", RoleId = "", Path, MaxSessionDuration = 3600, Description = "" } = role;
  const [{ AttachedPolicies = [] }, { PolicyNames = [] }] = await Promise.all([
    iam.send(new ListAttachedRolePoliciesCommand({ RoleName })),
    iam.send(new ListRolePoliciesCommand({ RoleName })),
  ]);
  const inline = PolicyNames.map(async (PolicyName): Promise<Entry> => {
    const { PolicyDocument = "" } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    return [
      `inline policy ${PolicyName} of ${RoleName}`,
      { content: parsed(decodeURIComponent(PolicyDocument)) },
    ];
  });
  const content = {
    trustPolicy: parsed(trustPolicyOf(role)),
    path: Path,
    description: Description,
    maxSessionDuration: MaxSessionDuration,
  };
  return [
    [`role ${RoleName}`, { content, identity: RoleId }],
    ...AttachedPolicies.map(({ PolicyArn = "" }): Entry => [
      `attachment ${PolicyArn} of ${RoleName}`,
      { content: {} },
    ]),
    ...(await Promise.all(inline)),
  ];
}

async function objects(cluster: LabCluster, namespace: string): Promise<Entry[]> {
  const { core } = clusterApi(cluster);
  const [accounts, pods] = await Promise.all([
    core.listNamespacedServiceAccount({ namespace }),
    core.listNamespacedPod({ namespace }),
  ]);
  // The controllers make `default` in each namespace.
  const ours = accounts.items.filter(({ metadata }) => metadata?.name !== "default");
  const entry = (kind: string, { metadata = {} }: KubernetesObject): Entry => [
    `${kind} ${cluster.name}/${namespace}/${metadata.name ?? ""}`,
    {
      content: { annotations: metadata.annotations ?? {}, labels: metadata.labels ?? {} },
      identity: metadata.uid ?? "",
    },
  ];
  return [
    ...ours.map((account) => entry("ServiceAccount", account)),
    ...pods.items.map((pod) => entry("Pod", pod)),
  ];
}

function trustPolicyOf({ AssumeRolePolicyDocument = "" }: Role): string {
  return decodeURIComponent(AssumeRolePolicyDocument);
}

function tagsOf(tags: { Key?: string; Value?: string }[]): Record<string, string> {
  return Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));
}

function parsed(document: string): unknown {
  return JSON.parse(document);
}
