import { Provider as KubernetesProvider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import type { MultiClusterIrsaArgs, MultiClusterIrsaOptions } from "./multiClusterIrsa";
import { formerly } from "./names";
import { checkedInput, type Problem } from "./problems";
import type { IrsaCluster } from "./types";
import { madeBindingsOf, unknownClusterReason } from "./bindings";
import { remoteProgram } from "./programs";
import { isMap } from "./shapes";

/**
 * The provider for a cluster's Kubernetes children: the one given, else one made from the cluster's kubeconfig, else
 * undefined, which leaves it to the only provider in the component's options.
 */
export function kubernetesProviderFor(
  name: string,
  cluster: IrsaCluster,
  given: KubernetesProvider | undefined,
  parent: pulumi.Resource,
  where: { what: string; path: string },
): KubernetesProvider | undefined {
  if (given !== undefined || cluster.kubeconfig === undefined) {
    return given;
  }
  return new KubernetesProvider(
    `${name}/${cluster.name}`,
    {
      kubeconfig: pulumi.secret(
        checkedInput(textOf(cluster.kubeconfig), kubeconfigProblem, {
          what: where.what,
          propertyPath: `${where.path}.kubeconfig`,
          resource: parent,
        }),
      ),
      // The issuer lives and dies with the cluster: a rotated endpoint or CA replaces nothing, another cluster all.
      clusterIdentifier: cluster.issuerUrl,
    },
    { parent, aliases: formerly(cluster, (former) => `${name}/${former}`) },
  );
}

/**
 * `@pulumi/eks` has a kubeconfig as an object, and Pulumi YAML makes one of a text that is JSON. In a kubeconfig there is nothing that
 * JSON has not.
 */
function textOf(kubeconfig: pulumi.Input<string>): pulumi.Output<string> {
  const given = pulumi.output(kubeconfig as unknown) as pulumi.Output<unknown>;
  return given.apply((known) => (isMap(known) ? JSON.stringify(known) : known)) as pulumi.Output<string>;
}

/** Without a text the plugin would take the ambient kubeconfig. */
function kubeconfigProblem(text: string): string | undefined {
  return text.trim() === ""
    ? "is empty: pass the text of a kubeconfig; the ambient one is never used"
    : undefined;
}

/** Can every cluster be reached in which something is to be made, and by the right provider? */
export function kubernetesProblems(args: MultiClusterIrsaArgs, opts: MultiClusterIrsaOptions): Problem[] {
  const clusters = Array.isArray(args.clusters) ? args.clusters : [];
  const given = opts.clusterProviders ?? {};
  const inherited = kubernetesProvidersIn(opts);
  const bound = (cluster: IrsaCluster) =>
    Array.isArray(args.serviceAccounts) && madeBindingsOf(cluster, args.serviceAccounts).length > 0;
  const problems = Object.entries(given).flatMap(([name, provider]) => {
    const propertyPath = `opts.clusterProviders.${name}`;
    if (!clusters.some((cluster) => cluster.name === name)) {
      return [
        {
          propertyPath,
          reason: unknownClusterReason(
            name,
            clusters.map((cluster) => cluster.name),
          ),
        },
      ];
    }
    return KubernetesProvider.isInstance(provider)
      ? []
      : [{ propertyPath, reason: "is not a kubernetes.Provider of @pulumi/kubernetes" }];
  });
  // From other languages a parent's provider comes along as if it had been given, and is of no concern to clusters that have their own.
  const relies = (cluster: IrsaCluster) =>
    cluster.kubeconfig === undefined && !Object.hasOwn(given, cluster.name) && bound(cluster);
  if (
    inherited.length > 0 &&
    clusters.length > 1 &&
    (remoteProgram() === undefined || clusters.some(relies))
  ) {
    problems.push({
      propertyPath: "opts.provider",
      reason:
        "is a Kubernetes provider and there is more than one cluster: it reaches only one of them. " +
        "Give each cluster its own by opts.clusterProviders or clusters[].kubeconfig",
    });
  }
  clusters.forEach((cluster, index) => {
    const { name, kubeconfig } = cluster;
    // A name that is no text is told of elsewhere, and may be nothing to look up by.
    if (typeof name !== "string") return;
    const reachable = kubeconfig !== undefined || Object.hasOwn(given, name) || inherited.length > 0;
    if (!reachable && bound(cluster)) {
      problems.push({
        propertyPath: `clusters[${index}].kubeconfig`,
        reason: `is missing and ServiceAccounts are to be made or patched in "${name}": pass kubeconfig here, or a provider as opts.clusterProviders["${name}"] (the ambient kubeconfig is never used)`,
      });
    }
  });
  return problems;
}

/** The Kubernetes providers among a component's `provider` and `providers` options. */
function kubernetesProvidersIn(opts: pulumi.ComponentResourceOptions): pulumi.ProviderResource[] {
  const providers = Array.isArray(opts.providers) ? opts.providers : Object.values(opts.providers ?? {});
  const all: (pulumi.ProviderResource | undefined)[] = [opts.provider, ...providers];
  return all.filter((provider) => provider !== undefined && KubernetesProvider.isInstance(provider));
}
