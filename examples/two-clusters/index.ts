import * as pulumi from "@pulumi/pulumi";
// In a project of your own: from "eks-irsa".
import { MultiClusterIrsa } from "../../index";
import { readFleet } from "./fleetConfig";

const args = readFleet(new pulumi.Config());
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
