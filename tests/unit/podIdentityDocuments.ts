import type { PodIdentityRequest } from "../../trust/podIdentityRequest";
import type { TrustedCluster } from "../../trust/types";

export const ACCOUNT = "111122223333";
export const EAST_ARN = `arn:aws:eks:us-east-1:${ACCOUNT}:cluster/prod-east`;
export const WEST_ARN = `arn:aws:eks:us-west-2:${ACCOUNT}:cluster/prod-west`;
export const BASE = `arn:aws:iam::${ACCOUNT}:role/base/Pods`;
export const PODS = "pods.eks.amazonaws.com";
export const TAG = {
  cluster: "aws:RequestTag/eks-cluster-arn",
  namespace: "aws:RequestTag/kubernetes-namespace",
  name: "aws:RequestTag/kubernetes-service-account",
} as const;
export const BOTH_ACTIONS = ["sts:AssumeRole", "sts:TagSession"];

type Values = string | string[];
export interface Statement {
  Effect: string;
  Principal: unknown;
  Action: Values;
  Condition: { [operator: string]: { [key: string]: Values } };
  [element: string]: unknown;
}

export const document = (...Statement: unknown[]) => ({ Version: "2012-10-17", Statement });
const statement = (Principal: unknown, Action: Values, equals: { [key: string]: Values }): Statement => ({
  Effect: "Allow",
  Principal,
  Action,
  Condition: { StringEquals: equals },
});

/** The statement for session tags; for EKS itself unless a base role is given. */
export const tagged = (cluster: Values, namespace: Values, name: Values, base?: string) =>
  statement(base === undefined ? { Service: PODS } : { AWS: base }, BOTH_ACTIONS, {
    [TAG.cluster]: cluster,
    [TAG.namespace]: namespace,
    [TAG.name]: name,
  });
/** The statement for whole clusters. */
export const wide = (arns: Values, accounts: Values = ACCOUNT) =>
  statement({ Service: PODS }, "sts:AssumeRole", { "aws:SourceAccount": accounts, "aws:SourceArn": arns });
/** The statement for external IDs. */
export const external = (ids: Values, base = BASE) =>
  statement({ AWS: base }, "sts:AssumeRole", { "sts:ExternalId": ids });
export const READER_ID = `us-east-1/${ACCOUNT}/prod-east/default/s3-reader`;

export const READER = "system:serviceaccount:default:s3-reader";
export const WRITER = "system:serviceaccount:jobs:writer";
/** The reader's pods, of the eastern cluster. */
export const reader: PodIdentityRequest = {
  clusterArn: EAST_ARN,
  namespace: "default",
  serviceAccount: "s3-reader",
};
export const eastReader = tagged(EAST_ARN, "default", "s3-reader");

/** Clusters whose associations are as said, with the reader bound. */
export const bound = (
  how: { baseRoleArn?: string; disableSessionTags?: boolean } = {},
  subjects = [READER],
): { east: TrustedCluster; west: TrustedCluster } => ({
  east: { name: "east", subjects, podIdentity: { clusterArn: EAST_ARN, ...how } },
  west: { name: "west", subjects, podIdentity: { clusterArn: WEST_ARN, ...how } },
});

/** A copy of a statement with one change. */
export function changed(original: Statement, change: (copy: Statement) => unknown): Statement {
  const copy = structuredClone(original);
  change(copy);
  return copy;
}
