import * as pulumi from "@pulumi/pulumi";
import { clusterArn, parseClusterArn } from "../trust/clusterArn";
import { partitionOfRegion } from "../trust/eksHost";
import type { PodIdentityCall } from "../trust/extraKeys";
import { oidcProviderArn, parseIssuer } from "../trust/issuer";
import type { TrustedPodIdentity } from "../trust/types";
import { clusterArnProblem, foreignClusterReason, roleArnProblem } from "./podIdentityReasons";
import type { IrsaRolePodIdentity } from "./irsaRole";
import type { KnownCluster } from "./narrowing";
import { checkedInput, lateProblems, NOTHING, problemsOf, type Problem } from "./problems";
import type { RoleAccount } from "./roleAccount";
import type { BaseRole, PodIdentitySettings } from "./podIdentityTypes";
import type { IrsaCluster } from "./types";

type ClusterOfPodIdentity = Pick<IrsaCluster, "clusterName" | "region" | "accountId" | "baseRole">;

/** Where a cluster stands in the arguments, for errors that come late. */
export interface ClusterPath {
  /** The component as the user wrote it. */
  what: string;
  /** Property path of the cluster, such as `clusters[0]`. */
  path: string;
  /** The property that says its region and account, where they have none of their own. */
  within?: string;
  resource: pulumi.Resource;
}

/** The calls by which the pods of a cluster come to the role, as far as condition keys are another's. */
export function podIdentityCall(
  { baseRole }: Pick<ClusterOfPodIdentity, "baseRole">,
  { disableSessionTags = false }: Pick<PodIdentitySettings, "disableSessionTags">,
): PodIdentityCall {
  const tagsAreOff = baseRole === undefined ? disableSessionTags : baseRole.disableSessionTags === true;
  return { baseRole: baseRole !== undefined, tags: !tagsAreOff };
}

/** How a cluster comes to the role by Pod Identity, once the accounts are known and fit. */
export function podIdentityOf(
  cluster: ClusterOfPodIdentity,
  settings: PodIdentitySettings,
  account: pulumi.Output<RoleAccount>,
  { what, path, within, resource }: ClusterPath,
): pulumi.Output<TrustedPodIdentity> {
  const { baseRole } = cluster;
  return pulumi.all([account, baseRole && arrived(baseRole.arn)]).apply(([where, baseRoleArn]) => {
    const problems = accountProblems(cluster, where, baseRoleArn, { path, within });
    if (problems.length > 0) {
      throw lateProblems(what, problems, resource);
    }
    return {
      clusterArn: arnOf(cluster, { ...where, ...(baseRoleArn && accountOf(baseRoleArn)) }),
      ...(baseRoleArn !== undefined && { baseRoleArn }),
      ...(!podIdentityCall(cluster, settings).tags && { disableSessionTags: true }),
    };
  });
}

/** The same of a cluster that is known by its ARN. */
export function rolePodIdentityOf(
  { clusterArn: given, baseRole, disableSessionTags }: IrsaRolePodIdentity,
  account: pulumi.Output<RoleAccount>,
  { what, path, resource }: ClusterPath,
): pulumi.Output<TrustedPodIdentity> {
  const where = { what, path: `${path}.podIdentity`, resource };
  const propertyPath = `${where.path}.clusterArn`;
  return checkedInput(given, clusterArnProblem, { ...where, propertyPath }).apply((arn) => {
    const parts = parseClusterArn(arn);
    return podIdentityOf(
      { ...parts, ...(baseRole && { baseRole }) },
      { ...(disableSessionTags !== undefined && { disableSessionTags }) },
      account,
      { ...where, within: "clusterArn" },
    );
  });
}

