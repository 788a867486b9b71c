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

export const roleArn = irsa.roleArn;
export const roleName = irsa.roleName;
export const oidcProviderArns = irsa.oidcProviderArns;
export const trustPolicy = irsa.trustPolicyJson;
export const trustPolicySize = irsa.trustPolicySize;
