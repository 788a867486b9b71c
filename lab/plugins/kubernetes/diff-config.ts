import { sameValue } from "../shared/diff";
import type { DiffResult } from "../shared/handlers";
import { UNKNOWN, type Properties } from "../shared/values";
import { activeCluster, parseKubeconfig, type Overrides } from "./kubeconfig";

const CLUSTER_KEYS = ["kubeconfig", "context", "cluster"];

/**
 * Does a change of a provider's arguments mean another cluster, whose objects must all be made anew? DiffConfig in
 * https://github.com/pulumi/pulumi-kubernetes/blob/010f5d8e95e3cc9a384442e8239310d51fdc052e/provider/pkg/provider/provider.go
 *
 * With a `clusterIdentifier` before and after, only its change does. Else what counts is the active cluster's entry in
 * the kubeconfig (server, CA, …), and an unknown kubeconfig counts as another.
 */
export function diffConfig(olds: Properties, news: Properties): DiffResult {
  const changed = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter(
    (key) => !sameValue(olds[key], news[key]),
  );
  if (changed.length === 0) return { changes: "NONE" };

  const identified = olds.clusterIdentifier !== undefined && news.clusterIdentifier !== undefined;
  const keepsIdentity = identified && !changed.includes("clusterIdentifier");
  const answer = (diffs: string[], replaces: string[]): DiffResult => ({
    changes: "SOME",
    diffs,
    replaces: keepsIdentity ? [] : replaces,
  });

  const replaces = identified && !keepsIdentity ? ["clusterIdentifier"] : [];
  const unknown = CLUSTER_KEYS.find((key) => news[key] === UNKNOWN);
  if (unknown !== undefined) return answer([unknown], [...replaces, unknown]);

  const before = activeCluster(parseKubeconfig(olds.kubeconfig), overridesOf(olds));
  const after = activeCluster(parseKubeconfig(news.kubeconfig), overridesOf(news));
  if (before !== undefined && after !== undefined && !sameValue(before, after)) {
    replaces.push(...CLUSTER_KEYS.filter((key) => changed.includes(key)));
  }
  return answer(changed, replaces);
}

function overridesOf(config: Properties): Overrides {
  const { context, cluster } = config;
  return {
    ...(typeof context === "string" ? { context } : {}),
    ...(typeof cluster === "string" ? { cluster } : {}),
  };
}
