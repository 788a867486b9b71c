import type { Decision, TrustRequest } from "../../trust/evaluate";

export const HOST_A = "oidc.eks.us-east-1.amazonaws.com/id/AAAA";
export const HOST_B = "oidc.eks.us-east-1.amazonaws.com/id/BBBB";
export const A = `arn:aws:iam::123456789012:oidc-provider/${HOST_A}`;
export const B = `arn:aws:iam::123456789012:oidc-provider/${HOST_B}`;
export const READER = "system:serviceaccount:default:s3-reader";

export const SUB = `${HOST_A}:sub`;
export const AUD = `${HOST_A}:aud`;
export const IS_READER = { StringEquals: { [SUB]: READER } };

/** One case: the documented rule, the statements, what AWS decides, and where the request is not the reader's of A. */
export type Case = [
  rule: string,
  statements: object[] | object,
  expected: Decision,
  asks?: Partial<TrustRequest>,
];

export const statement = (condition?: object, changes: object = {}) => ({
  Effect: "Allow",
  Principal: { Federated: A },
  Action: "sts:AssumeRoleWithWebIdentity",
  ...(condition && { Condition: condition }),
  ...changes,
});
export const allow = (condition?: object, changes?: object) => [statement(condition, changes)];
export const deny = (condition?: object, changes: object = {}) =>
  statement(condition, { Effect: "Deny", ...changes });

// The expected answers are typed from the IAM user guide, never taken from a run:
// reference_policies_evaluation-logic, reference_policies_elements_{effect,principal,action,condition,condition_operators},
// reference_policies_condition-{logic,single-vs-multi}-…, reference_policies_iam-condition-keys (web identity federation).

export const EFFECTS: Case[] = [
  ["no statement: denied by default", [], "deny"],
  ["an Allow that matches allows", allow(IS_READER), "allow"],
  ["no condition: every token of the provider", allow(), "allow", { subject: "system:serviceaccount:x:y" }],
  ["one statement needs no list", statement(IS_READER), "allow"],
  ["an explicit Deny goes before any Allow", [statement(), deny(IS_READER)], "deny"],
  ["wherever it stands", [deny(IS_READER), statement()], "deny"],
  [
    "a Deny that does not match denies nothing",
    [statement(), deny({ StringEquals: { [SUB]: "x" } })],
    "allow",
  ],
  ["a Deny alone allows nobody else", [deny({ StringEquals: { [SUB]: "x" } })], "deny"],
  [
    "any one matching Allow is enough",
    [statement({ StringEquals: { [SUB]: "x" } }), statement(IS_READER)],
    "allow",
  ],
  ["Effect is case-sensitive: this one is not valid", allow(IS_READER, { Effect: "allow" }), "indeterminate"],
  ["Effect is required", allow(IS_READER, { Effect: undefined }), "indeterminate"],
  [
    "a sure Allow does not help beside a statement of no known Effect",
    [statement(), statement(undefined, { Effect: "Permit", Principal: { Federated: B } })],
    "indeterminate",
  ],
  ["Sid changes nothing", allow(IS_READER, { Sid: "Reader" }), "allow"],
  ["Sid is a text", allow(IS_READER, { Sid: 1 }), "indeterminate"],
];

export const PRINCIPALS: Case[] = [
  ["another provider's ARN", allow(undefined, { Principal: { Federated: B } }), "deny"],
  ["a list of providers has this one", allow(IS_READER, { Principal: { Federated: [B, A] } }), "allow"],
  ["an empty list has nobody", allow(IS_READER, { Principal: { Federated: [] } }), "deny"],
  ["ARNs are compared whole", allow(undefined, { Principal: { Federated: A.slice(0, -1) } }), "deny"],
  [
    "a wildcard is no part of a principal",
    allow(undefined, { Principal: { Federated: `${A.slice(0, -1)}*` } }),
    "deny",
  ],
  [
    "a name provider is another principal",
    allow(undefined, { Principal: { Federated: "accounts.google.com" } }),
    "deny",
  ],
  [
    "a service is another principal",
    allow(undefined, { Principal: { Service: "pods.eks.amazonaws.com" } }),
    "deny",
  ],
  ["an account is another principal", allow(undefined, { Principal: { AWS: "123456789012" } }), "deny"],
  ["* is everyone", allow(IS_READER, { Principal: "*" }), "allow"],
  [
    "Federated: * is taken for everyone",
    [statement(), deny(undefined, { Principal: { Federated: "*" } })],
    "deny",
  ],
  ["* denies everyone", [statement(), deny(undefined, { Principal: "*" })], "deny"],
  ["AWS: * is equivalent to it", [statement(), deny(undefined, { Principal: { AWS: "*" } })], "deny"],
  ["a principal of unknown kind", allow(undefined, { Principal: { Robot: A } }), "indeterminate"],
  ["no principal", allow(undefined, { Principal: undefined }), "indeterminate"],
  ["a principal that is another text", allow(undefined, { Principal: A }), "indeterminate"],
  ["a principal that is a list", allow(undefined, { Principal: [{ Federated: A }] }), "indeterminate"],
  ["a principal of no kind", allow(undefined, { Principal: {} }), "deny"],
  ["a list that is not of texts", allow(undefined, { Principal: { Federated: [A, 1] } }), "indeterminate"],
  [
    "another kind that cannot be read",
    allow(undefined, { Principal: { Federated: B, AWS: [{}] } }),
    "indeterminate",
  ],
  ["kinds of principals are ORed", allow(undefined, { Principal: { AWS: "1", Federated: A } }), "allow"],
  ["AWS: a list with *", allow(IS_READER, { Principal: { AWS: ["1", "*"], Federated: B } }), "allow"],
  [
    "the issuer's name in place of the ARN",
    allow(undefined, { Principal: { Federated: HOST_A } }),
    "indeterminate",
  ],
  ["the issuer's name beside the ARN", allow(undefined, { Principal: { Federated: [HOST_A, A] } }), "allow"],
  [
    "a Deny with NotPrincipal",
    [
      statement(),
      { Effect: "Deny", NotPrincipal: { Federated: A }, Action: "sts:AssumeRoleWithWebIdentity" },
    ],
    "indeterminate",
  ],
  [
    "NotPrincipal is not modelled",
    [{ Effect: "Allow", NotPrincipal: { Federated: B }, Action: "sts:AssumeRoleWithWebIdentity" }],
    "indeterminate",
  ],
];

