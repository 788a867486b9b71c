import * as crypto from "node:crypto";

/** A cluster to be started. */
export interface ClusterSpec {
  name: string;
  region: string;
  /** The last part of its issuer URL, 32 hexadecimal digits as EKS makes them. */
  issuerId: string;
}

/** The clusters of a full lab: two in one region, one in another. */
export const labClusters = [
  { name: "virginia-blue", region: "us-east-1" },
  { name: "virginia-green", region: "us-east-1" },
  { name: "ireland", region: "eu-west-1" },
] as const;

/** The cluster that nobody lists. */
export const strangerCluster = { name: "stranger", region: "us-east-1" } as const;

/** An id such as EKS gives to an issuer. */
export function newIssuerId(): string {
  return crypto.randomBytes(16).toString("hex").toUpperCase();
}

/** The issuer URL of a cluster. */
export function issuerUrlOf(cluster: ClusterSpec): string {
  return `https://oidc.eks.${cluster.region}.amazonaws.com/id/${cluster.issuerId}`;
}
