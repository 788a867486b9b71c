import { CreateRoleCommand, type IAMClient } from "@aws-sdk/client-iam";
import type { LabCluster } from "../types";
import type { Moto } from "./moto";
import type { Answer } from "./query";
import { signedHeaders } from "./sign";

/** What EKS says of a cluster of the lab. */
export type EksCluster = Pick<LabCluster, "name" | "region" | "issuerUrl" | "endpoint" | "caCertificate">;

/** Registers the lab's clusters in moto's EKS, so that DescribeCluster and ListClusters know them. */
export async function registerClusters(clusters: EksCluster[], moto: Moto, iam: IAMClient): Promise<void> {
  if (clusters.length === 0) return;
  const roleArn = await createClusterRole(iam);
  for (const cluster of clusters) {
    const body = JSON.stringify({
      name: cluster.name,
      roleArn,
      version: "1.37",
      resourcesVpcConfig: { subnetIds: ["subnet-00000000000000000"] },
    });
    const url = `${moto.url}/clusters`;
    const call = { method: "POST", url, service: "eks", contentType: "application/json" } as const;
    const headers = signedHeaders({ ...call, region: cluster.region, body }, moto.admin);
    const response = await fetch(url, { method: "POST", headers, body });
    if (!response.ok) throw new Error(`EKS took no cluster ${cluster.name}: ${await response.text()}`);
    await response.body?.cancel();
  }
}

/** The cluster's own IAM role: no cluster of EKS is without one. */
async function createClusterRole(iam: IAMClient): Promise<string> {
  const { Role: role } = await iam.send(
    new CreateRoleCommand({
      RoleName: "eks-cluster",
      AssumeRolePolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Principal: { Service: "eks.amazonaws.com" }, Action: "sts:AssumeRole" },
        ],
      }),
    }),
  );
  return role?.Arn ?? "";
}

/**
 * Puts the cluster's real issuer, endpoint and CA into moto's answer to DescribeCluster: moto gives every cluster one
 * issuer, and an endpoint where nothing is.
 */
export function describeAsItIs(answer: Answer, cluster: EksCluster | undefined): Answer {
  if (answer.status !== 200 || cluster === undefined) return answer;
  const description = JSON.parse(answer.body.toString()) as { cluster: Record<string, unknown> };
  const body = JSON.stringify({
    ...description,
    cluster: {
      ...description.cluster,
      endpoint: cluster.endpoint,
      identity: { oidc: { issuer: cluster.issuerUrl } },
      certificateAuthority: { data: Buffer.from(cluster.caCertificate).toString("base64") },
    },
  });
  return { ...answer, headers: { "content-type": "application/json" }, body };
}
