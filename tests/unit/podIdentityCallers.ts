import { bare, BASED, fails, FREE, HOLDS, OFF, type PodCase, unknown, when } from "./podIdentityCases";
import {
  ACCOUNT,
  BASE,
  changed,
  EAST_ARN,
  eastReader,
  external,
  PODS,
  READER_ID,
  TAG,
  tagged,
  WEST_ARN,
} from "./podIdentityDocuments";

// Expected answers are typed from the pages that podIdentityCases.ts names, and from
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html.

const basedReader = tagged(EAST_ARN, "default", "s3-reader", BASE);
const ID_OFF = { ...BASED, ...OFF };
const principal = (Principal: unknown) =>
  bare({ Principal, Condition: { StringEquals: { [TAG.name]: "s3-reader" } } });
const NOT_KNOWN = "statement 0: whether its principal is the caller is not known";
const NOBODY = "no statement names the base role or its account";

export const BASE_ROLE: PodCase[] = [
  ["by its ARN and the tags", [basedReader], "allow", HOLDS, BASED],
  ["another name", [basedReader], "deny", fails(TAG.name), { ...BASED, serviceAccount: "x" }],
  ["EKS itself is another caller", [basedReader], "deny", `no statement names ${PODS}`],
  ["another role", [basedReader], "deny", NOBODY, { baseRoleArn: BASE.replace("Pods", "Other") }],
  ["its account's root", [principal({ AWS: `arn:aws:iam::${ACCOUNT}:root` })], "allow", HOLDS, BASED],
  ["its account's ID", [principal({ AWS: ACCOUNT })], "allow", HOLDS, BASED],
  ["another account's root", [principal({ AWS: "arn:aws:iam::444455556666:root" })], "deny", NOBODY, BASED],
  ["a user of its name", [principal({ AWS: BASE.replace("role/base", "user") })], "deny", NOBODY, BASED],
  [
    "a role of its name elsewhere",
    [principal({ AWS: BASE.replace(ACCOUNT, "444455556666") })],
    "deny",
    NOBODY,
    BASED,
  ],
  ["in another partition", [principal({ AWS: BASE.replace("aws", "aws-cn") })], "deny", NOBODY, BASED],
  [
    "its name with another path",
    [principal({ AWS: BASE.replace("/base", "") })],
    "indeterminate",
    NOT_KNOWN,
    BASED,
  ],
  ["its name in other letters", [principal({ AWS: BASE.toLowerCase() })], "indeterminate", NOT_KNOWN, BASED],
  ["everyone", [principal("*")], "allow", HOLDS, BASED],
  ["AWS: everyone", [principal({ AWS: "*" })], "allow", HOLDS, BASED],
  ["one of a list", [principal({ AWS: ["444455556666", BASE] })], "allow", HOLDS, BASED],
  [
    "a session of it may be this one",
    [principal({ AWS: `arn:aws:sts::${ACCOUNT}:assumed-role/Pods/x` })],
    "indeterminate",
    NOT_KNOWN,
    BASED,
  ],
  ["a unique ID may be its", [principal({ AWS: "AROAEXAMPLEID" })], "indeterminate", NOT_KNOWN, BASED],
  ["the external ID, with tags off", [external(READER_ID)], "allow", HOLDS, ID_OFF],
  [
    "another's external ID",
    [external(READER_ID)],
    "deny",
    fails("sts:ExternalId"),
    { ...ID_OFF, serviceAccount: "x" },
  ],
  [
    "another cluster's",
    [external(READER_ID)],
    "deny",
    fails("sts:ExternalId"),
    { ...ID_OFF, clusterArn: WEST_ARN },
  ],
  [
    "with tags on it is not known",
    [external(READER_ID)],
    "deny",
    "for sts:TagSession, statement 0: action is another",
    BASED,
  ],
  [
    "not even where TagSession is allowed",
    [changed(external(READER_ID), (copy) => (copy.Action = "sts:*"))],
    "indeterminate",
    unknown("sts:ExternalId"),
    BASED,
  ],
  ["tags off: the tags are missing", [basedReader], "deny", fails(TAG.cluster), ID_OFF],
  [
    "tags off, without a condition: no cluster-wide trust is told of",
    [bare({ Principal: { AWS: BASE } })],
    "allow",
    FREE,
    ID_OFF,
  ],
  [
    "its ARN as a condition",
    [when("aws:PrincipalArn", BASE, { Principal: { AWS: ACCOUNT } })],
    "allow",
    HOLDS,
    BASED,
  ],
  [
    "its account as a condition",
    [when("aws:PrincipalAccount", ACCOUNT, { Principal: { AWS: "*" } })],
    "allow",
    HOLDS,
    BASED,
  ],
  [
    "the source is not known",
    [when("aws:SourceArn", EAST_ARN, { Principal: { AWS: BASE } })],
    "indeterminate",
    unknown("aws:SourceArn"),
    BASED,
  ],
];

