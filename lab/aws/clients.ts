import { EKSClient } from "@aws-sdk/client-eks";
import { S3Client } from "@aws-sdk/client-s3";
import {
  AssumeRoleWithWebIdentityCommand,
  STSClient,
  STSServiceException,
  type Credentials,
} from "@aws-sdk/client-sts";
import type { LabAws } from "../types";
import { clientSettings, type AwsEndpoint } from "./iamClient";

export { iamClient } from "./iamClient";

/** Keys of a session, or of a user where there is no token. */
export interface SessionCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** STS as the lab's administrator, or as the holder of `credentials`. */
export function stsClient(aws: AwsEndpoint, region?: string, credentials?: SessionCredentials): STSClient {
  return new STSClient({ ...clientSettings(aws, region), ...(credentials ? { credentials } : {}) });
}

/** EKS as the lab's administrator, in one region. */
export function eksClient(aws: AwsEndpoint, region?: string): EKSClient {
  return new EKSClient(clientSettings(aws, region));
}

/** S3 as the lab's administrator, or as the holder of `credentials`. */
export function s3Client(aws: AwsEndpoint, credentials?: SessionCredentials, region?: string): S3Client {
  const settings = { ...clientSettings(aws, region), ...(credentials ? { credentials } : {}) };
  // Bucket names in the host would need a DNS that knows them.
  return new S3Client({ ...settings, forcePathStyle: true });
}

/** A call of AssumeRoleWithWebIdentity. */
export interface WebIdentityCall {
  roleArn: string;
  token: string;
  sessionName?: string;
  durationSeconds?: number;
  region?: string;
}

/** What STS said: a session, or AWS's error. */
export type WebIdentityResult =
  | { ok: true; credentials: Required<SessionCredentials>; subject: string; assumedRoleArn: string }
  | { ok: false; code: string; message: string; status: number };

/** Trades a ServiceAccount token for a session of a role, as a pod does; the call carries no credentials. */
export async function assumeWithWebIdentity(
  aws: Pick<LabAws, "endpointUrl">,
  call: WebIdentityCall,
): Promise<WebIdentityResult> {
  const sts = stsClient({ ...aws, accessKeyId: "", secretAccessKey: "" }, call.region);
  try {
    const answer = await sts.send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn: call.roleArn,
        RoleSessionName: call.sessionName ?? "eks-irsa",
        WebIdentityToken: call.token,
        DurationSeconds: call.durationSeconds,
      }),
    );
    return {
      ok: true,
      credentials: sessionCredentials(answer.Credentials),
      subject: answer.SubjectFromWebIdentityToken ?? "",
      assumedRoleArn: answer.AssumedRoleUser?.Arn ?? "",
    };
  } catch (error) {
    if (!(error instanceof STSServiceException)) throw error;
    const { message, $metadata: metadata } = error;
    return { ok: false, code: codeOf(error), message, status: metadata.httpStatusCode ?? 0 };
  } finally {
    sts.destroy();
  }
}

/** AWS's code as it stood in the answer: the SDK's class names add "Exception" to some. */
function codeOf(error: STSServiceException): string {
  const { Code: code } = error as { Code?: unknown };
  return typeof code === "string" ? code : error.name;
}

function sessionCredentials(credentials: Credentials | undefined): Required<SessionCredentials> {
  const { AccessKeyId, SecretAccessKey, SessionToken } = credentials ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken) throw new Error("STS answered without credentials");
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}
