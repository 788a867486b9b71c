import {
  CreateOpenIDConnectProviderCommand,
  DeleteOpenIDConnectProviderCommand,
  GetOpenIDConnectProviderCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListOpenIDConnectProvidersCommand,
  ListRolePoliciesCommand,
  NoSuchEntityException,
} from "@aws-sdk/client-iam";
import type { V1Pod, V1ServiceAccount } from "@kubernetes/client-node";
import { changesOf } from "../../lab/engine/journal";
import { OperationFailed, type OperationResult } from "../../lab/engine/workspace";
import { iamClient } from "../../lab/aws/clients";
import { clusterApi } from "../../lab/kubernetes/client";
import type { LabDescription } from "../../lab/types";

type Aws = Pick<LabDescription, "aws">;
type Cluster = { kubeconfig: string };

/** Types as the engine names them. */
export const TYPE = {
  component: "eks-irsa:index:MultiClusterIrsa",
  oidcProvider: "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
  role: "aws:iam/role:Role",
  attachment: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  inlinePolicy: "aws:iam/rolePolicy:RolePolicy",
  kubernetes: "pulumi:providers:kubernetes",
  serviceAccount: "kubernetes:core/v1:ServiceAccount",
  pod: "kubernetes:core/v1:Pod",
  association: "aws:eks/podIdentityAssociation:PodIdentityAssociation",
  addon: "aws:eks/addon:Addon",
  job: "kubernetes:batch/v1:Job",
} as const;

/** What changes beside the component, whose inputs in the state are the names of its clusters and bindings. */
export function childChanges(result: OperationResult): string[] {
  const children = changesOf(result).filter(({ type }) => type !== TYPE.component);
  return children.map(({ op, type, name }) => `${op} ${type} ${name}`).sort();
}

/** What the engine warned of. */
export function warningsOf({ diagnostics }: OperationResult): string[] {
  return diagnostics.filter(({ severity }) => severity === "warning").map(({ message }) => message);
}

/** The ARN that IAM gives to the OIDC provider of an issuer in the lab's account. */
export function providerArn({ aws }: Aws, issuerUrl: string): string {
  return `arn:aws:iam::${aws.accountId}:oidc-provider/${issuerUrl.replace("https://", "")}`;
}

/** Makes the OIDC provider of an issuer as somebody else would, with tags to know it by. Resolves to its ARN. */
export async function makeProvider(
  { aws }: Aws,
  issuerUrl: string,
  tags: Record<string, string> = {},
): Promise<string> {
  const command = new CreateOpenIDConnectProviderCommand({
    Url: issuerUrl,
    ClientIDList: ["sts.amazonaws.com"],
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  });
  const { OpenIDConnectProviderArn = "" } = await iamClient(aws).send(command);
  return OpenIDConnectProviderArn;
}

/** Deletes an OIDC provider, as its owner would. */
export async function deleteProvider({ aws }: Aws, OpenIDConnectProviderArn: string): Promise<void> {
  await iamClient(aws).send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }));
}

/** A role as IAM has it, with its trust policy; undefined when there is none. A region of another partition asks that one. */
export async function roleInIam({ aws }: Aws, name: string, region?: string) {
  const { Role } =
    (await unlessAbsent(iamClient(aws, region).send(new GetRoleCommand({ RoleName: name })))) ?? {};
  return Role && { ...Role, trustPolicy: decodeURIComponent(Role.AssumeRolePolicyDocument ?? "") };
}

/** ARNs of the managed policies that are attached to a role, in alphabetical order. */
export async function attachedPolicies({ aws }: Aws, roleName: string, region?: string): Promise<string[]> {
  const command = new ListAttachedRolePoliciesCommand({ RoleName: roleName });
  const { AttachedPolicies = [] } = await iamClient(aws, region).send(command);
  return AttachedPolicies.map(({ PolicyArn = "" }) => PolicyArn).sort();
}

/** A role's inline policies by name, parsed. */
export async function inlinePolicies({ aws }: Aws, roleName: string): Promise<Record<string, unknown>> {
  const iam = iamClient(aws);
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName: roleName }));
  const found = PolicyNames.map(async (name): Promise<[string, unknown]> => {
    const command = new GetRolePolicyCommand({ RoleName: roleName, PolicyName: name });
    const { PolicyDocument = "" } = await iam.send(command);
    return [name, JSON.parse(decodeURIComponent(PolicyDocument))];
  });
  return Object.fromEntries(await Promise.all(found));
}

/** An OIDC provider as IAM has it; undefined when there is none for this issuer. */
export async function providerInIam(lab: Aws, issuerUrl: string) {
  const command = new GetOpenIDConnectProviderCommand({
    OpenIDConnectProviderArn: providerArn(lab, issuerUrl),
  });
  const found = await unlessAbsent(iamClient(lab.aws).send(command));
  return (
    found && {
      clientIds: found.ClientIDList ?? [],
      tags: Object.fromEntries((found.Tags ?? []).map(({ Key = "", Value }) => [Key, Value])),
      created: found.CreateDate?.toISOString(),
    }
  );
}

/** ARNs of all OIDC providers of the account. */
export async function allProviderArns({ aws }: Aws, region?: string): Promise<string[]> {
  const listed = await iamClient(aws, region).send(new ListOpenIDConnectProvidersCommand({}));
  return (listed.OpenIDConnectProviderList ?? []).map(({ Arn = "" }) => Arn);
}

/** The ServiceAccounts of a namespace, by name, without `default`, which the controllers make. */
export async function serviceAccountsIn(
  cluster: Cluster,
  namespace: string,
): Promise<Record<string, V1ServiceAccount>> {
  const { default: _, ...others } = byName(
    (await clusterApi(cluster).core.listNamespacedServiceAccount({ namespace })).items,
  );
  return others;
}

/** The pods of a namespace, by name. */
export async function podsIn(cluster: Cluster, namespace: string): Promise<Record<string, V1Pod>> {
  return byName((await clusterApi(cluster).core.listNamespacedPod({ namespace })).items);
}

function byName<T extends { metadata?: { name?: string } }>(items: T[]): Record<string, T> {
  return Object.fromEntries(items.map((item) => [item.metadata?.name ?? "", item]));
}

async function unlessAbsent<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof NoSuchEntityException) return undefined;
    throw error;
  }
}

/** What the engine said of an operation that must fail: its errors, and how far it came. */
export async function failureOf(operation: Promise<unknown>): Promise<OperationFailed> {
  const [outcome] = await Promise.allSettled([operation]);
  if (outcome.status === "fulfilled") throw new Error("the operation succeeded, and should have failed");
  if (outcome.reason instanceof OperationFailed) return outcome.reason;
  throw outcome.reason;
}
