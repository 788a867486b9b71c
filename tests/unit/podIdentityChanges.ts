import type { Decision } from "../../trust/evaluate";
import type { PodIdentityRequest } from "../../trust/podIdentityRequest";
import type { TrustedCluster } from "../../trust/types";
import {
  ACCOUNT,
  BASE,
  bound,
  changed,
  EAST_ARN,
  eastReader,
  external,
  PODS,
  reader,
  READER_ID,
  type Statement,
  TAG,
  tagged,
  WEST_ARN,
  wide,
} from "./podIdentityDocuments";

/** A request of which the changed document says something else than the bindings, which say this. */
type Witness = [request: PodIdentityRequest, wanted: Decision];
/** A document with one change, and why it is not taken. Without a witness the change can be told by a look at the text alone. */
type Change = [
  what: string,
  clusters: TrustedCluster[],
  statements: object[],
  reason: string,
  witness?: Witness,
];

const { east, west } = bound();
const off = bound({ disableSessionTags: true }).east;
const basedOff = bound({ baseRoleArn: BASE, disableSessionTags: true }).east;
const based = bound({ baseRoleArn: BASE }).east;
const one = (change: (copy: Statement) => unknown) => [changed(eastReader, change)];
const oneWide = (change: (copy: Statement) => unknown) => [changed(wide(EAST_ARN), change)];
const oneExternal = (change: (copy: Statement) => unknown) => [changed(external(READER_ID), change)];
const equals = (copy: Statement) => copy.Condition.StringEquals!;
const without = (key: string) => (copy: Statement) => Reflect.deleteProperty(equals(copy), key);
const renamed = (from: string, to: string) => (copy: Statement) => {
  const { [from]: values = [], ...others } = equals(copy);
  copy.Condition = { StringEquals: { ...others, [to]: values } };
};
const under = (operator: string) => (copy: Statement) => (copy.Condition = { [operator]: equals(copy) });

const refused: Witness = [reader, "allow"];
const otherName: Witness = [{ ...reader, serviceAccount: "other" }, "deny"];
const offReader = { ...reader, disableSessionTags: true };
const WEB = "statement 0: is not for OIDC providers alone, nor for Pod Identity alone";
const kind = (operator: string, key: string) =>
  `statement 0: has a condition of another kind: ${operator} on ${key}`;

const DROPPED: Change[] = [
  [
    "the name dropped",
    [east],
    one(without(TAG.name)),
    `statement 0: lacks StringEquals on ${TAG.name}`,
    otherName,
  ],
  [
    "the namespace dropped",
    [east],
    one(without(TAG.namespace)),
    `statement 0: lacks StringEquals on ${TAG.namespace}`,
    [{ ...reader, namespace: "x" }, "deny"],
  ],
  [
    "the cluster dropped",
    [east],
    one(without(TAG.cluster)),
    `statement 0: lacks StringEquals on ${TAG.cluster}`,
    [{ ...reader, clusterArn: WEST_ARN }, "deny"],
  ],
  [
    "all conditions dropped",
    [east],
    one((copy) => delete (copy as Partial<Statement>).Condition),
    "statement 0: is not about sts:AssumeRole alone",
    otherName,
  ],
  [
    "the source dropped",
    [off],
    oneWide(without("aws:SourceArn")),
    "statement 0: lacks StringEquals on aws:SourceArn",
    [{ ...offReader, clusterArn: WEST_ARN }, "deny"],
  ],
  [
    "the source's account dropped",
    [off],
    oneWide(without("aws:SourceAccount")),
    "statement 0: lacks StringEquals on aws:SourceAccount",
  ],
  [
    "the external ID dropped",
    [basedOff],
    oneExternal((copy) => (copy.Condition = {})),
    "statement 0: lacks StringEquals on sts:ExternalId",
    [{ ...offReader, baseRoleArn: BASE, namespace: "x" }, "deny"],
  ],
  [
    "TagSession dropped",
    [east],
    one((copy) => (copy.Action = "sts:AssumeRole")),
    "statement 0: is not about sts:AssumeRole and sts:TagSession alone",
    refused,
  ],
  [
    "AssumeRole dropped",
    [east],
    one((copy) => (copy.Action = ["sts:TagSession"])),
    "statement 0: is not about sts:AssumeRole and sts:TagSession alone",
    refused,
  ],
];

