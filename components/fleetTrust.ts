import type { Role } from "@pulumi/aws/iam/role";
import * as pulumi from "@pulumi/pulumi";
import type { TrustedPodIdentity } from "../trust/types";
import { bindingsOf } from "./bindings";
import { hasPodIdentity, trustsOf } from "./identity";
import type { MultiClusterIrsaArgs } from "./multiClusterIrsa";
import { Narrowing } from "./narrowing";
import { makeOidcProviders, type FleetIssuers } from "./oidcProviders";
import { knownCluster, podIdentityOf } from "./podIdentityTrust";
import { makeRoles } from "./role";
import { roleAccount, type RoleAccount } from "./roleAccount";
import { rolePlans } from "./rolePlans";
import { settle, TRUST_POLICY } from "./settle";
import { shardsOf, type Shard } from "./shards";
import { trustDocument, type TrustSource } from "./trustDocument";
import { clientIdsOf } from "./trustValidation";
import type { IrsaCluster } from "./types";

/** A role and the clusters that it serves: all of them, or those of a shard. */
export interface FleetRole extends Shard {
  role: Role;
  policies: pulumi.Resource[];
  trustPolicyJson: pulumi.Output<string>;
}

/** The AWS half of a fleet. */
export interface FleetTrust extends FleetIssuers {
  /** The role, or one for each shard. */
  roles: FleetRole[];
  /** How clusters come to their role by Pod Identity, by cluster name: those of which it is trusted. */
  ways: Map<string, pulumi.Output<TrustedPodIdentity>>;
  narrowing: Narrowing;
}

/** Where a fleet's roles are made, and what they trust. */
interface FleetContext extends Omit<FleetTrust, "roles"> {
  what: string;
  parent: pulumi.Resource;
  account: pulumi.Output<RoleAccount>;
}

/** Makes the clusters' OIDC providers, and the role, or one for each shard. */
export function makeFleetTrust(
  name: string,
  args: MultiClusterIrsaArgs,
  { what, parent }: { what: string; parent: pulumi.Resource },
): FleetTrust {
  const account = roleAccount(parent);
  const made = makeOidcProviders(name, args, account, { what, parent });
  const narrowing = new Narrowing(what, args.serviceAccounts, parent);
  const ways = new Map<string, pulumi.Output<TrustedPodIdentity>>();
  args.clusters.forEach((cluster, index) => {
    const where = { what, path: `clusters[${index}]`, resource: parent };
    if (hasPodIdentity(trustsOf(cluster))) {
      ways.set(cluster.name, podIdentityOf(cluster, args.podIdentity ?? {}, account, where));
    }
    const issuerUrl = made.issuers.get(cluster.name) ?? pulumi.output(cluster.issuerUrl);
    narrowing.add(knownCluster(cluster, args.podIdentity ?? {}, account, issuerUrl));
  });
  // A shard in which nobody is bound yet has no role: there is no trust policy of nobody.
  const shards = shardsOf(args.clusters, args.trust ?? {}).filter(({ trusted }) =>
    trusted.some((cluster) => bindingsOf(cluster.name, args.serviceAccounts).length > 0),
  );
  const context = { what, parent, account, ways, narrowing, ...made };
  const roles = shards.map((shard) => makeShardRole(name, args, shard, context));
  return { ...made, roles, ways, narrowing };
}

function makeShardRole(
  name: string,
  args: MultiClusterIrsaArgs,
  shard: Shard,
  context: FleetContext,
): FleetRole {
  const { what, parent, account, providers, ways, narrowing } = context;
  const { trust = {}, podIdentity = {} } = args;
  const sources = shard.trusted.map((cluster) =>
    trustSource(cluster, args.clusters.indexOf(cluster), context),
  );
  const trustPolicyJson = trustDocument(sources, args.serviceAccounts, trust, account, {
    what,
    resource: parent,
    ...(shard.name !== undefined && { shard: shard.name }),
  });
  const settles = shard.trusted.some((cluster) => ways.has(cluster.name));
  const { targetRoleArn, disableSessionTags = false } = podIdentity;
  const current = makeRoles(rolePlans(name, args.role ?? {}, shard.name, trust), args, trustPolicyJson, {
    what,
    parent,
    account,
    dependsOn: shard.trusted.flatMap((cluster) => providers.get(cluster.name)?.resource ?? []),
    hooksOf: (of) => ({
      ...narrowing.hook(of),
      ...(settles && settle(of, TRUST_POLICY, podIdentity, { what, component: parent })),
    }),
    ...(targetRoleArn !== undefined && {
      target: { roleArn: targetRoleArn, tagsSession: !disableSessionTags },
    }),
  });
  return { ...shard, ...current, trustPolicyJson };
}

function trustSource(cluster: IrsaCluster, index: number, { providers, ways }: FleetContext): TrustSource {
  const provider = providers.get(cluster.name);
  const way = ways.get(cluster.name);
  const property = cluster.oidcProviderArn === undefined ? "issuerUrl" : "oidcProviderArn";
  return {
    name: cluster.name,
    ...(provider && { arn: provider.arn }),
    ...(way && { podIdentity: way }),
    clientIds: provider && clientIdsOf(cluster),
    propertyPath: `clusters[${index}].${property}`,
    clusterPath: `clusters[${index}].clusterName`,
  };
}
