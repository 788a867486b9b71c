import {
  CreatePodIdentityAssociationCommand,
  EKSServiceException,
  type CreatePodIdentityAssociationCommandInput,
  type EKSClient,
  type PodIdentityAssociation,
} from "@aws-sdk/client-eks";
import type { JWTPayload } from "jose";
import assert from "node:assert/strict";
import { assumeRoleForPodIdentity } from "../../../lab/aws/podIdentity/client";
import { AwsError } from "../../../lab/aws/query";
import type { AwsEndpoint } from "../../../lab/aws/iamClient";
import type { FakeCluster, Forgery } from "./fakeCluster";

/** The pod that the tests' tokens are bound to. */
export const pod = { name: "s3-reader-6b9f94b4-dvd5c", uid: "376f3cff-44fe-4a00-b9d4-970555f311d3" };

/** A trust policy for EKS, with parts of its one statement replaced. */
export function podsPolicy(parts: Record<string, unknown> = {}): string {
  const statement = {
    Effect: "Allow",
    Principal: { Service: "pods.eks.amazonaws.com" },
    Action: ["sts:AssumeRole", "sts:TagSession"],
    ...parts,
  };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}

/** The condition that a request tag has a value. */
export function tagged(tag: string, value: string | string[]): Record<string, unknown> {
  return { Condition: { StringEquals: { [`aws:RequestTag/${tag}`]: value } } };
}

/** A pod's token for Pod Identity, as the webhook has it projected. */
export function podToken(
  cluster: FakeCluster,
  serviceAccount = "s3-reader",
  namespace = "default",
  { claims, ...forgery }: Forgery = {},
): Promise<string> {
  const bound: JWTPayload = {
    aud: ["pods.eks.amazonaws.com"],
    sub: `system:serviceaccount:${namespace}:${serviceAccount}`,
    "kubernetes.io": { namespace, pod, serviceaccount: { name: serviceAccount, uid: "d0c2ed78" } },
  };
  return cluster.token({ ...forgery, claims: { ...bound, ...claims } });
}

/** Associates `default/s3-reader` with a role, or as told otherwise. */
export async function associate(
  eks: EKSClient,
  input: Pick<CreatePodIdentityAssociationCommandInput, "clusterName" | "roleArn"> &
    Partial<CreatePodIdentityAssociationCommandInput>,
): Promise<PodIdentityAssociation> {
  const { association } = await eks.send(
    new CreatePodIdentityAssociationCommand({
      namespace: "default",
      serviceAccount: "s3-reader",
      ...input,
    }),
  );
  assert.ok(association);
  return association;
}

/** Asserts that EKS refuses: "code status: message". */
export async function assertEksRefuses(call: Promise<unknown>, expected: string): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof EKSServiceException, String(error));
    assert.equal(`${error.name} ${error.$metadata.httpStatusCode}: ${error.message}`, expected);
    return true;
  });
}

/** What EKS Auth says to a token: the ARN of the session, or "code status: message". */
export async function exchanged(
  aws: AwsEndpoint,
  cluster: Pick<FakeCluster, "name" | "region">,
  token: string,
): Promise<string> {
  try {
    const call = { region: cluster.region, cluster: cluster.name, token };
    return (await assumeRoleForPodIdentity(aws, call)).assumedRoleArn;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return `${error.code} ${error.status}: ${error.message}`;
  }
}

/** EKS Auth's answer where a trust policy, or the base role's own policies, do not allow. */
export const notAllowed =
  "AccessDeniedException 400: Unauthorized Exception! EKS does not have permissions to assume the associated role.";
