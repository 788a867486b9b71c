import * as pulumi from "@pulumi/pulumi";
import { trustPolicySize } from "../trust/size";
import { arnsOf } from "./oidcProviders";
import type { Associations } from "./association";
import type { FleetRole, FleetTrust } from "./fleetTrust";
import { helmValuesOf } from "./helmValues";
import { hasIrsa, identityOf } from "./identity";
import type { MultiClusterIrsaArgs } from "./multiClusterIrsa";
import { ROLE_ARN_ANNOTATION } from "./serviceAccountSettings";

/** The role of one shard. */
export interface ShardRole {
  /** ARN of the role. */
  roleArn: string;
  /** Physical name of the role. */
  roleName: string;
  /** The role's trust policy as JSON. */
  trustPolicyJson: string;
  /** Size of the trust policy as IAM counts it, in characters without white space. */
  trustPolicySize: number;
}

/** The outputs that are of the one role: with shards there are none of these. */
export const OF_ONE_ROLE = [
  "roleArn",
  "roleName",
  "trustPolicyJson",
  "trustPolicySize",
  "serviceAccountAnnotations",
];

/** What of a fleet is read as an output; what there is not with shards says so when it is read. */
export function outputsOf(
  { providers, roles }: Pick<FleetTrust, "providers" | "roles">,
  { clusters: listed, serviceAccounts }: Pick<MultiClusterIrsaArgs, "clusters" | "serviceAccounts">,
  { sharded, associations }: { sharded: boolean; associations: Map<string, Associations> },
  what: string,
): pulumi.Inputs {
  const [only] = roles;
  const one = only && roleOutputs(only);
  const annotated = listed.some((cluster) => hasIrsa(identityOf(cluster)));
  const annotations = only && (annotated ? { [ROLE_ARN_ANNOTATION as string]: only.role.arn } : {});
  const ofOne = { ...one, serviceAccountAnnotations: pulumi.output(annotations) };
  const byCluster = roles.flatMap(({ clusters, role }) =>
    clusters.map(({ name }) => [name, role.arn] as const),
  );
  const helmValues = roles.flatMap(({ clusters, role }) =>
    clusters.map((cluster) => {
      const annotation = hasIrsa(identityOf(cluster)) ? role.arn : undefined;
      return [cluster.name, helmValuesOf(cluster.name, serviceAccounts, annotation)] as const;
    }),
  );
  const associationIds = [...associations].flatMap(([cluster, made]) =>
    made.size === 0 ? [] : [[cluster, idsOf(made)] as const],
  );
  const byShard = sharded ? roles.map((role) => [role.name ?? "", roleOutputs(role)] as const) : [];
  const outputs = {
    ...(!sharded && ofOne),
    oidcProviderArns: arnsOf(providers),
    roleArns: pulumi.output(Object.fromEntries(byCluster)),
    shardRoles: pulumi.output(Object.fromEntries(byShard)),
    helmValues: pulumi.output(Object.fromEntries(helmValues)),
    associationIds: pulumi.output(Object.fromEntries(associationIds)),
  };
  if (sharded) {
    for (const property of OF_ONE_ROLE) refuseReading(outputs, property, what);
  }
  return outputs;
}

function idsOf(associations: Associations): { [serviceAccount: string]: pulumi.Output<string> } {
  return Object.fromEntries(
    [...associations].map(([{ namespace, name }, { id }]) => [`${namespace}/${name}`, id]),
  );
}

function roleOutputs({ role, trustPolicyJson }: FleetRole) {
  return {
    roleArn: role.arn,
    roleName: role.name,
    trustPolicyJson,
    trustPolicySize: trustPolicyJson.apply(trustPolicySize),
  };
}

/** One shard's role in the place of all would be the wrong one for most clusters, and nobody would see it. */
function refuseReading(outputs: object, property: string, what: string): void {
  Object.defineProperty(outputs, property, {
    configurable: true,
    // Nobody who lists the outputs is to be stopped by it.
    enumerable: false,
    get: () => {
      throw new Error(
        `${what} has one role for each shard, so there is no ${property}: read roleArns["<cluster>"], or shardRoles["<shard>"].${property}`,
      );
    },
  });
}
