import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import type { Provider as KubernetesProvider } from "@pulumi/kubernetes/provider";
import type * as pulumi from "@pulumi/pulumi";
import type { Associations } from "./association";
import { madeBindingsOf } from "./bindings";
import { hasPodIdentity, identityOf, trustsOf } from "./identity";
import { kubernetesProviderFor } from "./kubernetesProviders";
import type { MultiClusterIrsaArgs } from "./multiClusterIrsa";
import { formerly } from "./names";
import { makeNamespaces } from "./namespaces";
import { serviceAccountClaims } from "./serviceAccountOwners";
import { inPlace, makePatch, makeProofs, wantedServiceAccount, type PodRole } from "./serviceAccount";
import type { IrsaCluster, ServiceAccountBinding } from "./types";

/** Everything of the fleet that stands in one cluster. */
export function makeServiceAccounts(
  name: string,
  args: MultiClusterIrsaArgs,
  cluster: IrsaCluster,
  roleArn: pulumi.Output<string>,
  context: {
    what: string;
    parent: pulumi.Resource;
    /** The cluster's issuer, once nothing was found wrong with it. */
    issuerUrl: pulumi.Output<string>;
    dependsOn: pulumi.Resource[];
    associations: Associations;
    given: KubernetesProvider | undefined;
  },
): void {
  const bindings = madeBindingsOf(cluster, args.serviceAccounts);
  if (bindings.length === 0) {
    return;
  }
  const { what, parent, issuerUrl, dependsOn, associations, given } = context;
  const provider = kubernetesProviderFor(name, { ...cluster, issuerUrl }, given, parent, {
    what,
    path: `clusters[${args.clusters.indexOf(cluster)}]`,
  });
  const pathOf = (binding: ServiceAccountBinding) =>
    `serviceAccounts[${args.serviceAccounts.indexOf(binding)}]`;
  const reached = { what, parent, ...(provider && { provider }) };
  const namespaces = makeNamespaces(name, { ...cluster, issuerUrl }, bindings, { ...reached, pathOf });
  const { targetRoleArn } = args.podIdentity ?? {};
  const role: PodRole = {
    arn: roleArn,
    identity: identityOf(cluster),
    leavesPodIdentity: !hasPodIdentity(identityOf(cluster)) && hasPodIdentity(trustsOf(cluster)),
    ...(targetRoleArn !== undefined && { sessionsOf: targetRoleArn }),
  };
  const claimed = serviceAccountClaims({ what, parent, cluster: cluster.name, issuerUrl });
  for (const binding of bindings) {
    const under = (clusterName: string) => `${name}/${clusterName}/${binding.namespace}/${binding.name}`;
    // EKS looks at both when a pod is admitted, and never again.
    const first = [namespaces.get(binding.namespace), associations.get(binding)?.settled];
    const opts = {
      parent,
      dependsOn: [...dependsOn, ...first.filter((resource) => resource !== undefined)],
      aliases: formerly(cluster, under),
      ...(provider && { provider }),
    };
    const where = { what, path: `${pathOf(binding)}.settings`, resource: parent };
    const called = under(cluster.name);
    const wanted = wantedServiceAccount(binding, role, where);
    // Here, and not by `makeServiceAccount`: the SDK notes the stack of each resource, and there is one for each binding and cluster.
    const serviceAccount = wanted.patched
      ? makePatch(called, wanted, opts, where)
      : new ServiceAccount(
          called,
          { ...wanted.args, metadata: { ...wanted.args.metadata, name: claimed(binding, pathOf(binding)) } },
          inPlace(opts),
        );
    makeProofs(called, binding, role, args, opts, serviceAccount);
  }
}
