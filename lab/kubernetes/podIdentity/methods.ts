import type { WebIdentity } from "./settings";

/** A variable of a container's environment. */
export interface Variable {
  name: string;
  value: string;
}

/** A way in which a pod comes to credentials: a token in a file, and variables by which the AWS SDKs find it. */
export interface CredentialMethod {
  /** The volume that holds the token. */
  volume: string;
  mountPath: string;
  /** The token's file below `mountPath`. */
  token: string;
  audience: string;
  /** A container that has one of these already is given none of them. */
  variables: (tokenFile: string) => Variable[];
}

/** IAM roles for service accounts: the SDK shows the token to STS. */
export function webIdentityMethod({ roleArn, audience }: WebIdentity): CredentialMethod {
  return {
    volume: "aws-iam-token",
    mountPath: "/var/run/secrets/eks.amazonaws.com/serviceaccount",
    token: "token",
    audience,
    variables: (tokenFile) => [
      { name: "AWS_ROLE_ARN", value: roleArn },
      { name: "AWS_WEB_IDENTITY_TOKEN_FILE", value: tokenFile },
    ],
  };
}

/**
 * EKS Pod Identity: the SDK shows the token to the agent of its node.
 * Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html; on EKS the agent is at
 * http://169.254.170.23/v1/credentials.
 * @param agentUri where the agent gives credentials
 */
export function podIdentityMethod(agentUri: string): CredentialMethod {
  return {
    volume: "eks-pod-identity-token",
    mountPath: "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount",
    token: "eks-pod-identity-token",
    audience: "pods.eks.amazonaws.com",
    variables: (tokenFile) => [
      { name: "AWS_CONTAINER_CREDENTIALS_FULL_URI", value: agentUri },
      { name: "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", value: tokenFile },
    ],
  };
}
