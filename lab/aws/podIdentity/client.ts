import type { SessionCredentials } from "../clients";
import type { AwsEndpoint } from "../iamClient";
import { AwsError } from "../query";
import { signedHeaders } from "../sign";

/** A call of AssumeRoleForPodIdentity. */
export interface PodIdentityCall {
  region: string;
  /** Name of the cluster in EKS. */
  cluster: string;
  /** The pod's token for `pods.eks.amazonaws.com`. */
  token: string;
}

/** What EKS Auth gives a pod. */
export interface PodIdentitySession {
  credentials: Required<SessionCredentials>;
  /** When they end. */
  expiration: Date;
  assumedRoleArn: string;
  associationId: string;
}

/**
 * Trades a pod's token for its session, as the agent on a node does. The keys in `aws` say in whose account the cluster is.
 * Throws an `AwsError` with the code, message and status of EKS Auth.
 */
export async function assumeRoleForPodIdentity(
  aws: AwsEndpoint,
  { region, cluster, token }: PodIdentityCall,
): Promise<PodIdentitySession> {
  const url = `${aws.endpointUrl}/clusters/${encodeURIComponent(cluster)}/assume-role-for-pod-identity`;
  const body = JSON.stringify({ token });
  const call = { method: "POST", url, service: "eks-auth", contentType: "application/json", body } as const;
  const headers = signedHeaders({ ...call, region }, aws);
  const response = await fetch(url, { method: "POST", headers, body });
  const answer = (await response.json()) as Record<string, unknown>;
  if (!response.ok) {
    const code = response.headers.get("x-amzn-errortype") ?? "UnknownError";
    throw new AwsError(code, String(answer["message"]), response.status);
  }
  return sessionOf(answer as unknown as EksAuthAnswer);
}

interface EksAuthAnswer {
  podIdentityAssociation: { associationId: string };
  assumedRoleUser: { arn: string };
  credentials: Required<SessionCredentials> & { expiration: number };
}

function sessionOf({
  podIdentityAssociation,
  assumedRoleUser,
  credentials,
}: EksAuthAnswer): PodIdentitySession {
  const { expiration, accessKeyId, secretAccessKey, sessionToken } = credentials;
  return {
    credentials: { accessKeyId, secretAccessKey, sessionToken },
    expiration: new Date(expiration * 1000),
    assumedRoleArn: assumedRoleUser.arn,
    associationId: podIdentityAssociation.associationId,
  };
}
