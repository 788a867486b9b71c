import type { ServiceAccountBinding } from "./types";

/** The ServiceAccounts that may assume the role from a cluster. */
export function bindingsOf(cluster: string, bindings: ServiceAccountBinding[]): ServiceAccountBinding[] {
  return bindings.filter(({ clusters }) => clusters === undefined || clusters.includes(cluster));
}

/** Says that a cluster is not in the list, and what the list has. */
export function unknownClusterReason(cluster: string, known: string[]): string {
  return `names no cluster of the list: "${cluster}" (there are ${known.map((name) => `"${name}"`).join(", ") || "none"})`;
}
