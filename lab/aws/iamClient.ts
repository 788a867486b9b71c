import { IAMClient } from "@aws-sdk/client-iam";
import type { LabAws } from "../types";

/** Where a call goes and who makes it: the front or moto itself, as the administrator. */
export type AwsEndpoint = Pick<LabAws, "endpointUrl" | "accessKeyId" | "secretAccessKey">;

/** What every client of the lab's AWS has in common; without it the SDK would look into the user's own ~/.aws. */
export function clientSettings(aws: AwsEndpoint, region = "us-east-1") {
  return {
    endpoint: aws.endpointUrl,
    region,
    credentials: { accessKeyId: aws.accessKeyId, secretAccessKey: aws.secretAccessKey },
    // A refusal is an answer that tests assert; there is no network between us that a second try could mend.
    maxAttempts: 1,
  };
}

/** IAM as the lab's administrator. */
export function iamClient(aws: AwsEndpoint, region?: string): IAMClient {
  return new IAMClient(clientSettings(aws, region));
}
