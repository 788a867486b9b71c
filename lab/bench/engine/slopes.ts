import type { FleetSize } from "../fleet/fleet";

/**
 * Three sizes of a fleet: from the first to the second there are more clusters, from the second to the third more ServiceAccounts
 * in each. So what a further one takes is known without what every operation takes.
 */
export interface Sizes {
  small: FleetSize;
  wide: FleetSize;
  deep: FleetSize;
}

export type SizeName = keyof Sizes;
export const SIZE_NAMES: SizeName[] = ["small", "wide", "deep"];

/** What a fleet takes, by what it is made of. */
export interface Slopes {
  /** A further ServiceAccount in one cluster. */
  perServiceAccount: number;
  /** A further cluster, with as many ServiceAccounts as one has in the first two sizes. */
  perCluster: number;
  /** What is left for a fleet of nothing. */
  fixed: number;
}

export function slopes({ small, wide, deep }: Sizes, taken: Record<SizeName, number>): Slopes {
  const more = wide.clusters * (deep.serviceAccounts - wide.serviceAccounts);
  const perCluster = (taken.wide - taken.small) / (wide.clusters - small.clusters);
  return {
    perServiceAccount: (taken.deep - taken.wide) / more,
    perCluster,
    fixed: taken.small - small.clusters * perCluster,
  };
}

/** What one size is called in tables: `20 × 5`. */
export function sizeName({ clusters, serviceAccounts }: FleetSize): string {
  return `${clusters} × ${serviceAccounts}`;
}
