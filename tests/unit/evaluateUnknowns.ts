import { allow, AUD, B, type Case, deny, HOST_A, IS_READER, READER, statement, SUB } from "./evaluateCases";

/** What the evaluator does not know, it says so of: it never allows. */
export const UNKNOWNS: Case[] = [
  ["an operator of numbers", allow({ NumericEquals: { [SUB]: "1" } }), "indeterminate"],
  ["an operator of ARNs", allow({ ArnLike: { [SUB]: "*" } }), "indeterminate"],
  ["an operator of dates", allow({ DateGreaterThan: { "aws:CurrentTime": "2020-01-01" } }), "indeterminate"],
  ["a misspelt operator", allow({ StringEqual: { [SUB]: READER } }), "indeterminate"],
  ["a misspelt quantifier", allow({ "ForAll:StringEquals": { [SUB]: READER } }), "indeterminate"],
  ["a key nobody told of", allow({ StringEquals: { "aws:SourceVpc": "vpc-1" } }), "indeterminate"],
  [
    "even where it may be missing",
    allow({ StringEqualsIfExists: { "aws:SourceVpc": "vpc-1" } }),
    "indeterminate",
  ],
  ["another claim of the token", allow({ StringEquals: { [`${HOST_A}:amr`]: "x" } }), "indeterminate"],
  ["a policy variable", allow({ StringEquals: { [SUB]: "${aws:username}" } }), "indeterminate"],
  ["a value that is no string", allow({ StringEquals: { [SUB]: 7 } }), "indeterminate"],
  ["a policy variable for a star", allow({ StringLike: { [SUB]: "${*}" } }), "indeterminate"],
  [
    "two operators that differ in case alone",
    allow({ StringEquals: { [SUB]: READER }, stringEquals: { [SUB]: "x" } }),
    "indeterminate",
  ],
  [
    "two keys that differ in case alone",
    allow({ StringEquals: { [SUB]: READER, [SUB.toUpperCase()]: "x" } }),
    "indeterminate",
  ],
  [
    "several audiences",
    allow({ StringEquals: { [AUD]: "sts.amazonaws.com" } }),
    "indeterminate",
    { audience: ["sts.amazonaws.com", "vault"] },
  ],
  [
    "several audiences, with a quantifier too",
    allow({ "ForAnyValue:StringEquals": { [AUD]: "sts.amazonaws.com" } }),
    "indeterminate",
    { audience: ["sts.amazonaws.com", "vault"] },
  ],
  ["no audience", allow({ Null: { [AUD]: "true" } }), "indeterminate", { audience: [] }],
  [
    "a tag whose key has dots and a colon is no issuer's claim",
    [statement(), deny({ StringEquals: { "aws:RequestTag/a.b:c": "x" } })],
    "indeterminate",
  ],
  [
    "a claim whose name has a colon",
    [statement(), deny({ StringEquals: { [`${HOST_A}:a:b`]: "x" } })],
    "indeterminate",
  ],
  [
    "a key of the request told in two spellings",
    allow({ StringEquals: { "aws:SourceVpc": "vpc-1" } }),
    "indeterminate",
    { context: { "aws:SourceVpc": "vpc-1", "aws:sourcevpc": "vpc-1" } },
  ],
  ["Null of an empty list", allow({ Null: { [SUB]: [] } }), "indeterminate"],
  [
    "Null on a key of no values",
    allow({ Null: { "sts:TransitiveTagKeys": "false" } }),
    "indeterminate",
    { context: { "sts:TransitiveTagKeys": [] } },
  ],
  [
    "an empty text under a quantifier",
    allow({ "ForAllValues:StringEquals": { "sts:TransitiveTagKeys": "a" } }),
    "indeterminate",
    { context: { "sts:TransitiveTagKeys": [""] } },
  ],
  ["Null of neither true nor false", allow({ Null: { [SUB]: "yes" } }), "indeterminate"],
  ["a condition that is a list", allow([IS_READER]), "indeterminate"],
  ["an operator without keys", allow({ StringEquals: READER }), "indeterminate"],
  [
    "many values without a quantifier",
    allow({ StringEquals: { "sts:TransitiveTagKeys": "a" } }),
    "indeterminate",
    { context: { "sts:TransitiveTagKeys": ["a", "c"] } },
  ],
  ["an element that trust policies do not have", allow(IS_READER, { Resource: "*" }), "indeterminate"],
  ["a statement that is no object", ["Allow"], "indeterminate"],
  [
    "a Deny of unknown effect",
    [statement(IS_READER), deny({ Bool: { "aws:SecureTransport": "false" } })],
    "indeterminate",
  ],
  ["a sure Deny beside an unknown one", [deny({ Bool: { "aws:x": "true" } }), deny(IS_READER)], "deny"],
  [
    "a sure Allow beside an unknown one",
    [statement({ Bool: { "aws:x": "true" } }), statement(IS_READER)],
    "allow",
  ],
  [
    "what is sure to fail makes the unknown idle",
    allow({ Bool: { "aws:x": "true" }, ...{ StringEquals: { [SUB]: "x" } } }),
    "deny",
  ],
  [
    "a Deny of another principal's, however strange",
    [statement(IS_READER), deny({ Bool: { x: "true" } }, { Principal: { Federated: B } })],
    "allow",
  ],
];
