import {
  IdentityMode,
  type IrsaCluster,
  type MultiClusterIrsaArgs,
  type PodIdentitySettings,
} from "../../index";
import { cluster, goodArgs } from "./clusters";

/** What a JavaScript program may write where the types forbid it. */
export type Written<T> = { [K in keyof T]?: unknown };

export const TARGET = "arn:aws:iam::210987654321:role/target";
/** What EKS calls the cluster "green". */
export const GREEN = { clusterName: "green", region: "us-east-1" };
/** A cluster of another account. */
export const FOREIGN = {
  accountId: "210987654321",
  baseRole: { arn: "arn:aws:iam::210987654321:role/base" },
};
/** Session tags off, and that is meant. */
export const TAGS_OFF = { disableSessionTags: true, allowClusterWideTrust: true };

/** Two clusters, of which the second is changed. */
export function second(
  changes: Written<IrsaCluster>,
  others: Partial<MultiClusterIrsaArgs> = {},
): MultiClusterIrsaArgs {
  const green = { ...cluster("green", "C"), ...(changes as Partial<IrsaCluster>) };
  return goodArgs({ clusters: [cluster("blue", "B"), green], ...others });
}

/** The second cluster has both identities. */
export function both(
  changes: Written<IrsaCluster> = {},
  others: Partial<MultiClusterIrsaArgs> = {},
): MultiClusterIrsaArgs {
  return second({ ...GREEN, identity: IdentityMode.Both, ...changes }, others);
}

/** One cluster, of Pod Identity alone. */
export function alone(
  podIdentity: Written<PodIdentitySettings>,
  others: Partial<MultiClusterIrsaArgs> = {},
  changes: Partial<IrsaCluster> = {},
): MultiClusterIrsaArgs {
  return goodArgs({
    clusters: [cluster("green", "C", { ...GREEN, identity: IdentityMode.PodIdentity, ...changes })],
    podIdentity: podIdentity as PodIdentitySettings,
    ...others,
  });
}

/** A policy that asks for a tag of the session, as a condition. */
export function tagged(key: string): string {
  const Condition = { StringEquals: { [key]: ["default"] } };
  return JSON.stringify({
    Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*", Condition }],
  });
}

/** A policy with this text in its resource's name. */
export function ofResource(text: string): string {
  return JSON.stringify({
    Statement: { Effect: "Allow", Action: "s3:GetObject", Resource: [`arn:aws:s3:::bucket/${text}/*`] },
  });
}
