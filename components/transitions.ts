import { bindingsOf } from "./bindings";
import type { MultiClusterIrsaArgs } from "./multiClusterIrsa";
import { isPlain, type Problem } from "./problems";
import type { IrsaCluster, RoleSettings } from "./types";

/** What is still trusted or kept for a while, and is easily forgotten: told in every preview until it is over. */
export function transitionWarnings(args: MultiClusterIrsaArgs): string[] {
  return [
    ...args.clusters.flatMap((cluster) => clusterWarnings(cluster, args)),
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
