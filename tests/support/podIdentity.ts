import type { PodIdentityCluster, TrustedPodIdentity, TrustStatement } from "../../trust/types";
import { ACCOUNT } from "./mockCloud";

/** Who a statement for Pod Identity admits, one line each: the principal, and what IAM sees of the pod. */
export function admittedBy({ Principal, Condition }: TrustStatement): string[] {
  const { StringEquals = {}, ...others } = Condition ?? {};
  if (Object.keys(others).length > 0) throw new Error("conditions of another kind");
  return Object.keys(StringEquals)
    .sort()
    .reduce(
      (before, key) =>
        before.flatMap((line) => [StringEquals[key] ?? []].flat().map((value) => `${line} ${key}=${value}`)),
      [Principal.Service ?? String(Principal.AWS)],
    );
}

/** What a fleet's clusters have in common. */
export interface PodIdentityFleet {
  region?: string;
  partition?: string;
  subjects?: string[];
  podIdentity?: Partial<TrustedPodIdentity>;
}

/** So many clusters of one region by Pod Identity, whose names have ten letters. */
export function podIdentityFleet(count: number, fleet: PodIdentityFleet = {}): PodIdentityCluster[] {
  const { region = "us-east-1", partition = "aws", podIdentity = {} } = fleet;
  const { subjects = ["system:serviceaccount:default:s3-reader"] } = fleet;
  return Array.from({ length: count }, (_, index) => {
    const name = `cluster${String(index).padStart(3, "0")}`;
    const clusterArn = `arn:${partition}:eks:${region}:${ACCOUNT}:cluster/${name}`;
    return { name, subjects, podIdentity: { clusterArn, ...podIdentity } };
  });
}