export const ACTIONS: Case[] = [
  ["case does not matter in actions", allow(IS_READER, { Action: "STS:assumerolewithwebidentity" }), "allow"],
  [
    "a list of actions",
    allow(IS_READER, { Action: ["sts:TagSession", "sts:AssumeRoleWithWebIdentity"] }),
    "allow",
  ],
  ["* stands for any characters", allow(IS_READER, { Action: "sts:*" }), "allow"],
  ["? stands for one character", allow(IS_READER, { Action: "sts:AssumeRoleWith?ebIdentity" }), "allow"],
  ["? is not no character", allow(IS_READER, { Action: "sts:AssumeRoleWithWebIdentity?" }), "deny"],
  ["AssumeRole is another action", allow(IS_READER, { Action: "sts:AssumeRole" }), "deny"],
  ["so is that of SAML", allow(IS_READER, { Action: "sts:AssumeRoleWithSAML" }), "deny"],
  ["an empty list of actions", allow(IS_READER, { Action: [] }), "deny"],
  ["an action that is no text", allow(IS_READER, { Action: [7] }), "indeterminate"],
  ["another action is asked for", allow(IS_READER), "deny", { action: "sts:TagSession" }],
  ["no action", allow(IS_READER, { Action: undefined }), "indeterminate"],
  [
    "a Deny with NotAction",
    [statement(), { Effect: "Deny", Principal: { Federated: A }, NotAction: "sts:TagSession" }],
    "indeterminate",
  ],
  [
    "NotAction is not modelled",
    [{ Effect: "Allow", Principal: { Federated: A }, NotAction: "sts:TagSession" }],
    "indeterminate",
  ],
];

