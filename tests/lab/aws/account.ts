import {
  AttachRolePolicyCommand,
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  IAMServiceException,
  type IAMClient,
} from "@aws-sdk/client-iam";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAws } from "../../../lab/aws";
import { iamClient } from "../../../lab/aws/clients";
import { cacheRoot } from "../../../lab/setup/cache";
import { silentProgress } from "../../../lab/setup/progress";
import { providePython } from "../../../lab/setup/python";
import type { LabAws } from "../../../lab/types";
import type { FakeCluster } from "./fakeCluster";

/** A real moto behind a real front, for one test file. */
export interface TestAccount {
  aws: LabAws;
  iam: IAMClient;
  close: () => Promise<void>;
}

/** Starts the account; `trustPolicyQuota` as the lab's own option. */
export async function startTestAccount(
  clusters: FakeCluster[],
  trustPolicyQuota?: number,
): Promise<TestAccount> {
  const directory = await mkdtemp(join(tmpdir(), "lab-aws-"));
  const { aws, close } = await startAws({
    python: await python(),
    directory,
    env: process.env,
    clusters,
    trustPolicyQuota,
    spawnChild: (_name, command, args, env) => spawn(command, args, { env, cwd: directory, stdio: "ignore" }),
  });
  const iam = iamClient(aws);
  return {
    aws,
    iam,
    async close() {
      iam.destroy();
      await close();
      await rm(directory, { recursive: true });
    },
  };
}

/** Makes the cluster's OIDC provider, as the component does. */
export async function createProvider(
  iam: IAMClient,
  cluster: FakeCluster,
  clientIds = ["sts.amazonaws.com"],
): Promise<void> {
  await iam.send(new CreateOpenIDConnectProviderCommand({ Url: cluster.issuerUrl, ClientIDList: clientIds }));
}

/** One statement a cluster, `default/s3-reader` only. */
export function trustPolicy(...clusters: FakeCluster[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: clusters.map(({ providerArn, hostAndPath }) => ({
      Effect: "Allow",
      Principal: { Federated: providerArn },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: {
          [`${hostAndPath}:sub`]: "system:serviceaccount:default:s3-reader",
          [`${hostAndPath}:aud`]: "sts.amazonaws.com",
        },
      },
    })),
  });
}

/** Makes a role that may read S3, and returns its ARN. */
export async function createReaderRole(
  iam: IAMClient,
  name: string,
  document: string,
  partition = "aws",
): Promise<string> {
  const { Role: role } = await iam.send(
    new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: document }),
  );
  await iam.send(
    new AttachRolePolicyCommand({
      RoleName: name,
      PolicyArn: `arn:${partition}:iam::aws:policy/AmazonS3ReadOnlyAccess`,
    }),
  );
  return role?.Arn ?? "";
}

/** Asserts that AWS refuses: code, HTTP status, message. */
export async function assertRefused(
  call: Promise<unknown>,
  code: string,
  status: number,
  message: string,
): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof IAMServiceException);
    const { Code: found } = error as unknown as { Code: string };
    assert.deepEqual([found, error.$metadata.httpStatusCode, error.message], [code, status, message]);
    return true;
  });
}

/** The Python that has moto: the lab's own, made now if it is missing, or another that the developer names. */
async function python(): Promise<string> {
  return (
    process.env["EKS_IRSA_LAB_PYTHON"] ??
    (await providePython({
      root: cacheRoot(),
      env: process.env,
      progress: silentProgress,
      buildSlot: (work) => work(),
    }))
  );
}
