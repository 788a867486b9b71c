import type { BaseRole, EksService, SessionTags, TrustCaller } from "../../../lab/aws/trustCallers";
import type { Statement } from "./trustCases";

/*
 * Expected answers for the callers of EKS Pod Identity, typed by hand from AWS's documentation; a group is named after the
 * page that says so.
 */

const account = "123456789012";
const clusterArn = `arn:aws:eks:us-east-1:${account}:cluster/blue`;
const baseArn = `arn:aws:iam::${account}:role/team/base`;
const externalId = `us-east-1/${account}/blue/default/s3-reader`;

const tags: SessionTags = {
  clusterArn,
  clusterName: "blue",
  namespace: "default",
  serviceAccount: "s3-reader",
  podName: "s3-reader-0",
  podUid: "8f5b1a0e-0000-4000-8000-000000000000",
};
const roleSessionName = "eks-blue-s3-reader-8f5b1a0e-0000-4000-8000-000000000001";

const service: EksService = { kind: "eks-service", clusterArn, accountId: account, tags, roleSessionName };
const untagged: EksService = { ...service, tags: undefined };
const writer: EksService = { ...service, tags: { ...tags, serviceAccount: "writer" } };
const role: BaseRole = { kind: "base-role", roleArn: baseArn, tags, externalId, roleSessionName };
const untaggedRole: BaseRole = { ...role, tags: undefined };

const both = ["sts:AssumeRole", "sts:TagSession"];
const pods = { Service: "pods.eks.amazonaws.com" };

function allow(parts: Statement = {}): Statement {
  return { Effect: "Allow", Principal: pods, Action: both, ...parts };
}

const deny = (parts: Statement = {}) => allow({ Effect: "Deny", ...parts });
const when = (operator: string, key: string, value: unknown) =>
  allow({ Condition: { [operator]: { [key]: value } } });
const whenTag = (tag: string, value: unknown) => when("StringEquals", `aws:RequestTag/${tag}`, value);
const toRole = (parts: Statement = {}) => allow({ Principal: { AWS: baseArn }, ...parts });
const named = (AWS: unknown) => toRole({ Principal: { AWS } });
const roleWhen = (operator: string, key: string, value: unknown) =>
  toRole({ Condition: { [operator]: { [key]: value } } });
const scoped = (serviceAccounts: string | string[]) =>
  allow({
    Condition: {
      StringEquals: {
        "aws:RequestTag/eks-cluster-arn": [clusterArn, `${clusterArn}-2`],
        "aws:RequestTag/kubernetes-namespace": "default",
        "aws:RequestTag/kubernetes-service-account": serviceAccounts,
      },
    },
  });

type PodIdentityCase = [
  description: string,
  statements: Statement | Statement[],
  who: TrustCaller,
  answer: "allow" | "deny",
];

