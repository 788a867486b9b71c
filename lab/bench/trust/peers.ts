import { parseOidcProviderArn } from "../../../trust/issuer";
import type { TrustedCluster } from "../../../trust/types";

/** How another tool writes a role's trust policy. */
export interface Peer {
  name: string;
  /** Where its shape can be read. */
  source: string;
  /** Takes several ServiceAccounts of one cluster in one role. */
  takesSeveralSubjects: boolean;
  /** Takes several clusters in one role; the others' statement would have to be repeated by hand. */
  takesSeveralClusters: boolean;
  /** The document for these clusters, written from the shape and not by the tool. */
  document: (clusters: TrustedCluster[]) => object;
}

/** A list of one value is written as the value. */
function oneOrMany(values: string[]): string | string[] | undefined {
  return values.length === 1 ? values[0] : values;
}

/** One statement for each cluster, with subject and audience under one operator: the shape of all of them. */
function statements(clusters: TrustedCluster[], action: string | string[]): object {
  return {
    Version: "2012-10-17",
    Statement: clusters.map(({ oidcProviderArn, subjects }) => {
      const issuer = parseOidcProviderArn(oidcProviderArn ?? "")?.hostPath ?? "";
      return {
        Effect: "Allow",
        Action: action,
        Principal: { Federated: oidcProviderArn },
        Condition: {
          StringEquals: { [`${issuer}:aud`]: "sts.amazonaws.com", [`${issuer}:sub`]: oneOrMany(subjects) },
        },
      };
    }),
  };
}

const ACTION = "sts:AssumeRoleWithWebIdentity";

export const PEERS: Peer[] = [
  {
    name: "terraform-aws-iam",
    source:
      "https://github.com/terraform-aws-modules/terraform-aws-iam/blob/master/modules/iam-role-for-service-accounts/main.tf",
    takesSeveralSubjects: true,
    takesSeveralClusters: true,
    document: (clusters) => statements(clusters, ACTION),
  },
  {
    name: "eksctl",
    source: "https://github.com/eksctl-io/eksctl/blob/main/pkg/cfn/template/iam_helpers.go",
    takesSeveralSubjects: false,
    takesSeveralClusters: false,
    // It writes the action as a list.
    document: (clusters) => statements(clusters, [ACTION]),
  },
  {
    name: "AWS CDK eks",
    source: "https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/aws-eks/lib/service-account.ts",
    takesSeveralSubjects: false,
    takesSeveralClusters: false,
    document: (clusters) => statements(clusters, ACTION),
  },
];
