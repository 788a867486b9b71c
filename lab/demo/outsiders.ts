import { readFileSync } from "node:fs";
import type { LabCluster, LabDescription } from "../types";
import { BINDINGS, OUTSIDERS, outsidersOf, type Who } from "./fleet";

/** Somebody who is not bound, and why he is not. */
export interface Unbound extends Who {
  because: string;
}

const REASONS: Record<string, string> = {
  "default/outsider": "another ServiceAccount of a listed cluster",
  "elsewhere/s3-reader": "the same name in another namespace",
  "reports/report-reader": "a cluster that the binding leaves out",
};

/** The ServiceAccounts of the listed clusters that are not bound there. */
export function unboundAccounts(lab: LabDescription): Unbound[] {
  return OUTSIDERS.flatMap(({ namespace, name }) =>
    lab.clusters
      .filter((cluster) =>
        outsidersOf(lab, cluster).some((one) => one.namespace === namespace && one.name === name),
      )
      .map((cluster) => ({
        cluster: cluster.name,
        namespace,
        serviceAccount: name,
        because: REASONS[`${namespace}/${name}`] ?? "not bound",
      })),
  );
}

/** The bound ServiceAccount by which a cluster is tried. */
export function boundName(cluster: LabCluster): Who {
  const { namespace, name } = BINDINGS[0] ?? { namespace: "default", name: "s3-reader" };
  return { cluster: cluster.name, namespace, serviceAccount: name };
}

/** The cluster whose tokens are forged, and another one. */
export function twoClusters({ clusters: [first, second] }: LabDescription): [LabCluster, LabCluster] {
  if (!first || !second) {
    throw new Error("the demo needs two clusters at least");
  }
  return [first, second];
}

/** The key that signs a cluster's tokens, PEM. */
export function keyOf(cluster: LabCluster): string {
  return readFileSync(cluster.signingKeyPath, "utf8");
}
