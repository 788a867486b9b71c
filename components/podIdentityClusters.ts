import { EKS_CLUSTER_NAME } from "../trust/clusterArn";
import { issuerProblem } from "../trust/issuer";
import { IdentityMode } from "../trust/types";
import { shown } from "../trust/values";
import { hasIrsa, hasPodIdentity, identityOf, trustsOf, usesPodIdentity } from "./identity";
import { baseRoleArnProblem, podIdentityIssuerProblem } from "./podIdentityReasons";
import { isPlain, problemsOf, repeated, type Problem } from "./problems";
import type { BaseRole } from "./podIdentityTypes";
import type { IrsaCluster } from "./types";

const MODES: string[] = Object.values(IdentityMode);
const REGION = /^[a-z]+(-[a-z]+)+-\d+$/;
const ACCOUNT = /^\d{12}$/;
const LATE = "must be plain text: it is part of the cluster's ARN, which a preview shows in the trust policy";

type Reason = string | undefined;

/** Faults of what a cluster's pods get and what the role accepts: other faults are not to be looked for where there are some. */
export function modeProblems(cluster: IrsaCluster, path: string): Problem[] {
  const { identity, trusts } = cluster;
  const unknown = Object.entries({ identity, trusts }).flatMap(([property, mode]) =>
    mode === undefined || MODES.includes(mode)
      ? []
      : [{ propertyPath: `${path}.${property}`, reason: `is ${shown(mode)}: write ${MODES.join(" or ")}` }],
  );
  if (unknown.length > 0 || covers(trustsOf(cluster), identityOf(cluster))) {
    return unknown;
  }
  const reason = `is ${trustsOf(cluster)}, and so the role would refuse pods of identity ${identityOf(cluster)}: write ${IdentityMode.Both}, or leave it out`;
  return [{ propertyPath: `${path}.trusts`, reason }];
}

function covers(trusts: IdentityMode, identity: IdentityMode): boolean {
  return (hasIrsa(trusts) || !hasIrsa(identity)) && (hasPodIdentity(trusts) || !hasPodIdentity(identity));
}

/** Faults of what is said of a cluster for Pod Identity. */
export function podIdentityClusterProblems(cluster: IrsaCluster, path: string): Problem[] {
  const { accountId, baseRole } = cluster;
  const found: [property: string, Reason][] = [
    ["issuerUrl", issuerReason(cluster)],
    ["clusterName", clusterNameReason(cluster)],
    ["region", regionReason(cluster)],
    [
      "accountId",
      accountId === undefined || ACCOUNT.test(accountId)
        ? undefined
        : `is no AWS account: ${shown(accountId)} (12 digits, as text)`,
    ],
    ...(baseRole === undefined ? [] : baseRoleReasons(cluster, baseRole)),
    ["installAgent", agentReason(cluster)],
    ["importOidcProvider", takeoverReason(cluster)],
  ];
  return problemsOf(found, `${path}.`);
}

/** What is wrong with the issuer or the region by itself is told there. */
function issuerReason(cluster: IrsaCluster): Reason {
  const { issuerUrl, region, ...others } = cluster;
  if (!isPlain(issuerUrl) || issuerProblem(issuerUrl) !== undefined) {
    return undefined;
  }
  const known = region !== undefined && regionReason(cluster) === undefined;
  return podIdentityIssuerProblem(issuerUrl, known ? { ...others, region } : others);
}

function clusterNameReason({ clusterName, ...cluster }: IrsaCluster): Reason {
  if (clusterName === undefined) {
    return usesPodIdentity(cluster)
      ? "is missing, and Pod Identity needs it: write the cluster's name in EKS, as `aws eks list-clusters` prints it (fromClusterName fills it in)"
      : undefined;
  }
  if (typeof clusterName !== "string") {
    return LATE;
  }
  return EKS_CLUSTER_NAME.test(clusterName)
    ? undefined
    : `is not a cluster's name in EKS: ${shown(clusterName)} (1 to 100 letters, digits, "-" and "_", a letter or digit first; \`aws eks list-clusters\` prints the names)`;
}