const ADDED: Change[] = [
  [
    "a foreign cluster",
    [east],
    [tagged([EAST_ARN, WEST_ARN], "default", "s3-reader")],
    `statement 0: admits it as ${PODS} asks for it`,
    [{ ...reader, clusterArn: WEST_ARN }, "deny"],
  ],
  [
    "a foreign cluster in place of its own",
    [east],
    [tagged(WEST_ARN, "default", "s3-reader")],
    `statement 0: admits it as ${PODS} asks for it`,
    refused,
  ],
  [
    "a further name, which makes a cross product",
    [east, west],
    [tagged([EAST_ARN, WEST_ARN], "default", ["s3-reader", "other"])],
    `statement 0: admits it as ${PODS} asks for it`,
    otherName,
  ],
  [
    "a whole cluster",
    [east],
    [eastReader, wide(EAST_ARN)],
    `statement 1: admits it as ${PODS} asks for it`,
    [{ ...offReader, namespace: "x" }, "deny"],
  ],
  [
    "an account that no cluster is in",
    [off],
    oneWide((copy) => (equals(copy)["aws:SourceAccount"] = [ACCOUNT, "444455556666"])),
    "statement 0: has other accounts under aws:SourceAccount than under aws:SourceArn",
  ],
  [
    "a wrong account",
    [off],
    oneWide((copy) => (equals(copy)["aws:SourceAccount"] = "444455556666")),
    "statement 0: has other accounts under aws:SourceAccount than under aws:SourceArn",
    [offReader, "allow"],
  ],
  [
    "a source that is no cluster",
    [off],
    oneWide((copy) => (equals(copy)["aws:SourceArn"] = [EAST_ARN, "x"])),
    "statement 0: has other accounts under aws:SourceAccount than under aws:SourceArn",
  ],
  [
    "TagSession with tags off",
    [off],
    oneWide((copy) => (copy.Action = ["sts:AssumeRole", "sts:TagSession"])),
    "statement 0: is not about sts:AssumeRole alone",
    [{ ...reader, serviceAccount: "x" }, "deny"],
  ],
  [
    "every action",
    [east],
    one((copy) => (copy.Action = "sts:*")),
    "statement 0: is not about sts:AssumeRole and sts:TagSession alone",
  ],
  [
    "a condition more",
    [east],
    one((copy) => (copy.Condition.Bool = { "aws:SecureTransport": "true" })),
    "statement 0: has a condition that is not asked for: bool on aws:securetransport",
    refused,
  ],
  [
    "another tag more",
    [east],
    one((copy) => (equals(copy)["aws:RequestTag/eks-cluster-name"] = "x")),
    "statement 0: has a condition that is not asked for: stringequals on aws:requesttag/eks-cluster-name",
    refused,
  ],
  [
    "a second operator on a tag, which is ANDed",
    [east],
    one((copy) => (copy.Condition.StringLike = { [TAG.name]: "x*" })),
    kind("StringLike", TAG.name),
    refused,
  ],
  [
    "a Deny",
    [east],
    [eastReader, { ...eastReader, Effect: "Deny" }],
    "statement 1: is not an Allow",
    refused,
  ],
  [
    "NotAction",
    [east],
    one((copy) => (copy.NotAction = "x")),
    "statement 0: has the element NotAction",
    refused,
  ],
];

