import type { Decision } from "../../trust/evaluate";
import type { PodIdentityRequest } from "../../trust/podIdentityRequest";
import {
  ACCOUNT,
  BASE,
  EAST_ARN,
  eastReader,
  PODS,
  READER_ID,
  TAG,
  tagged,
  WEST_ARN,
  wide,
} from "./podIdentityDocuments";

/** One case: the rule, the statements, what AWS decides and why, and where the request is not the reader's of the east. */
export type PodCase = [
  rule: string,
  statements: object[],
  expected: Decision,
  reason: string,
  asks?: Partial<PodIdentityRequest>,
];

export const OFF = { disableSessionTags: true } as const;
export const BASED = { baseRoleArn: BASE } as const;
export const HOLDS = "statement 0: its conditions hold";
const WIDE =
  "with session tags off IAM sees the cluster alone, so every ServiceAccount of it is admitted that an association gives this role";
export const FREE = "statement 0: has no condition";
export const fails = (key: string) => `statement 0: StringEquals on ${key} does not hold`;
export const unknown = (key: string) => `statement 0: StringEquals on ${key} has no meaning known here`;
export const bare = (changes: object = {}) => ({
  Effect: "Allow",
  Principal: { Service: PODS },
  Action: ["sts:AssumeRole", "sts:TagSession"],
  ...changes,
});
const assume = bare({ Action: "sts:AssumeRole" });
const tag = bare({ Action: "sts:TagSession" });
export const when = (key: string, value: string, changes: object = {}) =>
  bare({ Condition: { StringEquals: { [key]: value } }, ...changes });

// Expected answers are typed from https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html, …/pod-id-abac.html,
// …/pod-id-assign-target-role.html and IAM's reference of global condition keys, never taken from a run.

export const TAGS: PodCase[] = [
  ["the three tags are compared", [eastReader], "allow", HOLDS],
  ["another cluster", [eastReader], "deny", fails(TAG.cluster), { clusterArn: WEST_ARN }],
  ["another namespace", [eastReader], "deny", fails(TAG.namespace), { namespace: "kube-system" }],
  ["another name", [eastReader], "deny", fails(TAG.name), { serviceAccount: "default" }],
  ["tags off: the keys are missing", [eastReader], "deny", fails(TAG.cluster), OFF],
  [
    "a base role is another caller",
    [eastReader],
    "deny",
    "no statement names the base role or its account",
    BASED,
  ],
  ["lists are ORed", [tagged([WEST_ARN, EAST_ARN], ["a", "default"], ["s3-reader"])], "allow", HOLDS],
  ["no condition: every association in the account", [bare()], "allow", FREE, { namespace: "any" }],
  ["key names are case-insensitive", [when(TAG.name.toUpperCase(), "s3-reader")], "allow", HOLDS],
  ["the cluster's name", [when("aws:RequestTag/eks-cluster-name", "prod-east")], "allow", HOLDS],
  ["the cluster's ARN as the source", [when("aws:SourceArn", EAST_ARN)], "allow", HOLDS],
  ["the cluster's account as the source", [when("aws:SourceAccount", ACCOUNT)], "allow", HOLDS],
  [
    "the association's ARN is no source",
    [when("aws:SourceArn", `${EAST_ARN}/a-1`)],
    "deny",
    fails("aws:SourceArn"),
  ],
  ["another account", [when("aws:SourceAccount", "444455556666")], "deny", fails("aws:SourceAccount")],
  [
    "the pod is not known",
    [when("aws:RequestTag/kubernetes-pod-name", "p")],
    "indeterminate",
    unknown("aws:RequestTag/kubernetes-pod-name"),
  ],
  [
    "the pod, told",
    [when("aws:RequestTag/kubernetes-pod-uid", "1")],
    "allow",
    HOLDS,
    { context: { "aws:RequestTag/kubernetes-pod-uid": "1" } },
  ],
  ["a tag of nobody's", [when("aws:RequestTag/team", "x")], "indeterminate", unknown("aws:RequestTag/team")],
  [
    "the tags are not the caller's to change",
    [eastReader],
    "deny",
    fails(TAG.name),
    { serviceAccount: "x", context: { [TAG.name]: "s3-reader" } },
  ],
  [
    "nor the source",
    [when("aws:sourcearn", EAST_ARN)],
    "deny",
    fails("aws:sourcearn"),
    { clusterArn: WEST_ARN, context: { "aws:SourceArn": EAST_ARN } },
  ],
  [
    "the organisation, told",
    [when("aws:SourceOrgID", "o-1")],
    "allow",
    HOLDS,
    { context: { "aws:SourceOrgID": "o-1" } },
  ],
  [
    "an external ID is not known",
    [when("sts:ExternalId", READER_ID)],
    "indeterminate",
    unknown("sts:ExternalId"),
  ],
  [
    "an issuer's claims are absent",
    [when("oidc.eks.us-east-1.amazonaws.com/id/A:sub", "x")],
    "deny",
    fails("oidc.eks.us-east-1.amazonaws.com/id/A:sub"),
  ],
  [
    "IfExists is true of an issuer's claim",
    [bare({ Condition: { StringEqualsIfExists: { "oidc.eks.us-east-1.amazonaws.com/id/A:sub": "x" } } })],
    "allow",
    HOLDS,
  ],
];

