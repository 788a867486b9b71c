import { IdentityMode } from "../trust/types";
import { bindingsOf, exactBindingsOf } from "./bindings";
import { hasIrsa, hasPodIdentity, identityOf, trustsOf } from "./identity";
import type { MultiClusterIrsaArgs } from "./multiClusterIrsa";
import { isPlain, type Problem } from "./problems";
import type { IrsaCluster, RoleSettings, ServiceAccountBinding } from "./types";

/** What is still trusted or kept for a while, and is easily forgotten: told in every preview until it is over. */
export function transitionWarnings(args: MultiClusterIrsaArgs): string[] {
  return [
    ...args.clusters.flatMap((cluster) => [
      ...clusterWarnings(cluster, args),
      ...modeWarnings(cluster, args.serviceAccounts),
    ]),
    ...roleWarnings(args.role ?? {}),
  ];
}

function clusterWarnings(
  { name, retired = false, formerShards = [] }: IrsaCluster,
  { serviceAccounts }: MultiClusterIrsaArgs,
): string[] {
  const trusted = bindingsOf(name, serviceAccounts).map((binding) => `${binding.namespace}/${binding.name}`);
  const shards = formerShards.map((shard) => `"${shard}"`).join(", ");
  return [
    ...(retired
      ? [
          `cluster "${name}" is retired and still trusted for ${trusted.join(", ")}: remove it from the list when its last pods are gone`,
        ]
      : []),
    ...(shards === ""
      ? []
      : [
          `cluster "${name}" is still trusted by the role of its former shard ${shards}: leave formerShards out when its pods were made anew`,
        ]),
  ];
}

/** Warnings of a cluster that is between IRSA and Pod Identity. The pods of one that is retired are not made anew. */
function modeWarnings(cluster: IrsaCluster, bindings: ServiceAccountBinding[]): string[] {
  const identity = identityOf(cluster);
  const pods = exactBindingsOf(cluster.name, bindings).map(({ namespace, name }) => `${namespace}/${name}`);
  const between = hasIrsa(trustsOf(cluster)) && hasPodIdentity(trustsOf(cluster));
  if (!between || cluster.retired === true || pods.length === 0) {
    return [];
  }
  const of = `cluster "${cluster.name}" is between IRSA and Pod Identity (identity ${identity}, trusts ${trustsOf(cluster)})`;
  return [`${of}: ${PODS[identity](pods.join(", "))}`];
}

const RESTART = "(kubectl --context <context> --namespace <namespace> rollout restart deployment/<name>)";

/** What the pods have, and what to do next, by what new ones get while the role accepts both. */
const PODS: { [identity in IdentityMode]: (pods: string) => string } = {
  [IdentityMode.Irsa]: (pods) =>
    `new pods of ${pods} get web identities, and older ones may run on Pod Identity until their cached credentials end, after 6 hours at most. ` +
    `Restart them ${RESTART}, then leave trusts out; or write identity Both to go to Pod Identity`,
  [IdentityMode.Both]: (pods) =>
    `new pods of ${pods} get Pod Identity, and older ones keep what they were born with. ` +
    `Restart them ${RESTART}, then write identity PodIdentity with trusts Both; or identity Irsa with trusts Both to go back`,
  [IdentityMode.PodIdentity]: (pods) =>
    `new pods of ${pods} get Pod Identity, and older ones may run on web identities. ` +
    `When all were restarted ${RESTART}, leave trusts out; or write identity Irsa with trusts Both to go back`,
};

/** Warnings of a role that is renamed or taken over. */
export function roleWarnings({ name, formerNames = [], importRole = false }: RoleSettings): string[] {
  return [
    ...formerNames.map(
      (former) =>
        `the former role "${former}" is kept, with the same trust and permissions: leave it out of role.formerNames when no pod runs with it any more`,
    ),
    ...(importRole
      ? [
          `role "${isPlain(name) ? name : ""}" is taken over as it is, with the trust policy that it has: leave role.importRole out then, and read the next preview`,
        ]
      : []),
  ];
}

/** Retired clusters that nobody is bound in. */
export function retiredProblems({ clusters, serviceAccounts }: MultiClusterIrsaArgs): Problem[] {
  return clusters.flatMap(({ name, retired = false }, index) =>
    !retired || bindingsOf(name, serviceAccounts).length > 0
      ? []
      : [
          {
            propertyPath: `clusters[${index}].retired`,
            reason:
              "is set, and no binding names the cluster, so that nothing of it is trusted: remove the cluster from the list",
          },
        ],
  );
}
