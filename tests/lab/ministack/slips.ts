import type { Question } from "./questions";

const A = "oidc.eks.us-east-1.amazonaws.com/id/AAAA";
const B = "oidc.eks.eu-west-1.amazonaws.com/id/BBBB";
const READER = "system:serviceaccount:default:s3-reader";
const OTHER = "system:serviceaccount:default:other";

const arnOf = (issuer: string) => `arn:aws:iam::123456789012:oidc-provider/${issuer}`;

/** Two ServiceAccounts of cluster B, of whom the documents' author had only the reader in mind. */
export const SLIP_QUESTIONS: Question[] = [READER, OTHER].map((subject) => ({
  oidcProviderArn: arnOf(B),
  subject,
  audience: "sts.amazonaws.com",
  bound: subject === READER,
}));

const single = (Condition: Record<string, Record<string, string>>) => ({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Federated: [arnOf(A), arnOf(B)] },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition,
    },
  ],
});

/** Documents with a slip in them, and whom of cluster B they admit. */
export const slips = [
  {
    slip: "a provider without its key in the single statement is open to its whole cluster",
    policy: single({ StringEqualsIfExists: { [`${A}:sub`]: READER } }),
    admits: [READER, OTHER],
  },
  {
    slip: "one whose key has the scheme of the issuer's URL is open too",
    policy: single({ StringEqualsIfExists: { [`${A}:sub`]: READER, [`https://${B}:sub`]: READER } }),
    admits: [READER, OTHER],
  },
  {
    slip: "two issuers' keys under one StringEquals match nobody",
    policy: single({ StringEquals: { [`${A}:sub`]: READER, [`${B}:sub`]: READER } }),
    admits: [],
  },
  {
    slip: "two operators on one issuer's key are ANDed",
    policy: single({
      StringEqualsIfExists: { [`${B}:sub`]: READER },
      StringLikeIfExists: { [`${A}:sub`]: READER, [`${B}:sub`]: "system:serviceaccount:jobs:*" },
    }),
    admits: [],
  },
  {
    slip: "a wildcard under StringEquals is a letter",
    policy: single({ StringEqualsIfExists: { [`${A}:sub`]: READER, [`${B}:sub`]: "system:*" } }),
    admits: [],
  },
  {
    slip: "a wildcard in place of the subject admits the whole cluster",
    policy: single({ StringLikeIfExists: { [`${A}:sub`]: READER, [`${B}:sub`]: "*" } }),
    admits: [READER, OTHER],
  },
];
