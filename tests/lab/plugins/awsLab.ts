import { EKSClient } from "@aws-sdk/client-eks";
import { IAMClient } from "@aws-sdk/client-iam";
import { S3Client } from "@aws-sdk/client-s3";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { randomBytes } from "node:crypto";
import { openStack, type EngineStack, type EngineStackOptions } from "../../../lab/engine/workspace";
import { startLab, type LabWithoutStranger } from "../../../lab/supervisor/client";

/** An engine operation takes a second or two; on a busy machine more. */
export const PATIENCE_MS = 120_000;

// One lab for all files that want no more than an AWS account: each test has a project of its own in it.
let shared: Promise<LabWithoutStranger> | undefined;

after(async () => {
  await (await shared)?.stop();
});

/** A lab with an AWS account and no cluster. */
export function awsLab(): Promise<LabWithoutStranger> {
  return (shared ??= startLab({ clusters: [], stranger: false }));
}

/** A stack of that lab's engine. */
export async function openAwsStack(
  program: PulumiFn,
  options: Partial<EngineStackOptions> = {},
): Promise<EngineStack> {
  const lab = await awsLab();
  const project = `test-${unique()}`;
  return openStack({ lab, binaries: lab.binaries, project, program, ...options });
}

/** Gives a stack to a test, and destroys it whatever happens. */
export async function withStack(
  program: PulumiFn,
  test: (stack: EngineStack) => Promise<void>,
  options: Partial<EngineStackOptions> = {},
): Promise<void> {
  const stack = await openAwsStack(program, options);
  try {
    await test(stack);
  } finally {
    await stack.destroy();
  }
}

/** The account, to look at behind the engine's back. */
export async function account(): Promise<{ iam: IAMClient; s3: S3Client; eks: EKSClient }> {
  const { aws } = await awsLab();
  const { accessKeyId, secretAccessKey, endpointUrl: endpoint } = aws;
  const options = { region: "us-east-1", endpoint, credentials: { accessKeyId, secretAccessKey } };
  return {
    iam: new IAMClient(options),
    s3: new S3Client({ ...options, forcePathStyle: true }),
    eks: new EKSClient(options),
  };
}

/** Letters and digits that nothing else in the lab has. */
export function unique(): string {
  return randomBytes(6).toString("hex");
}

/** A trust policy that IAM accepts, with this subject. */
export function trustPolicy(subject = "system:serviceaccount:apps:reader", indent?: number): string {
  const issuer = `oidc.eks.us-east-1.amazonaws.com/id/${"A".repeat(32)}`;
  const document = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${issuer}` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: { StringEquals: { [`${issuer}:sub`]: subject } },
      },
    ],
  };
  return JSON.stringify(document, null, indent);
}

/** A policy that allows one action. */
export function allow(Action: string): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] });
}
