import { SubjectMatch, subjectOf } from "../trust/subject";
import { shown } from "../trust/values";
import type { TrustedCluster } from "../trust/types";
import type { IrsaCluster, ServiceAccountBinding } from "./types";

/** The bindings of a cluster's ServiceAccounts. */
export function bindingsOf(cluster: string, bindings: ServiceAccountBinding[]): ServiceAccountBinding[] {
  return bindings.filter(({ clusters }) => clusters === undefined || clusters.includes(cluster));
}

/** The bindings of a cluster for which something is made there: those of exactly one ServiceAccount, and none once it is retired. */
export function exactBindingsOf(
  { name, retired = false }: Pick<IrsaCluster, "name" | "retired">,
  bindings: ServiceAccountBinding[],
): ServiceAccountBinding[] {
  return retired ? [] : bindingsOf(name, bindings).filter((binding) => !isWildcard(binding));
}

/** A cluster as the trust policy sees it. */
export function trustedCluster(
  cluster: { name: string; oidcProviderArn: string; oidcProviderClientIds?: string[] },
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
