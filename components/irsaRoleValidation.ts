import { providerArnProblem } from "../trust/issuer";
import { SubjectMatch } from "../trust/subject";
import { IdentityMode } from "../trust/types";
import { bindingProblems } from "./bindingValidation";
import { bindingsOf } from "./bindings";
import type { IrsaRoleArgs, IrsaRoleCluster, IrsaRolePodIdentity } from "./irsaRole";
import { unknownKeyProblems } from "./knownKeys";
import { baseRoleArnProblem, clusterArnProblem, sharedClusterReason } from "./podIdentityReasons";
import { podIdentityCall } from "./podIdentityTrust";
import { conditionsOfOneWay } from "./podIdentityValidation";
import { isPlain, problem, problemsOf, repeated, type Problem } from "./problems";
import { permissionProblems, roleProblems } from "./roleValidation";
import { settleProblem } from "./settle";
import { checkShapes, untold } from "./shapes";
import { tagProblems } from "./tagValidation";
import {
  audienceProblems,
  baseRolePrincipalProblems,
  clientIdProblem,
  oneRoleProblems,
  trustProblems,
} from "./trustValidation";
import type { ServiceAccountBinding } from "./types";
import { clusterNameProblem } from "./validation";

/** Finds every fault of the arguments of `IrsaRole` that can be seen before anything is created. */
export function findRoleProblems(args: IrsaRoleArgs): Problem[] {
  const { problems, usable } = checkShapes(args);
  return [...problems, ...unknownKeyProblems(args, "IrsaRole"), ...untold(problemsIn(usable), problems)];
}

function problemsIn(args: IrsaRoleArgs): Problem[] {
  const clusters = Array.isArray(args.clusters) ? args.clusters : [];
  const empty = { propertyPath: "clusters", reason: "is empty: list at least one cluster" };
  const paths = clusters.map((_, index) => `clusters[${index}]`);
  const each = clusters.flatMap((cluster, index) => {
    const { name, oidcProviderArn } = cluster;
    const found: [string, string | undefined][] = [
      ["name", clusterNameProblem(name)],
      ["oidcProviderArn", isPlain(oidcProviderArn) ? providerArnProblem(oidcProviderArn) : undefined],
      ["oidcProviderArn", wayProblem(cluster)],
      ["oidcProviderClientIds", clientIdProblem(cluster)],
    ];
    const path = paths[index] ?? "";
    return [...problemsOf(found, `${path}.`), ...podIdentityProblems(cluster, args.serviceAccounts, path)];
  });
  const twice = [
    ...repeated(
      clusters.map(({ name }) => name),
      paths.map((path) => `${path}.name`),
      (name, first) => `is "${name}", as ${first} is: give each cluster a name of its own`,
    ),
    ...repeated(
      clusters.map(({ podIdentity }) =>
        isPlain(podIdentity?.clusterArn) ? podIdentity.clusterArn : undefined,
      ),
      paths.map((path) => `${path}.podIdentity.clusterArn`),
      sharedClusterReason,
    ),
    ...repeated(
      clusters.map(({ oidcProviderArn: arn }) => (isPlain(arn) ? arn : undefined)),
      paths.map((path) => `${path}.oidcProviderArn`),
      (arn, first) => `is ${arn}, as ${first} is: an issuer belongs to one cluster, list that cluster once`,
    ),
  ];
  const withBaseRoles = clusters.map(({ name, podIdentity }) => ({ name, baseRole: podIdentity?.baseRole }));
  const inTrust = trustProblems(
    args.trust ?? {},
    clusters.flatMap(({ podIdentity }) => (podIdentity ? [podIdentityCall(podIdentity, podIdentity)] : [])),
  );
  return [
    ...(clusters.length === 0 ? [empty] : []),
    ...each,
    ...twice,
    ...bindingProblems(args.serviceAccounts, clusters),
    ...roleProblems(args.role ?? {}),
    ...permissionProblems(args),
    ...tagProblems(args.tags),
    ...inTrust,
    ...conditionsOfOneWay(
      args.trust ?? {},
      clusters.map(({ podIdentity }) => podIdentity !== undefined),
    ),
    ...(inTrust.length === 0 ? baseRolePrincipalProblems(args.trust ?? {}, withBaseRoles) : []),
    ...oneRoleProblems(args.trust ?? {}),
    ...settleProblems(args.settleSeconds),
    ...audienceProblems(
      // Clusters of Pod Identity alone keep their places.
      clusters.map((cluster) =>
        cluster.oidcProviderArn === undefined ? { ...cluster, trusts: IdentityMode.PodIdentity } : cluster,
      ),
      args.trust ?? {},
    ),
  ];
}

function settleProblems(seconds = 0): Problem[] {
  const reason = settleProblem(seconds);
  return problem("settleSeconds", reason);
}

function wayProblem({ oidcProviderArn, podIdentity }: IrsaRoleCluster): string | undefined {
  return oidcProviderArn === undefined && podIdentity === undefined
    ? "is missing: pass the ARN of the cluster's OIDC provider, or podIdentity, or both"
    : undefined;
}

function podIdentityProblems(
  { name, podIdentity }: IrsaRoleCluster,
  bindings: ServiceAccountBinding[],
  path: string,
): Problem[] {
  if (podIdentity === undefined) {
    return [];
  }
  const { clusterArn, baseRole, disableSessionTags = false, allowClusterWideTrust = false } = podIdentity;
  const wildcard = Array.isArray(bindings)
    ? bindingsOf(name, bindings).find(({ match }) => match === SubjectMatch.Wildcard)
    : undefined;
  const found: [string, string | undefined][] = [
    ["clusterArn", ownArnProblem(clusterArn)],
    ["baseRole.arn", baseRole && baseRoleArnProblem(baseRole.arn)],
    [
      "disableSessionTags",
      disableSessionTags && baseRole
        ? "is of associations that name this role, and they name the base role: write baseRole.disableSessionTags"
        : undefined,
    ],
    [
      "allowClusterWideTrust",
      disableSessionTags === allowClusterWideTrust || baseRole
        ? undefined
        : wideReason(allowClusterWideTrust),
    ],
    [
      "clusterArn",
      wildcard &&
        `is trusted by Pod Identity, whose associations are exact, and ${wildcard.namespace}/${wildcard.name} has a wildcard: bind exact names in this cluster`,
    ],
  ];
  return problemsOf(found, `${path}.podIdentity.`);
}

/** A program in JavaScript may well leave it out. */
function ownArnProblem(arn: IrsaRolePodIdentity["clusterArn"] | undefined): string | undefined {
  if (arn === undefined) return "is missing: write the ARN of the cluster in EKS";
  return isPlain(arn) ? clusterArnProblem(arn) : undefined;
}

function wideReason(allowed: boolean): string {
  return allowed
    ? "is set, and disableSessionTags is not: leave it out"
    : "is not set, and with disableSessionTags the role is open to every association of the cluster that names it: set it to true if that is meant";
}
