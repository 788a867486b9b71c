import { SubjectMatch, subjectOf } from "../trust/subject";
import { shown } from "../trust/values";
import { IdentityMode, type TrustedCluster } from "../trust/types";
import { ServiceAccountOwnership, type IrsaCluster, type ServiceAccountBinding } from "./types";

/** The bindings of a cluster's ServiceAccounts. */
export function bindingsOf(cluster: string, bindings: ServiceAccountBinding[]): ServiceAccountBinding[] {
  return bindings.filter(({ clusters }) => clusters === undefined || clusters.includes(cluster));
}

/** The bindings of a cluster that are of exactly one ServiceAccount. */
export function exactBindingsOf(cluster: string, bindings: ServiceAccountBinding[]): ServiceAccountBinding[] {
  return bindingsOf(cluster, bindings).filter((binding) => !isWildcard(binding));
}

/** The bindings of a cluster for which something is made there: none once it is retired, or where that is done by others. */
export function madeBindingsOf(
  {
    name,
    retired = false,
    baseRole,
    identity,
  }: Pick<IrsaCluster, "name" | "retired" | "baseRole" | "identity">,
  bindings: ServiceAccountBinding[],
): ServiceAccountBinding[] {
  const made = exactBindingsOf(name, bindings).filter(
    ({ ownership }) => ownership !== ServiceAccountOwnership.None,
  );
  // What Pod Identity of another account needs in the cluster is made by the base role's component.
  const elsewhere = baseRole !== undefined && identity === IdentityMode.PodIdentity;
  return retired || elsewhere ? [] : made;
}

/** A cluster as the trust policy sees it. */
export function trustedCluster(
  cluster: Omit<TrustedCluster, "subjects" | "subjectPatterns">,
  bindings: ServiceAccountBinding[],
): TrustedCluster {
  const mine = bindingsOf(cluster.name, bindings);
  const subjects = (of: ServiceAccountBinding[]) =>
    of.map(({ namespace, name }) => subjectOf(namespace, name));
  const patterns = subjects(mine.filter(isWildcard));
  return {
    ...cluster,
    subjects: subjects(mine.filter((binding) => !isWildcard(binding))),
    ...(patterns.length > 0 && { subjectPatterns: patterns }),
  };
}

function isWildcard({ match }: ServiceAccountBinding): boolean {
  return match === SubjectMatch.Wildcard;
}

/** Says that a cluster is not in the list, and what the list has. */
export function unknownClusterReason(cluster: string, known: string[]): string {
  return `names no cluster of the list: "${cluster}" (there are ${known.map(shown).join(", ") || "none"})`;
}