export const CONDITIONS: Case[] = [
  ["values of one key are ORed", allow({ StringEquals: { [SUB]: ["x", READER] } }), "allow"],
  ["keys of one operator are ANDed", allow({ StringEquals: { [SUB]: READER, [AUD]: "x" } }), "deny"],
  [
    "operators are ANDed",
    allow({ StringEquals: { [SUB]: READER }, StringLike: { [SUB]: "system:serviceaccount:kube-*" } }),
    "deny",
  ],
  ["a list of no values matches nothing", allow({ StringEquals: { [SUB]: [] } }), "deny"],
  ["key names are case-insensitive", allow({ StringEquals: { [SUB.toUpperCase()]: READER } }), "allow"],
  ["StringEquals is case-sensitive", allow({ StringEquals: { [SUB]: READER.toUpperCase() } }), "deny"],
  ["StringEquals matches the whole", allow({ StringEquals: { [SUB]: READER.slice(0, -1) } }), "deny"],
  ["* is literal in StringEquals", allow({ StringEquals: { [SUB]: "*" } }), "deny"],
  ["the audience is compared", allow({ StringEquals: { [AUD]: "sts.amazonaws.com" } }), "allow"],
  [
    "another audience",
    allow({ StringEquals: { [AUD]: "sts.amazonaws.com" } }),
    "deny",
    { audience: "vault" },
  ],
  ["StringEqualsIgnoreCase", allow({ StringEqualsIgnoreCase: { [SUB]: READER.toUpperCase() } }), "allow"],
  ["StringLike: * matches any characters", allow({ StringLike: { [SUB]: "system:*:s3-reader" } }), "allow"],
  ["StringLike: ? matches exactly one", allow({ StringLike: { [SUB]: READER.replace("r", "??") } }), "deny"],
  ["StringLike is case-sensitive", allow({ StringLike: { [SUB]: "SYSTEM:*" } }), "deny"],
  ["StringLike takes a dot for a dot", allow({ StringLike: { [AUD]: "sts-amazonaws.com" } }), "deny"],
  ["StringNotEquals", allow({ StringNotEquals: { [SUB]: READER } }), "deny"],
  ["values of a negated operator are NORed", allow({ StringNotEquals: { [SUB]: ["x", READER] } }), "deny"],
  ["StringNotLike", allow({ StringNotLike: { [SUB]: "system:serviceaccount:kube-system:*" } }), "allow"],
  [
    "StringNotEqualsIgnoreCase",
    allow({ StringNotEqualsIgnoreCase: { [SUB]: READER.toUpperCase() } }),
    "deny",
  ],
  [
    "only the token's own issuer's keys exist",
    allow({ StringEquals: { [`${HOST_B}:sub`]: READER } }),
    "deny",
  ],
  [
    "two issuers' keys are ANDed too",
    allow({ StringEquals: { [SUB]: READER, [`${HOST_B}:sub`]: READER } }),
    "deny",
  ],
  [
    "a negated operator is true of a missing key",
    allow({ StringNotEquals: { [`${HOST_B}:sub`]: "x" } }),
    "allow",
  ],
  ["IfExists is true of a missing key", allow({ StringEqualsIfExists: { [`${HOST_B}:sub`]: "x" } }), "allow"],
  ["IfExists compares a key that is there", allow({ StringEqualsIfExists: { [SUB]: "x" } }), "deny"],
  [
    "StringLikeIfExists compares by pattern",
    allow({ StringLikeIfExists: { [SUB]: "*:s3-reader" } }),
    "allow",
  ],
  ["Null true: the key is missing", allow({ Null: { [`${HOST_B}:sub`]: "true" } }), "allow"],
  ["Null true: it is not", allow({ Null: { [SUB]: "true" } }), "deny"],
  ["Null false: the key is there", allow({ Null: { [SUB]: "false" } }), "allow"],
  ["Null false: it is not", allow({ Null: { [`${HOST_B}:sub`]: false } }), "deny"],
  [
    "ForAllValues is true of a missing key",
    allow({ "ForAllValues:StringEquals": { [`${HOST_B}:sub`]: "x" } }),
    "allow",
  ],
  ["ForAllValues compares each value", allow({ "ForAllValues:StringEquals": { [SUB]: "x" } }), "deny"],
  [
    "ForAnyValue is false of a missing key",
    allow({ "ForAnyValue:StringLike": { [`${HOST_B}:sub`]: "*" } }),
    "deny",
  ],
  [
    "ForAnyValue: one value is enough",
    allow({ "ForAnyValue:StringLike": { [SUB]: "*:s3-reader" } }),
    "allow",
  ],
  ["an empty condition asks for nothing", allow({}), "allow"],
  ["case does not matter in operators", allow({ stringequals: { [SUB]: "x" } }), "deny"],
  ["nor in quantifiers", allow({ "FORALLVALUES:StringEqualsIFEXISTS": { [SUB]: [READER] } }), "allow"],
  [
    "a list of one audience is that audience",
    allow({ StringEquals: { [AUD]: "sts.amazonaws.com" } }),
    "allow",
    { audience: ["sts.amazonaws.com"] },
  ],
  ["several audiences that nobody asks for", allow(IS_READER), "allow", { audience: ["a", "b"] }],
  [
    "the token's subject is not the caller's to change",
    allow({ StringEquals: { [SUB]: "x" } }),
    "deny",
    { context: { [SUB]: "x" } },
  ],
  [
    "another issuer's key is in no request",
    allow({ StringEquals: { [`${HOST_B}:sub`]: "x" } }),
    "deny",
    { context: { [`${HOST_B}:sub`]: "x" } },
  ],
  [
    "another claim of the token that the caller tells of",
    allow({ StringEquals: { [`${HOST_A}:amr`]: "x" } }),
    "allow",
    { context: { [`${HOST_A}:AMR`]: "x" } },
  ],
  ["other providers' keys are missing", allow({ StringEquals: { "accounts.google.com:aud": "x" } }), "deny"],
  [
    "a key of the request that the caller tells of",
    allow({ StringEquals: { "aws:SourceVpc": "vpc-1" } }),
    "allow",
    { context: { "aws:sourcevpc": "vpc-1" } },
  ],
  [
    "many values: each one by ForAllValues",
    allow({ "ForAllValues:StringEquals": { "sts:TransitiveTagKeys": ["a", "b"] } }),
    "deny",
    { context: { "sts:TransitiveTagKeys": ["a", "c"] } },
  ],
  [
    "many values: one of them by ForAnyValue",
    allow({ "ForAnyValue:StringEquals": { "sts:TransitiveTagKeys": ["a", "b"] } }),
    "allow",
    { context: { "sts:TransitiveTagKeys": ["a", "c"] } },
  ],
];
