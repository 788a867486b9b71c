import * as pulumi from "@pulumi/pulumi";
// In a project of your own: from "eks-irsa".
import { findProblems, MultiClusterIrsa } from "../../index";
import { readFleet } from "./fleetConfig";

const { args, problems } = readFleet(new pulumi.Config());
// What could not be read is missing from the arguments: that it is missing need not be told as well.
const told = new Set(problems.map(({ propertyPath }) => propertyPath));
const all = [...problems, ...findProblems(args).filter(({ propertyPath }) => !told.has(propertyPath))];
if (all.length > 0) {
  const lines = all.map(({ propertyPath, reason }) => `  - ${propertyPath} ${reason}`);
  throw new pulumi.RunError(["The stack's configuration has faults:", ...lines].join("\n"));
}

const irsa = new MultiClusterIrsa("app", args);

// With shards there is a role for each of them.
const sharded = args.trust?.shards !== undefined;
export const roleArn = sharded ? undefined : irsa.roleArn;
export const roleName = sharded ? undefined : irsa.roleName;
export const trustPolicy = sharded ? undefined : irsa.trustPolicyJson;
export const trustPolicySize = sharded ? undefined : irsa.trustPolicySize;
export const roleArns = irsa.roleArns;
export const shardRoles = irsa.shardRoles;
export const helmValues = irsa.helmValues;
export const oidcProviderArns = irsa.oidcProviderArns;
