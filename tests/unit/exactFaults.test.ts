import assert from "node:assert/strict";
import { findMismatch } from "../../trust/exact";
import { buildTrustPolicy } from "../../trust/policy";
import type { TrustedCluster } from "../../trust/types";
import { A, B, HOST_A, HOST_B, READER } from "./evaluateCases";
import {
  C,
  HOST_C,
  WRITER,
  OUTSIDER,
  STS,
  east,
  west,
  patterned,
  owned,
  first,
  pair,
  single,
  perCluster,
  changed,
  type LooseStatement,
  StatementPerCluster,
  SubjectOnly,
} from "./exactDocuments";

type Found = Partial<NonNullable<ReturnType<typeof findMismatch>>>;
type Fault = [what: string, policy: object, clusters: TrustedCluster[], found: Found];

describe("findMismatch: faults that open the role", () => {
  const open = { wanted: "deny", decision: "allow", audience: STS } as const;
  const faults: Fault[] = [
    [
      "the subject's condition dropped",
      perCluster(({ Condition }) => delete Condition.StringEquals?.[`${HOST_A}:sub`]),
      [east, west],
      { ...open, cluster: "east", subject: OUTSIDER },
    ],
    [
      "all conditions dropped",
      perCluster((statement) => delete (statement as Partial<LooseStatement>).Condition),
      [east, west],
      { ...open, cluster: "east", subject: OUTSIDER },
    ],
    [
      "a provider's key dropped from the single statement",
      single(({ Condition }) => delete Condition.StringEqualsIfExists?.[`${HOST_B}:sub`]),
      pair,
      { ...open, cluster: "west", subject: OUTSIDER },
    ],
    [
      "an issuer misspelt under IfExists",
      single((statement) => {
        statement.Condition = {
          StringEqualsIfExists: { [`${HOST_A}:sub`]: [READER, WRITER], [`https://${HOST_B}:sub`]: READER },
        };
      }),
      pair,
      { ...open, cluster: "west", subject: OUTSIDER },
    ],
    [
      "a stale key under IfExists, of the provider that the cluster had before",
      single((statement) => (statement.Principal.Federated = [A, C])),
      owned(east, { ...west, oidcProviderArn: C }),
      { ...open, cluster: "west", subject: OUTSIDER },
    ],
    [
      "a provider that is no cluster's, appended to the list",
      single((statement) => (statement.Principal.Federated = [A, B, C])),
      pair,
      { ...open, cluster: C, subject: OUTSIDER },
    ],
    [
      "the same with a key of its own",
      single((statement) => {
        statement.Principal.Federated = [A, B, C];
        statement.Condition.StringEqualsIfExists![`${HOST_C}:sub`] = WRITER;
      }),
      pair,
      { ...open, cluster: C, subject: WRITER },
    ],
    [
      "a cluster that is bound no more",
      buildTrustPolicy([east, west]),
      [east],
      { ...open, cluster: B, subject: READER },
    ],
    [
      "another cluster's subject",
      perCluster(
        ({ Condition }) => (Condition.StringEquals![`${HOST_A}:sub`] = [READER, WRITER]),
        [west, east],
      ),
      [{ ...east, subjects: [READER] }, west],
      { ...open, cluster: "east", subject: WRITER },
    ],
    [
      "a pattern that is wider than the one bound",
      changed(StatementPerCluster, [patterned], (policy) => {
        first(policy).Condition.StringLike![`${HOST_C}:sub`] = [
          READER,
          "system:serviceaccount:jobs:*",
          "system:serviceaccount:team-*:*",
        ];
      }),
      [patterned],
      { ...open, cluster: "north", subject: "system:serviceaccount:team-A:A" },
    ],
    [
      "a pattern over two names",
      changed(StatementPerCluster, [patterned], (policy) => {
        first(policy).Condition.StringLike![`${HOST_C}:sub`] = ["system:serviceaccount:*"];
      }),
      [{ ...patterned, subjects: [], subjectPatterns: [] }],
      { ...open, cluster: "north", subject: "system:serviceaccount:A" },
    ],
    [
      "a pattern of one name more",
      changed(StatementPerCluster, [patterned], (policy) => {
        first(policy).Condition.StringLike![`${HOST_C}:sub`] = [
          READER,
          ...(patterned.subjectPatterns ?? []),
          "system:serviceaccount:jobs:*:*",
        ];
      }),
      [patterned],
      { ...open, cluster: "north", subject: "system:serviceaccount:jobs:A:A" },
    ],
    [
      "a pattern where names are bound",
      perCluster((statement) => {
        statement.Condition = {
          StringEquals: { [`${HOST_A}:aud`]: STS },
          StringLike: { [`${HOST_A}:sub`]: [READER, WRITER, "system:serviceaccount:jobs:w*"] },
        };
      }),
      [east, west],
      { ...open, cluster: "east", subject: "system:serviceaccount:jobs:wA" },
    ],
    [
      "the audience dropped where client IDs are not known",
      perCluster(({ Condition }) => delete Condition.StringEquals?.[`${HOST_A}:aud`]),
      [east, west],
      { ...open, cluster: "east", subject: READER, audience: "another audience" },
    ],
    [
      "the audience dropped where there are more client IDs",
      buildTrustPolicy(owned(east), { form: SubjectOnly }),
      [{ ...east, oidcProviderClientIds: [STS, "vault"] }],
      { ...open, cluster: "east", subject: READER, audience: "another audience" },
    ],
  ];
  for (const [what, policy, clusters, found] of faults) {
    it(what, () => {
      const mismatch = findMismatch(policy, clusters);
      assert.deepEqual({ ...mismatch, ...found }, mismatch);
      assert.deepEqual(findMismatch(JSON.stringify(policy), clusters), mismatch);
    });
  }
});

