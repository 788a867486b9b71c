import { NamespacePatch } from "@pulumi/kubernetes/core/v1/namespacePatch";
import * as pulumi from "@pulumi/pulumi";
import { groupedBy } from "../trust/values";
import { formerly } from "./names";
import { lateProblems } from "./problems";
import { oncePerProgram } from "./programs";
import type { IrsaCluster, ServiceAccountBinding } from "./types";

/** Who makes which namespaces, by issuer and namespace. */
type Owners = Map<string, { what: string; resource: pulumi.Resource }>;

const ownersInThisProgram = oncePerProgram((): Owners => new Map());

/**
 * Makes the namespaces that a cluster's bindings ask for, where they are missing, by name. They are left behind, since what others run in
 * them would die with them; so they must be fine to find, by the next `up` and by whoever asks too. Of the plugin's resources that
 * is a patch: a `Namespace` that exists already is refused.
 * @see https://github.com/pulumi/pulumi-kubernetes/pull/4278
 */
export function makeNamespaces(
  name: string,
  cluster: IrsaCluster & { issuerUrl: pulumi.Output<string> },
  bindings: ServiceAccountBinding[],
  context: {
    what: string;
    parent: pulumi.Resource;
    provider?: pulumi.ProviderResource;
    /** Property path of a binding. */
    pathOf: (binding: ServiceAccountBinding) => string;
  },
): Map<string, NamespacePatch> {
  const { parent, provider } = context;
  const asking = bindings.filter(({ createNamespace }) => createNamespace === true);
  const opts = { parent, retainOnDelete: true, ...(provider && { provider }) };
  return new Map(
    [...groupedBy(asking, ({ namespace }) => namespace)].map(([namespace, [first]]) => {
      const under = (clusterName: string) => `${name}/${clusterName}/${namespace}`;
      const claimed = claim(cluster, namespace, {
        what: context.what,
        propertyPath: `${first ? context.pathOf(first) : ""}.createNamespace`,
        resource: parent,
      });
      const args = { metadata: { name: claimed } };
      return [
        namespace,
        new NamespacePatch(under(cluster.name), args, { ...opts, aliases: formerly(cluster, under) }),
      ];
    }),
  );
}

/** The namespace's name, once it is known that no other component of this program makes it in the same cluster. */
function claim(
  cluster: { name: string; issuerUrl: pulumi.Output<string> },
  namespace: string,
  claimant: { what: string; propertyPath: string; resource: pulumi.Resource },
): pulumi.Output<string> {
  const owners = ownersInThisProgram();
  return cluster.issuerUrl.apply((issuerUrl) => {
    const key = `${issuerUrl} ${namespace}`;
    const { what, propertyPath, resource } = claimant;
    const owner = owners.get(key) ?? { what, resource };
    owners.set(key, owner);
    if (owner.resource !== resource) {
      const reason =
        `asks for namespace "${namespace}" in "${cluster.name}" (${issuerUrl}), which ${owner.what} makes too: ` +
        "set createNamespace in one of them only, and let the other one depend on it (opts.dependsOn)";
      throw lateProblems(what, [{ propertyPath, reason }], resource);
    }
    return namespace;
  });
}