function regionReason({ region, ...cluster }: IrsaCluster): Reason {
  if (region === undefined) {
    return usesPodIdentity(cluster)
      ? "is missing, and Pod Identity needs it: write the cluster's region, in which `aws eks list-clusters --region <region>` prints it (fromClusterName fills it in where its `region` is given)"
      : undefined;
  }
  if (typeof region !== "string") {
    return LATE;
  }
  return REGION.test(region) ? undefined : `is not a region: ${shown(region)} (such as "eu-west-1")`;
}

function baseRoleReasons(cluster: IrsaCluster, { arn }: BaseRole): [string, Reason][] {
  if (!usesPodIdentity(cluster)) {
    return [["baseRole", `is for Pod Identity, which the cluster does not have: leave it out`]];
  }
  const elsewhere = isPlain(arn) ? otherAccountReason(cluster, arn) : undefined;
  return [["baseRole.arn", baseRoleArnProblem(arn) ?? elsewhere]];
}

function otherAccountReason({ accountId }: IrsaCluster, arn: string): Reason {
  const [, , , , account = ""] = arn.split(":");
  return accountId === undefined || accountId === account
    ? undefined
    : `is in account ${account}, and the cluster in ${accountId}: associations take a role of their cluster's account alone`;
}

function agentReason(cluster: IrsaCluster): Reason {
  if (cluster.installAgent !== true) {
    return undefined;
  }
  if (!usesPodIdentity(cluster)) {
    return "is set, and the cluster does not have Pod Identity: set `identity`, or leave it out";
  }
  if (cluster.baseRole !== undefined) {
    return "is for the component that makes the cluster's associations, which is the one of its baseRole: set it there";
  }
  return isPlain(cluster.autoMode) ? builtInAgentProblem(cluster.autoMode) : undefined;
}

/** Says that a cluster on which the agent is to be installed has it built in, or undefined. */
export function builtInAgentProblem(autoMode: boolean): Reason {
  return autoMode
    ? "is set, and the cluster is in EKS Auto Mode, which has the agent built in: leave it out"
    : undefined;
}

function takeoverReason(cluster: IrsaCluster): Reason {
  return cluster.importOidcProvider === true && !hasIrsa(trustsOf(cluster))
    ? `takes over the cluster's OIDC provider, and none is used where the role accepts ${IdentityMode.PodIdentity} alone: leave it out`
    : undefined;
}

/** Clusters of Pod Identity that are one and the same in EKS, and those that cannot have one role. */
export function sameClusterProblems(clusters: IrsaCluster[]): Problem[] {
  // Clusters without a base role are all in the role's account, whichever of them says so.
  const roles = clusters.find((cluster) => isDirect(cluster) && cluster.accountId !== undefined)?.accountId;
  const same = repeated(
    clusters.map((cluster) => {
      const { clusterName, region } = cluster;
      const known = usesPodIdentity(cluster) && typeof clusterName === "string" && typeof region === "string";
      const accountId = cluster.accountId ?? (isDirect(cluster) ? roles : baseAccountOf(cluster));
      return known
        ? `${clusterName} in ${region}${accountId === undefined ? "" : `, ${accountId}`}`
        : undefined;
    }),
    clusters.map((_, index) => `clusters[${index}].clusterName`),
    (cluster, first) =>
      `is ${cluster}, as ${first} is: list that cluster once, or say their accountId where they are of different accounts`,
  );
  const abroad = clusters.flatMap((cluster, index) =>
    isDirect(cluster) && cluster.accountId !== undefined && cluster.accountId !== roles
      ? [
          {
            propertyPath: `clusters[${index}].accountId`,
            reason: apartReason(cluster.accountId, roles ?? ""),
          },
        ]
      : [],
  );
  return [...same, ...abroad];
}

/** Do its associations name the component's own role? */
function isDirect(cluster: IrsaCluster): boolean {
  return usesPodIdentity(cluster) && cluster.baseRole === undefined;
}

function baseAccountOf({ baseRole }: IrsaCluster): string | undefined {
  return baseRole && isPlain(baseRole.arn) ? baseRole.arn.split(":")[4] : undefined;
}

function apartReason(accountId: string, others: string): string {
  return `is ${accountId}, and that of another cluster without a baseRole ${others}: EKS takes for an association only a role of the cluster's own account, so that one of the two needs a baseRole`;
}
