import { ListAddonsCommand, ListPodIdentityAssociationsCommand } from "@aws-sdk/client-eks";
import {
  ListAttachedRolePoliciesCommand,
  ListOpenIDConnectProvidersCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
} from "@aws-sdk/client-iam";
import { eksClient, iamClient } from "../aws/clients";
import { clusterApi } from "../kubernetes/client";
import type { LabCluster, LabDescription } from "../types";

/**
 * Lists what there is in IAM, in EKS and in the clusters, a line each: two lists taken before and after tell what a stack left
 * behind, or took along.
 */
export async function inventory(lab: LabDescription): Promise<Set<string>> {
  const lists = await Promise.all([
    iamInventory(lab),
    ...lab.clusters.map((cluster) => clusterInventory(cluster)),
    ...[...lab.clusters, lab.stranger].map((cluster) => eksInventory(lab, cluster)),
  ]);
  return new Set(lists.flat());
}

/** What is in the second inventory and not in the first. */
export function leftovers(before: Set<string>, after: Set<string>): string[] {
  return [...after].filter((line) => !before.has(line));
}

async function iamInventory(lab: LabDescription): Promise<string[]> {
  const iam = iamClient(lab.aws);
  const [{ OpenIDConnectProviderList = [] }, { Roles = [] }] = await Promise.all([
    iam.send(new ListOpenIDConnectProvidersCommand({})),
    iam.send(new ListRolesCommand({})),
  ]);
  const policies = await Promise.all(
    Roles.map(async ({ RoleName }) => {
      const [attached, inline] = await Promise.all([
        iam.send(new ListAttachedRolePoliciesCommand({ RoleName })),
        iam.send(new ListRolePoliciesCommand({ RoleName })),
      ]);
      return [
        ...(attached.AttachedPolicies ?? []).map(
          ({ PolicyArn }) => `IAM: ${RoleName ?? ""} has ${PolicyArn ?? ""}`,
        ),
        ...(inline.PolicyNames ?? []).map((name) => `IAM: ${RoleName ?? ""} has inline policy ${name}`),
      ];
    }),
  );
  return [
    ...OpenIDConnectProviderList.map(({ Arn }) => `IAM: OIDC provider ${Arn ?? ""}`),
    ...Roles.map(({ Arn }) => `IAM: role ${Arn ?? ""}`),
    ...policies.flat(),
  ];
}

async function eksInventory(lab: LabDescription, { name, region }: LabCluster): Promise<string[]> {
  const eks = eksClient(lab.aws, region);
  const [{ associations = [] }, { addons = [] }] = await Promise.all([
    eks.send(new ListPodIdentityAssociationsCommand({ clusterName: name })),
    eks.send(new ListAddonsCommand({ clusterName: name })),
  ]);
  return [
    ...associations.map(
      ({ namespace, serviceAccount, associationId }) =>
        `EKS: ${name} associates ${namespace ?? ""}/${serviceAccount ?? ""}, ${associationId ?? ""}`,
    ),
    ...addons.map((addon) => `EKS: ${name} has add-on ${addon}`),
  ];
}

async function clusterInventory(cluster: { name: string; kubeconfig: string }): Promise<string[]> {
  const { core } = clusterApi(cluster);
  const [accounts, pods] = await Promise.all([
    core.listServiceAccountForAllNamespaces(),
    core.listPodForAllNamespaces(),
  ]);
  const line = (kind: string, { metadata }: { metadata?: { namespace?: string; name?: string } }) =>
    `${cluster.name}: ${kind} ${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`;
  return [
    ...accounts.items.map((account) => line("ServiceAccount", account)),
    ...pods.items.map((pod) => line("Pod", pod)),
  ];
}