const mixed = (Principal: unknown) => [{ ...eastReader, Principal }];
const A = `arn:aws:iam::${ACCOUNT}:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/A`;

export const PRINCIPALS: PodCase[] = [
  ["kinds are ORed", mixed({ Federated: A, Service: ["ec2.amazonaws.com", PODS] }), "allow", HOLDS],
  ["so for a base role", mixed({ Federated: A, Service: PODS, AWS: [BASE] }), "allow", HOLDS, BASED],
  ["an OIDC provider is another", mixed({ Federated: A }), "deny", `no statement names ${PODS}`],
  ["any OIDC provider too", mixed({ Federated: "*" }), "deny", `no statement names ${PODS}`],
  ["so for a base role: any provider", mixed({ Federated: "*" }), "deny", NOBODY, BASED],
  ["another service", mixed({ Service: "eks.amazonaws.com" }), "deny", `no statement names ${PODS}`],
  ["the service's name under another kind", mixed({ AWS: PODS }), "deny", `no statement names ${PODS}`],
  ["a service is no role", mixed({ Service: PODS }), "deny", NOBODY, BASED],
  ["everyone", mixed("*"), "allow", HOLDS],
  ["AWS: everyone", mixed({ AWS: "*" }), "allow", HOLDS],
  ["an account is not EKS", mixed({ AWS: ACCOUNT }), "deny", `no statement names ${PODS}`],
  ["a wildcard for services", mixed({ Service: "*" }), "indeterminate", NOT_KNOWN],
  ["the service in other letters", mixed({ Service: "Pods.eks.amazonaws.com" }), "indeterminate", NOT_KNOWN],
  [
    "NotPrincipal",
    [{ ...eastReader, Principal: undefined, NotPrincipal: { AWS: "1" } }],
    "indeterminate",
    "statement 0: has the element NotPrincipal, whose effect is not known here",
  ],
  [
    "a Deny for everyone",
    [eastReader, bare({ Effect: "Deny", Principal: "*" })],
    "deny",
    "statement 1: has no condition",
  ],
  [
    "a Deny for its account",
    [basedReader, bare({ Effect: "Deny", Principal: { AWS: ACCOUNT } })],
    "deny",
    "statement 1: has no condition",
    BASED,
  ],
  [
    "a Deny for what may be it",
    [basedReader, bare({ Effect: "Deny", Principal: { AWS: "AROAX" } })],
    "indeterminate",
    "statement 1: whether its principal is the caller is not known",
    BASED,
  ],
];

export const REQUESTS: PodCase[] = [
  [
    "no cluster's ARN",
    [bare({ Principal: "*" })],
    "indeterminate",
    "the request's cluster ARN cannot be read",
    { clusterArn: `${EAST_ARN}/x` },
  ],
  [
    "no role's ARN",
    [bare({ Principal: "*" })],
    "indeterminate",
    "the request's base role ARN cannot be read",
    { baseRoleArn: ACCOUNT },
  ],
];