/** What is tried, the policy's statements, who calls, and what AWS answers. */
export const podIdentityTrustCases: Record<string, PodIdentityCase[]> = {
  "pod-id-role: both actions while there are tags": [
    ["both", allow(), service, "allow"],
    ["sts:AssumeRole alone", allow({ Action: "sts:AssumeRole" }), service, "deny"],
    ["sts:TagSession alone", allow({ Action: "sts:TagSession" }), service, "deny"],
    ["a wildcard", allow({ Action: "sts:*" }), service, "allow"],
    [
      "each in a statement of its own",
      [allow({ Action: both[0] }), allow({ Action: both[1] })],
      service,
      "allow",
    ],
    [
      "a condition on one of them counts",
      [allow({ Action: both[0] }), { ...whenTag("kubernetes-namespace", "x"), Action: both[1] }],
      service,
      "deny",
    ],
    ["a Deny of sts:TagSession", [allow(), deny({ Action: "sts:TagSession" })], service, "deny"],
    ["sts:AssumeRole is enough without tags", allow({ Action: "sts:AssumeRole" }), untagged, "allow"],
    ["a Deny of sts:TagSession means nothing then", [allow(), deny({ Action: both[1] })], untagged, "allow"],
    ["the web identities' action", allow({ Action: "sts:AssumeRoleWithWebIdentity" }), service, "deny"],
  ],
  "IAM JSON policy elements: Principal, of a service": [
    ["another service", allow({ Principal: { Service: "eks.amazonaws.com" } }), service, "deny"],
    [
      "among others",
      allow({ Principal: { Service: ["ec2.amazonaws.com", pods.Service] } }),
      service,
      "allow",
    ],
    ["its name as an account's principal", allow({ Principal: { AWS: pods.Service } }), service, "deny"],
    ["the cluster's account", allow({ Principal: { AWS: account } }), service, "deny"],
    ["everybody, undecided: no", allow({ Principal: { AWS: "*" } }), service, "deny"],
    ["a Deny for everybody", [allow(), deny({ Principal: { AWS: "*" } })], service, "deny"],
    ["a Deny for a role", [allow(), deny({ Principal: { AWS: baseArn } })], service, "allow"],
  ],
  "pod-id-abac: the six tags": [
    ["the cluster's ARN", whenTag("eks-cluster-arn", clusterArn), service, "allow"],
    ["the cluster's name", whenTag("eks-cluster-name", "blue"), service, "allow"],
    ["the namespace", whenTag("kubernetes-namespace", "default"), service, "allow"],
    ["the ServiceAccount", whenTag("kubernetes-service-account", "s3-reader"), service, "allow"],
    ["the pod's name", whenTag("kubernetes-pod-name", "s3-reader-0"), service, "allow"],
    ["the pod's uid", whenTag("kubernetes-pod-uid", tags.podUid), service, "allow"],
    ["all that bind a ServiceAccount", scoped(["a", "s3-reader"]), service, "allow"],
    ["… of another one", scoped("s3-reader"), writer, "deny"],
    ["the name of a tag in other letters", whenTag("Kubernetes-Namespace", "default"), service, "allow"],
    ["a value in other letters", whenTag("kubernetes-namespace", "Default"), service, "deny"],
    ["a tag that EKS does not send", whenTag("team", "a"), service, "deny"],
    ["… negated: it is absent", when("StringNotEquals", "aws:RequestTag/team", "a"), service, "allow"],
    ["none without tags", whenTag("kubernetes-namespace", "default"), untagged, "deny"],
    [
      "… with IfExists",
      when("StringEqualsIfExists", "aws:RequestTag/eks-cluster-arn", "x"),
      untagged,
      "allow",
    ],
    [
      "no tag beside them",
      when("ForAllValues:StringLike", "aws:TagKeys", ["eks-*", "kube*"]),
      service,
      "allow",
    ],
    ["no tag keys without tags", when("Null", "aws:TagKeys", "true"), untagged, "allow"],
    [
      "a role's tags are not the request's",
      when("StringEquals", "aws:PrincipalTag/kubernetes-namespace", "default"),
      service,
      "deny",
    ],
  ],
  "AWS global condition context keys: source account and source ARN": [
    ["the cluster's account", when("StringEquals", "aws:SourceAccount", account), untagged, "allow"],
    ["another account", when("StringEquals", "aws:SourceAccount", "210987654321"), untagged, "deny"],
    ["the cluster's ARN", when("ArnEquals", "aws:SourceArn", clusterArn), untagged, "allow"],
    ["… beside tags", when("StringEquals", "aws:SourceArn", clusterArn), service, "allow"],
    ["… with a wildcard", when("ArnLike", "aws:SourceArn", "arn:aws:eks:*:*:cluster/b*"), untagged, "allow"],
    [
      "a wildcard is of one part",
      when("ArnLike", "aws:SourceArn", "arn:aws:*:cluster/blue"),
      untagged,
      "deny",
    ],
    ["another cluster", when("ArnEquals", "aws:SourceArn", `${clusterArn}2`), untagged, "deny"],
    ["not another cluster", when("ArnNotEquals", "aws:SourceArn", `${clusterArn}2`), untagged, "allow"],
    [
      "an association's ARN",
      when("ArnLike", "aws:SourceArn", `arn:aws:eks:us-east-1:${account}:podidentityassociation/blue/*`),
      untagged,
      "deny",
    ],
    ["the organization, unknown here", when("StringEquals", "aws:SourceOrgId", "o-1"), untagged, "deny"],
    ["an external ID, unknown here", when("StringEquals", "sts:ExternalId", externalId), untagged, "deny"],
  ],
  "IAM JSON policy elements: Principal, of a role": [
    ["its ARN, path included", toRole(), role, "allow"],
    ["its ARN without its path", named(baseArn.replace("team/", "")), role, "deny"],
    [
      "its session's ARN",
      named(`arn:aws:sts::${account}:assumed-role/base/${roleSessionName}`),
      role,
      "allow",
    ],
    ["its account by number", named(account), role, "allow"],
    ["its account by ARN", named(["210987654321", `arn:aws:iam::${account}:root`]), role, "allow"],
    ["another account", named("arn:aws:iam::210987654321:root"), role, "deny"],
    ["the same name in another account", named("arn:aws:iam::210987654321:role/team/base"), role, "deny"],
    ["everybody", named("*"), role, "allow"],
    ["a pattern is none", named("arn:aws:iam::123456789012:role/*"), role, "deny"],
    ["the service is not the role", allow(), role, "deny"],
    ["a Deny for the service is not for the role", [toRole(), deny()], role, "allow"],
    ["a Deny for its account", [toRole(), deny({ Principal: { AWS: account } })], role, "deny"],
  ],
  "pod-id-assign-target-role": [
    ["both actions", toRole(), role, "allow"],
    ["without sts:TagSession", toRole({ Action: "sts:AssumeRole" }), role, "deny"],
    ["without tags", toRole({ Action: "sts:AssumeRole" }), untaggedRole, "allow"],
    ["a tag", roleWhen("StringEquals", "aws:RequestTag/kubernetes-namespace", "default"), role, "allow"],
    ["another's tag", roleWhen("StringEquals", "aws:RequestTag/eks-cluster-name", "green"), role, "deny"],
    [
      "the tag of the principal",
      roleWhen("StringEquals", "aws:PrincipalTag/eks-cluster-name", "blue"),
      role,
      "allow",
    ],
    ["the base role by condition", roleWhen("ArnEquals", "aws:PrincipalArn", baseArn), role, "allow"],
    ["another role by condition", roleWhen("ArnEquals", "aws:PrincipalArn", `${baseArn}2`), role, "deny"],
    ["the external ID", roleWhen("StringEquals", "sts:ExternalId", ["x", externalId]), untaggedRole, "allow"],
    [
      "another external ID",
      roleWhen("StringEquals", "sts:ExternalId", `${externalId}2`),
      untaggedRole,
      "deny",
    ],
    [
      "an external ID beside tags, unknown here",
      roleWhen("StringEquals", "sts:ExternalId", externalId),
      role,
      "deny",
    ],
    [
      "tags that are disabled",
      roleWhen("StringEquals", "aws:RequestTag/eks-cluster-name", "blue"),
      untaggedRole,
      "deny",
    ],
    ["the source ARN is the service's", roleWhen("ArnEquals", "aws:SourceArn", clusterArn), role, "deny"],
  ],
};