export const ACTIONS: PodCase[] = [
  [
    "without TagSession: tags are refused",
    [assume],
    "deny",
    "for sts:TagSession, statement 0: action is another",
  ],
  ["without TagSession, with tags off", [assume], "allow", `${FREE}; ${WIDE}`, OFF],
  ["without AssumeRole", [tag], "deny", "statement 0: action is another"],
  [
    "each by a statement of its own",
    [assume, tag],
    "allow",
    "statement 0: has no condition; for sts:TagSession, statement 1: has no condition",
  ],
  ["every action", [bare({ Action: "sts:*" })], "allow", FREE],
  ["case does not matter in actions", [bare({ Action: "STS:*" })], "allow", FREE],
  [
    "a Deny of TagSession alone",
    [bare(), { ...tag, Effect: "Deny" }],
    "deny",
    "for sts:TagSession, statement 1: has no condition",
  ],
  [
    "which tags off never asks for",
    [wide(EAST_ARN), { ...tag, Effect: "Deny" }],
    "allow",
    `${HOLDS}; ${WIDE}`,
    OFF,
  ],
  [
    "a TagSession that is not known",
    [assume, when("aws:SourceOrgID", "o", { Action: "sts:TagSession" })],
    "indeterminate",
    "for sts:TagSession, statement 1: StringEquals on aws:SourceOrgID has no meaning known here",
  ],
  [
    "a sure refusal goes before what is not known",
    [when("aws:SourceOrgID", "o", { Action: "sts:AssumeRole" })],
    "deny",
    "for sts:TagSession, statement 0: action is another",
  ],
  [
    "AssumeRoleWithWebIdentity is another",
    [bare({ Action: "sts:AssumeRoleWithWebIdentity" })],
    "deny",
    "statement 0: action is another",
  ],
  [
    "a Deny goes before any Allow",
    [eastReader, { ...eastReader, Effect: "Deny" }],
    "deny",
    "statement 1: its conditions hold",
  ],
  [
    "a Deny of another's",
    [eastReader, { ...tagged(WEST_ARN, "default", "s3-reader"), Effect: "Deny" }],
    "allow",
    HOLDS,
  ],
  [
    "a Deny that is not known",
    [eastReader, when("aws:SourceOrgID", "o", { Effect: "Deny" })],
    "indeterminate",
    "statement 1: StringEquals on aws:SourceOrgID has no meaning known here",
  ],
];

export const TAGS_OFF: PodCase[] = [
  ["the cluster alone is compared", [wide(EAST_ARN)], "allow", `${HOLDS}; ${WIDE}`, OFF],
  [
    "whatever the ServiceAccount",
    [wide(EAST_ARN)],
    "allow",
    `${HOLDS}; ${WIDE}`,
    { ...OFF, namespace: "x", serviceAccount: "y" },
  ],
  ["another cluster", [wide(EAST_ARN)], "deny", fails("aws:SourceArn"), { ...OFF, clusterArn: WEST_ARN }],
  ["another account", [wide(EAST_ARN, "444455556666")], "deny", fails("aws:SourceAccount"), OFF],
  [
    "with tags on TagSession is missing",
    [wide(EAST_ARN)],
    "deny",
    "for sts:TagSession, statement 0: action is another",
  ],
  [
    "no tag is there, whatever is told",
    [when(TAG.name, "s3-reader")],
    "deny",
    fails(TAG.name),
    { ...OFF, context: { [TAG.name]: "s3-reader" } },
  ],
  [
    "Null true: the tags are missing",
    [bare({ Condition: { Null: { [TAG.name]: "true", "aws:TagKeys": "true" } } })],
    "allow",
    `${HOLDS}; ${WIDE}`,
    OFF,
  ],
  [
    "aws:TagKeys is not known with tags on",
    [bare({ Condition: { Null: { "aws:TagKeys": "true" } } })],
    "indeterminate",
    "statement 0: Null on aws:TagKeys has no meaning known here",
  ],
  [
    "IfExists is true of a missing tag",
    [bare({ Condition: { StringEqualsIfExists: { [TAG.name]: "x" } } })],
    "allow",
    `${HOLDS}; ${WIDE}`,
    OFF,
  ],
];
