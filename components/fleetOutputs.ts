import * as pulumi from "@pulumi/pulumi";
import { trustPolicySize } from "../trust/size";
import type { MadeOidcProvider } from "./oidcProvider";
import { arnsOf } from "./oidcProviders";
import type { FleetRole } from "./fleetTrust";
import { helmValuesOf } from "./helmValues";
import { ROLE_ARN_ANNOTATION } from "./serviceAccountSettings";
import type { ServiceAccountBinding } from "./types";

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

const OF_ONE_ROLE = [
  "roleArn",
  "roleName",
  "trustPolicyJson",
  "trustPolicySize",
  "serviceAccountAnnotations",
];

/** What of a fleet is read as an output; what there is not with shards says so when it is read. */
export function outputsOf(
  providers: Map<string, MadeOidcProvider>,
  roles: FleetRole[],
  { sharded, serviceAccounts }: { sharded: boolean; serviceAccounts: ServiceAccountBinding[] },
  what: string,
): pulumi.Inputs {
  const [only] = roles;
  const one = only && roleOutputs(only);
  const annotations = only && { [ROLE_ARN_ANNOTATION as string]: only.role.arn };
  const ofOne = { ...one, serviceAccountAnnotations: pulumi.output(annotations) };
  const byCluster = roles.flatMap(({ clusters, role }) =>
    clusters.map(({ name }) => [name, role.arn] as const),
  );
  const helmValues = byCluster.map(
    ([name, arn]) => [name, helmValuesOf(name, serviceAccounts, arn)] as const,
  );
  const byShard = sharded ? roles.map((role) => [role.name ?? "", roleOutputs(role)] as const) : [];
  const outputs = {
    ...(!sharded && ofOne),
    oidcProviderArns: arnsOf(providers),
    roleArns: pulumi.output(Object.fromEntries(byCluster)),
    shardRoles: pulumi.output(Object.fromEntries(byShard)),
    helmValues: pulumi.output(Object.fromEntries(helmValues)),
  };
  if (sharded) {
    for (const property of OF_ONE_ROLE) refuseReading(outputs, property, what);
  }
  return outputs;
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
