import { EKSClient } from "@aws-sdk/client-eks";
import { IAMClient } from "@aws-sdk/client-iam";
import { S3Client } from "@aws-sdk/client-s3";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { Properties } from "../shared/server";
import type { AssumeRole, Configuration, Credentials } from "./configuration";
import { rewordErrors } from "./errors";

// The real plugin insists 25 times (internal/conns/config.go: maxRetries); here nothing is far away or overloaded.
const MAX_ATTEMPTS = 2;

/** The AWS account, as resources and functions use it. */
export interface AwsClients {
  region: string;
  /** The provider's own configuration: `defaultTags`, `ignoreTags`. */
  providerConfig: Properties;
  iam: IAMClient;
  sts: STSClient;
  s3: S3Client;
  /** Of this region; default: the provider's. */
  eks(region?: string): EKSClient;
}

/** Opens the account; fails when its credentials are not accepted. */
export async function openAccount(
  configuration: Configuration,
  providerConfig: Properties,
): Promise<AwsClients> {
  const { region, endpoints, assumeRoles, skipCredentialsValidation } = configuration;
  const { credentials } = await takeOnRoles(configuration, assumeRoles);
  const shared = { region, credentials, maxAttempts: MAX_ATTEMPTS };
  const sts = rewordErrors(new STSClient({ ...shared, endpoint: endpoints.sts }), "STS");
  if (!skipCredentialsValidation) {
    await sts.send(new GetCallerIdentityCommand({})).catch((error: unknown) => {
      throw new Error(
        `validating provider credentials: retrieving caller identity from STS: ${String(error)}`,
      );
    });
  }
  return {
    region,
    providerConfig,
    sts,
    iam: rewordErrors(new IAMClient({ ...shared, endpoint: endpoints.iam }), "IAM"),
    // A bucket's name cannot become a part of a loopback address.
    s3: rewordErrors(new S3Client({ ...shared, endpoint: endpoints.s3, forcePathStyle: true }), "S3"),
    eks: (other = region) =>
      rewordErrors(new EKSClient({ ...shared, region: other, endpoint: endpoints.eks }), "EKS"),
  };
}

// One role after the other, each with the credentials of the one before (provider argument `assumeRoles`).
async function takeOnRoles(
  { region, credentials, endpoints }: Configuration,
  roles: AssumeRole[],
): Promise<{ credentials: Credentials }> {
  let current = credentials;
  for (const { roleArn, sessionName, externalId } of roles) {
    const sts = new STSClient({
      region,
      credentials: current,
      endpoint: endpoints.sts,
      maxAttempts: MAX_ATTEMPTS,
    });
    const answer = await rewordErrors(sts, "STS")
      .send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: sessionName, ExternalId: externalId }))
      .catch((error: unknown) => {
        throw new Error(`Cannot assume IAM Role (${roleArn}): ${String(error)}`);
      });
    const { AccessKeyId, SecretAccessKey, SessionToken } = answer.Credentials ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken) {
      throw new Error(`Cannot assume IAM Role (${roleArn}): STS gave no credentials`);
    }
    current = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  }
  return { credentials: current };
}