describe("findMismatch: faults that shut somebody out", () => {
  const shut = { wanted: "allow", decision: "deny", audience: STS, subject: READER } as const;
  const faults: Fault[] = [
    [
      "two issuers under one StringEquals",
      single((statement) => {
        statement.Condition = { StringEquals: { ...statement.Condition.StringEqualsIfExists } };
      }),
      pair,
      { ...shut, cluster: "east" },
    ],
    ["a cluster without statement", buildTrustPolicy([west]), [west, east], { ...shut, cluster: "east" }],
    [
      "a subject less",
      perCluster(({ Condition }) => (Condition.StringEquals![`${HOST_A}:sub`] = READER)),
      [east, west],
      { ...shut, cluster: "east", subject: WRITER },
    ],
    [
      "an empty list",
      perCluster(({ Condition }) => (Condition.StringEquals![`${HOST_A}:sub`] = [])),
      [east, west],
      { ...shut, cluster: "east" },
    ],
    [
      "a pattern under StringEquals",
      changed(SubjectOnly, owned(patterned), (policy) => {
        const statement = first(policy);
        statement.Condition = { StringEquals: statement.Condition.StringLike! };
      }),
      owned(patterned),
      { ...shut, cluster: "north", subject: "system:serviceaccount:jobs:A" },
    ],
    [
      "a pattern that is narrower by the letter that would stand for any other",
      changed(StatementPerCluster, [patterned], (policy) => {
        first(policy).Condition.StringLike![`${HOST_C}:sub`] = [
          READER,
          "system:serviceaccount:jobs:*A*",
          "system:serviceaccount:team-*:app-*",
        ];
      }),
      [patterned],
      { ...shut, cluster: "north", subject: "system:serviceaccount:jobs:B" },
    ],
    [
      "a pattern that is narrower than the one bound",
      buildTrustPolicy([{ ...patterned, subjectPatterns: ["system:serviceaccount:jobs:a*"] }]),
      [patterned],
      { ...shut, cluster: "north", subject: "system:serviceaccount:jobs:A" },
    ],
    [
      "the other provider's ARN",
      perCluster((statement) => (statement.Principal.Federated = A.replace("123456789012", "210987654321"))),
      [east, west],
      { ...shut, cluster: "east" },
    ],
  ];
  for (const [what, policy, clusters, found] of faults) {
    it(what, () => {
      const mismatch = findMismatch(policy, clusters);
      assert.deepEqual({ ...mismatch, ...found }, mismatch);
    });
  }
});