const OPERATORS: Change[] = [
  ["StringLike", [east], one(under("StringLike")), kind("StringLike", TAG.cluster)],
  [
    "StringLike with a star",
    [east],
    [changed(tagged(EAST_ARN, "default", "*"), under("StringLike"))],
    kind("StringLike", TAG.cluster),
    otherName,
  ],
  [
    "IfExists",
    [east],
    one(under("StringEqualsIfExists")),
    kind("StringEqualsIfExists", TAG.cluster),
    [{ ...offReader, namespace: "x" }, "deny"],
  ],
  [
    "IfExists with tags off",
    [off],
    oneWide(under("StringEqualsIfExists")),
    kind("StringEqualsIfExists", "aws:SourceAccount"),
  ],
  [
    "IfExists on the external ID",
    [basedOff],
    oneExternal(under("StringEqualsIfExists")),
    kind("StringEqualsIfExists", "sts:ExternalId"),
  ],
  [
    "another case in values",
    [east],
    one(under("StringEqualsIgnoreCase")),
    kind("StringEqualsIgnoreCase", TAG.cluster),
  ],
  ["a Not", [east], one(under("StringNotEquals")), kind("StringNotEquals", TAG.cluster), refused],
  [
    "ArnEquals, whose meaning is not known",
    [east],
    one(under("ArnEquals")),
    kind("ArnEquals", TAG.cluster),
    refused,
  ],
  [
    "ForAllValues, which a missing key fulfils",
    [off],
    oneWide(under("ForAllValues:StringEquals")),
    kind("ForAllValues:StringEquals", "aws:SourceAccount"),
  ],
  [
    "a policy variable",
    [east],
    [tagged(EAST_ARN, "${aws:PrincipalTag/kubernetes-namespace}", "s3-reader")],
    kind("StringEquals", TAG.namespace),
    refused,
  ],
];

const PRINCIPALS: Change[] = [
  [
    "another service",
    [east],
    one((copy) => (copy.Principal = { Service: "eks.amazonaws.com" })),
    WEB,
    refused,
  ],
  [
    "another service beside it",
    [east],
    one((copy) => (copy.Principal = { Service: [PODS, "ec2.amazonaws.com"] })),
    WEB,
  ],
  [
    "AWS: everyone",
    [east],
    one((copy) => (copy.Principal = { AWS: "*" })),
    WEB,
    [{ ...reader, baseRoleArn: BASE }, "deny"],
  ],
  [
    "everyone",
    [east],
    one((copy) => (copy.Principal = "*")),
    WEB,
    [{ ...reader, baseRoleArn: BASE }, "deny"],
  ],
  [
    "a role beside it",
    [east],
    one((copy) => (copy.Principal = { Service: PODS, AWS: BASE })),
    WEB,
    [{ ...reader, baseRoleArn: BASE }, "deny"],
  ],
  [
    "the base role's account",
    [based],
    [tagged(EAST_ARN, "default", "s3-reader", `arn:aws:iam::${ACCOUNT}:root`)],
    WEB,
    [{ ...reader, baseRoleArn: `${BASE}2` }, "deny"],
  ],
  [
    "NotPrincipal",
    [east],
    one((copy) => ((copy.NotPrincipal = copy.Principal), delete copy.Principal)),
    "statement 0: has the element NotPrincipal",
    refused,
  ],
];

export const CHANGES: Change[] = [...DROPPED, ...ADDED, ...OPERATORS, ...PRINCIPALS];
/** What IAM takes for the same, and the builder never writes. */
export const IMPERCEPTIBLE: [what: string, statements: object[], reason: string][] = [
  [
    "keys in other letters",
    one(renamed(TAG.name, TAG.name.toLowerCase())),
    kind("StringEquals", TAG.name.toLowerCase()),
  ],
  ["operator in other letters", one(under("stringequals")), kind("stringequals", TAG.cluster)],
  [
    "actions in other letters",
    one((copy) => (copy.Action = ["sts:assumerole", "sts:TagSession"])),
    "statement 0: is not about sts:AssumeRole and sts:TagSession alone",
  ],
  [
    "action twice",
    one((copy) => (copy.Action = ["sts:AssumeRole", "sts:AssumeRole", "sts:TagSession"])),
    "statement 0: is not about sts:AssumeRole and sts:TagSession alone",
  ],
  [
    "name twice in a list",
    [tagged(EAST_ARN, "default", ["s3-reader", "s3-reader"])],
    "statement 0: admits it a second time",
  ],
  ["statement twice", [eastReader, eastReader], "statement 1: admits it a second time"],
  [
    "key twice in two cases",
    one((copy) => (equals(copy)[TAG.name.toUpperCase()] = "s3-reader")),
    "statement 0: has conditions that cannot be read, or that differ in case alone",
  ],
];
