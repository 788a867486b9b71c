import { CreateRoleCommand, PutRolePolicyCommand, type IAMClient } from "@aws-sdk/client-iam";
import type { LabCluster } from "../types";
import { adminArn, type Moto } from "./moto";
import type { Answer } from "./query";
import { signedHeaders } from "./sign";

/** What EKS says of a cluster of the lab. */
export type EksCluster = Pick<LabCluster, "name" | "region" | "issuerUrl" | "endpoint" | "caCertificate">;

/** Registers the lab's clusters in moto's EKS, so that DescribeCluster and ListClusters know them. */
export async function registerClusters(clusters: EksCluster[], moto: Moto, iam: IAMClient): Promise<void> {
  if (clusters.length === 0) return;
  const roleArn = await createRole(iam, "eks-cluster", { Service: "eks.amazonaws.com" });
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

/**
 * The role of the nodes, which pods without credentials of their own fall back on. What it may do here is for telling that
 * apart; nodes of EKS have more, and other, permissions.
 */
export async function createNodeRole(iam: IAMClient): Promise<string> {
  const name = "eks-node";
  // The metadata service gets its sessions as the administrator: moto knows principals of the kind AWS only.
  const trusted = { Service: "ec2.amazonaws.com", AWS: adminArn() };
  const arn = await createRole(iam, name, trusted);
  const policy = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "s3:ListAllMyBuckets", Resource: "*" }],
  };
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: name,
      PolicyName: "list-buckets",
      PolicyDocument: JSON.stringify(policy),
    }),
  );
  return arn;
}

/** A role for a service of AWS: no cluster of EKS is without one, and no node. */
async function createRole(iam: IAMClient, name: string, principal: Record<string, string>): Promise<string> {
  const { Role: role } = await iam.send(
    new CreateRoleCommand({
      RoleName: name,
      AssumeRolePolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: principal, Action: "sts:AssumeRole" }],
      }),
    }),
  );
  if (!role?.Arn) throw new Error(`IAM made no role ${name}`);
  return role.Arn;
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
