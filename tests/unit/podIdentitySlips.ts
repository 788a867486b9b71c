import {
  type Change,
  east,
  off,
  basedOff,
  based,
  one,
  oneWide,
  oneExternal,
  equals,
  renamed,
  under,
  refused,
  otherName,
  WEB,
  kind,
  offReader,
} from "./podIdentityChanges";
import {
  ACCOUNT,
  BASE,
  changed,
  EAST_ARN,
  eastReader,
  PODS,
  TAG,
  tagged,
  reader,
} from "./podIdentityDocuments";

export const OPERATORS: Change[] = [
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

export const PRINCIPALS: Change[] = [
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
