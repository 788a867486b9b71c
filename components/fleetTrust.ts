import type { Role } from "@pulumi/aws/iam/role";
import * as pulumi from "@pulumi/pulumi";
import { bindingsOf } from "./bindings";
import { makeRoles } from "./irsaRole";
import type { MultiClusterIrsaArgs } from "./multiClusterIrsa";
import type { MadeOidcProvider } from "./oidcProvider";
import { makeOidcProviders } from "./oidcProviders";
import { roleAccount, type RoleAccount } from "./roleAccount";
import { rolePlans } from "./rolePlans";
import { shardsOf, type Shard } from "./shards";
import { trustDocument } from "./trustDocument";
import { clientIdsOf } from "./trustValidation";

/** A role and the clusters that it serves: all of them, or those of a shard. */
export interface FleetRole extends Shard {
  role: Role;
  policies: pulumi.Resource[];
  trustPolicyJson: pulumi.Output<string>;
}

/** The AWS half of a fleet: the clusters' OIDC providers by cluster name, and the role, or one for each shard. */
export function makeFleetTrust(
  name: string,
  args: MultiClusterIrsaArgs,
  context: { what: string; parent: pulumi.Resource },
): { providers: Map<string, MadeOidcProvider>; roles: FleetRole[] } {
  const account = roleAccount(context.parent);
  const providers = makeOidcProviders(name, args, account, context);
  // A shard in which nobody is bound yet has no role: there is no trust policy of nobody.
  const shards = shardsOf(args.clusters, args.trust ?? {}).filter(({ trusted }) =>
    trusted.some((cluster) => bindingsOf(cluster.name, args.serviceAccounts).length > 0),
  );
  const roles = shards.map((shard) => makeShardRole(name, args, shard, { ...context, account, providers }));
  return { providers, roles };
}

function makeShardRole(
  name: string,
  args: MultiClusterIrsaArgs,
  shard: Shard,
  context: {
    what: string;
    parent: pulumi.Resource;
    account: pulumi.Output<RoleAccount>;
    providers: Map<string, MadeOidcProvider>;
  },
): FleetRole {
  const { what, parent, account, providers } = context;
  const { trust = {} } = args;
  const made = shard.trusted.flatMap((cluster) => providers.get(cluster.name) ?? []);
  const arns = shard.trusted.map((cluster, index) => ({
    name: cluster.name,
    arn: made[index]?.arn ?? "",
    clientIds: clientIdsOf(cluster),
    propertyPath: `clusters[${args.clusters.indexOf(cluster)}].${cluster.oidcProviderArn === undefined ? "issuerUrl" : "oidcProviderArn"}`,
  }));
  const trustPolicyJson = trustDocument(arns, args.serviceAccounts, trust, account, {
    what,
    resource: parent,
    ...(shard.name !== undefined && { shard: shard.name }),
  });
  const dependsOn = made.map(({ resource }) => resource);
  const plans = rolePlans(name, args.role ?? {}, shard.name, trust);
  const current = makeRoles(plans, args, trustPolicyJson, { what, parent, dependsOn });
  return { ...shard, ...current, trustPolicyJson };
}
