import { buildTrustPolicy } from "../../trust/policy";
import { TrustPolicyForm, type TrustedCluster } from "../../trust/types";
import { A, B, HOST_A, READER } from "./evaluateCases";

export const C = A.replace("AAAA", "CCCC");
export const HOST_C = HOST_A.replace("AAAA", "CCCC");
export const WRITER = "system:serviceaccount:jobs:writer";
export const OUTSIDER = "system:serviceaccount:A:A";
export const STS = "sts.amazonaws.com";
export const VPC = {
  StringEquals: { "aws:SourceVpc": ["vpc-2", "vpc-1"] },
  Bool: { "aws:SecureTransport": ["true"] },
};

export const east: TrustedCluster = { name: "east", oidcProviderArn: A, subjects: [READER, WRITER] };
export const west: TrustedCluster = { name: "west", oidcProviderArn: B, subjects: [READER] };
export const patterned: TrustedCluster = {
  name: "north",
  oidcProviderArn: C,
  subjects: [READER],
  subjectPatterns: ["system:serviceaccount:jobs:*", "system:serviceaccount:team-*:app-*"],
};
export const owned = (...clusters: TrustedCluster[]) =>
  clusters.map((cluster) => ({ ...cluster, oidcProviderClientIds: [STS] }));
export const { StatementPerCluster, SubjectOnly, SingleStatement } = TrustPolicyForm;
export const FORMS = [StatementPerCluster, SubjectOnly, SingleStatement];

/** The built document with one change, made where the test says. */
export function changed(
  form: TrustPolicyForm,
  clusters: TrustedCluster[],
  change: (policy: Loose) => unknown,
): object {
  const policy = structuredClone(buildTrustPolicy(clusters, { form })) as unknown as Loose;
  change(policy);
  return policy;
}
/** A document in which anything may be changed. */
export interface Loose {
  Version?: string;
  Statement: LooseStatement[];
}
export interface LooseStatement {
  [element: string]: unknown;
  Principal: { [kind: string]: unknown };
  Condition: { [operator: string]: { [key: string]: unknown } };
}

export const first = ({ Statement: [statement] }: Loose) => statement!;
export const pair = owned(east, west);
export const single = (change: (statement: LooseStatement) => unknown, clusters = pair) =>
  changed(SingleStatement, clusters, (policy) => change(first(policy)));
export const perCluster = (
  change: (statement: LooseStatement) => unknown,
  clusters: TrustedCluster[] = [east, west],
) => changed(StatementPerCluster, clusters, (policy) => change(first(policy)));