/** The same as far as it can be foreseen: the size does not depend on which account it is. */
export function foreseenPodIdentity(
  cluster: Omit<ClusterOfPodIdentity, "baseRole"> & { baseRole?: BaseRole & { arn: string } },
  { disableSessionTags = false }: PodIdentitySettings,
  account: RoleAccount,
): TrustedPodIdentity {
  const { baseRole } = cluster;
  if (baseRole === undefined) {
    return { clusterArn: arnOf(cluster, account), ...(disableSessionTags && { disableSessionTags }) };
  }
  return {
    clusterArn: arnOf(cluster, { ...account, ...accountOf(baseRole.arn) }),
    baseRoleArn: baseRole.arn,
    ...(baseRole.disableSessionTags === true && { disableSessionTags: true }),
  };
}

/** An Output that comes to nothing is a base role without an ARN, which is refused, and never a cluster without a base role. */
function arrived(arn: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.output(arn).apply((known: unknown) => (typeof known === "string" ? known : ""));
}

function arnOf({ clusterName = "", region = "" }: ClusterOfPodIdentity, account: RoleAccount): string {
  return clusterArn({ ...account, region, clusterName });
}

function accountOf(roleArn: string): RoleAccount {
  const [, partition = "", , , accountId = ""] = roleArn.split(":");
  return { partition, accountId };
}

function accountProblems(
  { accountId, region = "" }: ClusterOfPodIdentity,
  where: RoleAccount,
  baseRoleArn: string | undefined,
  { path, within }: { path: string; within: string | undefined },
): Problem[] {
  const partition = partitionOfRegion(region);
  const abroad =
    partition === undefined || partition === where.partition
      ? undefined
      : `is "${region}", in the partition ${partition}, and the role is in ${where.partition}: no role reaches across partitions`;
  const base = baseRoleArn === undefined ? undefined : baseRoleReason(baseRoleArn, accountId, where);
  const foreign =
    baseRoleArn === undefined && accountId !== undefined && accountId !== where.accountId
      ? foreignClusterReason(accountId, where.accountId)
      : undefined;
  const found: [string, string | undefined][] = [
    [within ?? "region", abroad],
    ["baseRole.arn", base],
    [within ?? "accountId", foreign],
  ];
  return problemsOf(found, `${path}.`);
}

function baseRoleReason(arn: string, accountId: string | undefined, where: RoleAccount): string | undefined {
  const malformed = arn === "" ? NOTHING : roleArnProblem(arn);
  if (malformed !== undefined) {
    return malformed;
  }
  const base = accountOf(arn);
  if (base.partition !== where.partition) {
    return `is in the partition ${base.partition}, and the role is in ${where.partition}: no role reaches across partitions`;
  }
  return accountId === undefined || accountId === base.accountId
    ? undefined
    : `is in account ${base.accountId}, and the cluster in ${accountId}: the base role is in the cluster's account`;
}

/** All that a trust policy may know a cluster by, whatever is trusted of it now. */
export function knownCluster(
  cluster: ClusterOfPodIdentity & Pick<IrsaCluster, "name">,
  settings: PodIdentitySettings,
  account: pulumi.Output<RoleAccount>,
  issuerUrl: pulumi.Output<string>,
): pulumi.Output<KnownCluster> {
  const { baseRole, ...others } = cluster;
  const { name, clusterName, region, accountId } = others;
  const knownBy = (where: RoleAccount, url: string, baseRoleArn: string): KnownCluster => ({
    name,
    oidcProviderArn: oidcProviderArn(parseIssuer(url), where),
    ...(clusterName !== undefined &&
      region !== undefined && {
        podIdentity: foreseenPodIdentity(
          { ...others, ...(baseRole && { baseRole: { ...baseRole, arn: baseRoleArn } }) },
          settings,
          { ...where, accountId: accountId ?? where.accountId },
        ),
      }),
  });
  return baseRole
    ? pulumi
        .all([account, issuerUrl, arrived(baseRole.arn)])
        .apply(([where, url, baseRoleArn]) => knownBy(where, url, baseRoleArn))
    : issuerUrl.apply((url) => account.apply((where) => knownBy(where, url, "")));
}
