import { budgetProblem, trustBudget, type TrustBudget, type Remedies } from "../trust/budget";
import type { TrustedCluster } from "../trust/types";
import { shown } from "../trust/values";
import { problem, repeated, type Problem } from "./problems";
import type { IrsaCluster, TrustSettings } from "./types";

/** A role's clusters. */
export interface Shard {
  /** Undefined: there are no shards, and this is all. */
  name?: string;
  /** Those whose ServiceAccounts get the role. */
  clusters: IrsaCluster[];
  /** Those it trusts, in the order of the list: the same, and those that were moved to another shard and have pods left with this role. */
  trusted: IrsaCluster[];
}

const SHARD_NAME = /^[0-9A-Za-z][0-9A-Za-z_-]{0,31}$/;

/** The shards in their order, or one of all clusters. */
export function shardsOf(clusters: IrsaCluster[], trust: TrustSettings): Shard[] {
  return trust.shards === undefined
    ? [{ clusters, trusted: clusters }]
    : trust.shards.map((name) => ({
        name,
        clusters: clusters.filter(({ shard }) => shard === name),
        trusted: clusters.filter(
          ({ shard, formerShards = [] }) => shard === name || formerShards.includes(name),
        ),
      }));
}

/** Faults of the shards: their names, and which cluster is in which. */
export function shardProblems(clusters: IrsaCluster[], { shards, originalShard }: TrustSettings): Problem[] {
  if (shards === undefined) {
    const placed = clusters.flatMap(({ shard, formerShards }, index) =>
      Object.entries({ shard, formerShards }).flatMap(([property, value]) =>
        value === undefined
          ? []
          : [
              {
                propertyPath: `clusters[${index}].${property}`,
                reason: `is ${shown(value)}, and there are no shards: list them in trust.shards, or leave it out`,
              },
            ],
      ),
    );
    return originalShard === undefined
      ? placed
      : [
          ...placed,
          { propertyPath: "trust.originalShard", reason: "is given, and there are no trust.shards" },
        ];
  }
  if (!Array.isArray(shards) || shards.length === 0) {
    return [
      { propertyPath: "trust.shards", reason: "is empty: name the shards, or leave it out for one role" },
    ];
  }
  const known = shards.map((shard) => `"${shard}"`).join(", ");
  const original =
    originalShard === undefined || shards.includes(originalShard)
      ? []
      : [{ propertyPath: "trust.originalShard", reason: `is "${originalShard}": write one of ${known}` }];
  return [
    ...shards.flatMap((shard, index) =>
      typeof shard === "string" && SHARD_NAME.test(shard)
        ? []
        : [
            {
              propertyPath: `trust.shards[${index}]`,
              reason: `is not a shard's name: ${JSON.stringify(shard)} (1 to 32 letters, digits, "-" and "_", a letter or digit first)`,
            },
          ],
    ),
    ...repeated(
      shards,
      shards.map((_, index) => `trust.shards[${index}]`),
      (shard, first) => `is "${shard}", as ${first} is: list each shard once`,
    ),
    ...inOtherLetters(shards),
    ...original,
    ...clusters.flatMap(({ shard }, index) =>
      shard !== undefined && shards.includes(shard)
        ? []
        : [
            {
              propertyPath: `clusters[${index}].shard`,
              reason: `${shard === undefined ? "is missing" : `is "${shard}"`}: write one of ${known}`,
            },
          ],
    ),
    ...clusters.flatMap((cluster, index) => formerShardProblems(cluster, `clusters[${index}]`, shards)),
  ];
}

/** Shards whose roles have one name for IAM. */
function inOtherLetters(shards: string[]): Problem[] {
  return shards.flatMap((shard, index) => {
    const first = shards.findIndex((other) => other.toLowerCase() === shard.toLowerCase());
    return first === index || shards[first] === shard
      ? []
      : [
          {
            propertyPath: `trust.shards[${index}]`,
            reason: `is "${shards[first] ?? ""}" in other letters, and IAM does not tell names of roles by case: write another name`,
          },
        ];
  });
}

function formerShardProblems(
  { shard, formerShards = [] }: IrsaCluster,
  path: string,
  shards: string[],
): Problem[] {
  return formerShards.flatMap((former, index) => {
    const reason = !shards.includes(former)
      ? `is "${former}", which is not in trust.shards: a shard is listed as long as its role is needed`
      : former === shard
        ? `is "${former}", the cluster's shard of today: leave it out`
        : formerShards.indexOf(former) !== index
          ? `is "${former}" again: write it once`
          : undefined;
    return problem(`${path}.formerShards[${index}]`, reason);
  });
}

/** One shard, or the whole without shards, with its clusters as the trust policy sees them. */
export interface TrustedShard {
  name?: string;
  clusters: TrustedCluster[];
}

/**
 * Says that a shard's trust policy is over its limit, and where else there is room; undefined when it fits.
 *
 * @param all every shard, where the others are known too.
 * @param remedies what to do instead of what `MultiClusterIrsa` would be told.
 */
export function shardOverflow(
  shard: TrustedShard,
  budget: TrustBudget,
  trust: TrustSettings,
  all?: TrustedShard[],
  remedies?: Remedies,
): string | undefined {
  const tooMuch = shard.clusters.find(({ name }) => name === budget.overflow);
  if (shard.name === undefined || tooMuch === undefined) {
    return budgetProblem(budget, shard.clusters, trust, remedies);
  }
  const rooms = (all ?? [])
    .filter(({ name }) => name !== shard.name)
    .map(({ name, clusters }) => `"${name ?? ""}" for ${placesFor(tooMuch, clusters, trust)}`);
  const where =
    all && ` (room for clusters like "${tooMuch.name}": ${rooms.join(", ") || "there is no other shard"})`;
  const shards = `move clusters to a shard with room, or name another shard in trust.shards${where ?? ""}`;
  return `shard "${shard.name}": ${budgetProblem(budget, shard.clusters, trust, { shards }) ?? ""}`;
}

/** How many clusters of this kind fit beside those that are there. */
function placesFor(cluster: TrustedCluster, others: TrustedCluster[], trust: TrustSettings): number {
  const clusters = [...others];
  const taken = new Set(others.flatMap((other) => [other.name, ...arnsOf(other)]));
  for (let id = 0; ; id++) {
    const copy = copyOf(cluster, id);
    if ([copy.name, ...arnsOf(copy)].some((one) => taken.has(one))) continue;
    clusters.push(copy);
    const { used, limit } = trustBudget(clusters, trust);
    if (used > limit) return clusters.length - others.length - 1;
  }
}

function arnsOf({ oidcProviderArn, podIdentity }: TrustedCluster): string[] {
  return [oidcProviderArn, podIdentity?.clusterArn].filter((arn) => arn !== undefined);
}

/** The same cluster with other ARNs of the same length; the names of so many clusters may have to be longer. */
function copyOf({ oidcProviderArn, podIdentity, ...cluster }: TrustedCluster, id: number): TrustedCluster {
  const number = (length: number) => String(id).padStart(length, "0");
  return {
    ...cluster,
    name: `${cluster.name}-${id}`,
    ...(oidcProviderArn !== undefined && { oidcProviderArn: oidcProviderArn.replace(/.{4}$/, number(4)) }),
    ...(podIdentity && {
      podIdentity: {
        ...podIdentity,
        clusterArn: podIdentity.clusterArn.replace(/[^/]*$/, ({ length }) => number(length)),
      },
    }),
  };
}
