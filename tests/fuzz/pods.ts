import { evaluateTrust } from "../../trust/evaluate";
import type { TrustedPodIdentity } from "../../trust/types";

interface Account {
  namespace: string;
  name: string;
}

/** Who is to be admitted of one cluster by Pod Identity. */
export interface PodBound {
  way: TrustedPodIdentity;
  exact: Account[];
}

const MOST_ACCOUNTS = 30;
/** Ways that nobody has: an EKS cluster and a base role of others. */
const STRANGERS: TrustedPodIdentity[] = ["123456789012", "999999999999"].flatMap((accountId) => {
  const clusterArn = `arn:aws:eks:us-east-1:${accountId}:cluster/nobodys`;
  const chained = { clusterArn, baseRoleArn: `arn:aws:iam::${accountId}:role/nobodys` };
  return [{ clusterArn }, chained, { ...chained, disableSessionTags: true }];
});

/**
 * Tries everybody who is bound, or nearly, by each cluster's way and by those of strangers, with session tags and without, and says of the
 * first for whom the evaluator and the bindings differ. With tags off and no base role everybody of the cluster is admitted.
 *
 * @param narrowed there are conditions beside the bindings: a bound one may be refused for these.
 */
export function podDifference(
  document: unknown,
  bound: PodBound[],
  { narrowed }: { narrowed: boolean },
): string | undefined {
  const accounts = everybody(bound);
  const others = bound.map(({ way }) => ({ ...way, disableSessionTags: way.disableSessionTags !== true }));
  for (const way of [...bound.map((one) => one.way), ...others, ...STRANGERS]) {
    for (const account of accounts) {
      const wanted = bound.some((one) => isSame(one.way, way) && isBound(one, account)) ? "allow" : "deny";
      const { decision } = evaluateTrust(document as object, {
        ...way,
        namespace: account.namespace,
        serviceAccount: account.name,
      });
      if (decision === wanted || (narrowed && decision === "indeterminate")) continue;
      if (narrowed && wanted === "allow" && decision === "deny") continue;
      return `${account.namespace}/${account.name} by ${JSON.stringify(way)}: should be "${wanted}", and evaluateTrust says "${decision}"`;
    }
  }
  return undefined;
}

function isSame(one: TrustedPodIdentity, other: TrustedPodIdentity): boolean {
  return (
    one.clusterArn === other.clusterArn &&
    one.baseRoleArn === other.baseRoleArn &&
    (one.disableSessionTags === true) === (other.disableSessionTags === true)
  );
}

function isBound({ way, exact }: PodBound, { namespace, name }: Account): boolean {
  const wide = way.disableSessionTags === true && way.baseRoleArn === undefined;
  return wide || exact.some((one) => one.namespace === namespace && one.name === name);
}

function everybody(bound: PodBound[]): Account[] {
  const near = bound
    .flatMap(({ exact }) => exact)
    .flatMap(({ namespace, name }) => [
      { namespace, name },
      { namespace: name, name: namespace },
      { namespace, name: `${name}x` },
      { namespace: namespace.toUpperCase(), name },
      { namespace, name: "*" },
    ]);
  const all = [{ namespace: "outsiders", name: "outsider" }, ...near];
  return [...new Map(all.map((one) => [`${one.namespace}/${one.name}`, one])).values()].slice(
    0,
    MOST_ACCOUNTS,
  );
}
