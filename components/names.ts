import type * as pulumi from "@pulumi/pulumi";

/** Aliases for a cluster's children, by the names that the cluster had before. */
export function formerly(
  cluster: { formerNames?: string[] },
  nameUnder: (formerName: string) => string,
): pulumi.Alias[] {
  return (cluster.formerNames ?? []).map((former) => ({ name: nameUnder(former) }));
}
