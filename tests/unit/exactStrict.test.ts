import assert from "node:assert/strict";
import { type ExactOptions, findMismatch } from "../../trust/exact";
import { buildTrustPolicy } from "../../trust/policy";
import { IdentityMode, type TrustPolicy } from "../../trust/types";
import { A, B, HOST_A, HOST_B, READER } from "./evaluateCases";
import {
  OUTSIDER,
  STS,
  VPC,
  east,
  west,
  perCluster,
  type Loose,
  type LooseStatement,
} from "./exactDocuments";

describe("findMismatch: documents that it does not take for proved", () => {
  const policy = buildTrustPolicy([east, west]);
  const sub = `${HOST_A}:sub`;
  const faults: [what: string, policy: object | string, reason: RegExp, options?: ExactOptions][] = [
    ["text that cannot be read", "{", /^the document cannot be read$/],
    [
      "a member named twice",
      JSON.stringify(policy).replace("{", '{"Version":"2012-10-17",'),
      /cannot be read/,
    ],
    ["a Deny", perCluster((statement) => (statement.Effect = "Deny")), /^statement 0: is not an Allow/],
    [
      "a statement that is none",
      { ...policy, Statement: [...policy.Statement, "x"] },
      /^statement 2: is not an Allow/,
    ],
    [
      "NotAction",
      perCluster((statement) => (statement.NotAction = "sts:TagSession")),
      /the element NotAction/,
    ],
    [
      "everyone",
      perCluster((statement) => ((statement.Principal as unknown) = "*")),
      /not for OIDC providers alone/,
    ],
    [
      "AWS: everyone",
      perCluster((statement) => (statement.Principal = { AWS: "*" })),
      /not for OIDC providers alone/,
    ],
    [
      "everyone beside the provider",
      perCluster(({ Principal }) => (Principal.AWS = "*")),
      /OIDC providers alone/,
    ],
    [
      "a role beside the provider",
      perCluster(({ Principal }) => (Principal.AWS = "1")),
      /OIDC providers alone/,
    ],
    ["any provider", perCluster(({ Principal }) => (Principal.Federated = [A, "*"])), /ARN cannot be read/],
    [
      "another action",
      perCluster((statement) => (statement.Action = "sts:*")),
      /not about sts:AssumeRoleWithW/,
    ],
    [
      "two actions",
      perCluster((statement) => (statement.Action = ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"])),
      /not about sts:AssumeRoleWithWebIdentity alone/,
    ],
    [
      "a Null slipped in",
      perCluster(({ Condition }) => (Condition.Null = { [sub]: "false" })),
      /Null on .*AAAA:sub/,
    ],
    [
      "a Not slipped in",
      perCluster(({ Condition }) => (Condition.StringNotEquals = { [sub]: "x" })),
      /another kind: StringNotEquals/,
    ],
    [
      "an operator in another case",
      perCluster((statement) => (statement.Condition = { STRINGEQUALS: statement.Condition.StringEquals! })),
      /another kind: STRINGEQUALS/,
    ],
    [
      "another claim",
      perCluster(({ Condition }) => (Condition.StringLike = { [`${HOST_A}:amr`]: "x" })),
      /:amr$/,
    ],
    [
      "another audience",
      perCluster(({ Condition }) => (Condition.StringEquals![`${HOST_A}:aud`] = "x")),
      /:aud$/,
    ],
    [
      "an audience more",
      perCluster(({ Condition }) => (Condition.StringEquals![`${HOST_A}:aud`] = ["sts.amazonaws.com", "x"])),
      /:aud$/,
    ],
    [
      "a ? in a pattern",
      perCluster(({ Condition }) => (Condition.StringLike = { [`${HOST_B}:sub`]: "?" })),
      /StringLike on/,
    ],
    [
      "values that are no texts",
      perCluster(({ Condition }) => (Condition.StringLike = { [sub]: 7 })),
      /cannot be read/,
    ],
    [
      "an operator without keys",
      perCluster(({ Condition }) => ((Condition.StringLike as unknown) = "x")),
      /cannot be read/,
    ],
    [
      "conditions that are a list",
      perCluster((statement) => ((statement.Condition as unknown) = [])),
      /cannot be read/,
    ],
    [
      "two conditions on a subject, which are ANDed",
      perCluster(({ Condition }) => (Condition.StringLike = { [sub]: "*" })),
      /two conditions on the subject of .*aaaa$/,
    ],
    [
      "two operators that differ in case",
      perCluster(({ Condition }) => (Condition.stringEquals = {})),
      /in case alone/,
    ],
    [
      "two keys that differ in case",
      perCluster(({ Condition }) => (Condition.StringEquals![sub.toUpperCase()] = READER)),
      /in case alone/,
    ],
    [
      "a policy variable",
      perCluster(({ Condition }) => (Condition.StringEquals![sub] = "${aws:x}")),
      /no meaning known/,
    ],
    [
      "a condition that nobody asked for",
      perCluster(({ Condition }) => (Condition.StringEquals!["aws:SourceVpc"] = "vpc-1")),
      /not asked for: stringequals on aws:sourcevpc$/,
    ],
    [
      "an extra condition that is not there",
      policy,
      /^statement 0: lacks .* with \["vpc-1","vpc-2"\]/,
      { conditions: VPC },
    ],
    [
      "a statement for somebody else",
      withStatement({ AWS: "1" }, "sts:AssumeRole"),
      /^statement 2: is not for OIDC/,
    ],
  ];
  for (const [what, document, reason, options] of faults) {
    it(what, () => {
      const mismatch = findMismatch(document, [east, west], options);
      assert.equal(mismatch?.decision, "indeterminate");
      assert.match(mismatch.reason, reason);
    });
  }

  it("an extra condition that one statement lacks, or has with other values", () => {
    const built = buildTrustPolicy([east, west], { conditions: VPC });
    const second = (change: (condition: LooseStatement["Condition"]) => unknown) => {
      const copy = structuredClone(built) as unknown as Loose;
      change(copy.Statement[1]!.Condition);
      return findMismatch(copy, [east, west], { conditions: VPC })?.reason;
    };
    const lacks = (values: string) => `statement 1: lacks the extra condition ${values}`;
    assert.equal(
      second((condition) => delete condition.Bool),
      lacks('bool on aws:securetransport with ["true"]'),
    );
    const vpcs = lacks('stringequals on aws:sourcevpc with ["vpc-1","vpc-2"]');
    assert.equal(
      second(({ StringEquals }) => delete StringEquals!["aws:SourceVpc"]),
      vpcs,
    );
    assert.equal(
      second(({ StringEquals }) => (StringEquals!["aws:SourceVpc"] = ["vpc-1", "vpc-2", "vpc-3"])),
      vpcs,
    );
    assert.equal(
      second((condition) => (condition.Null = { "aws:SourceVpc": "true" }))?.includes("null on"),
      true,
    );
  });

  it("an issuer's key is never taken for an extra condition", () => {
    const conditions = { StringEquals: { [`${HOST_A}:sub`]: ["x"] } };
    const narrowed = perCluster(({ Condition }) => (Condition.StringEquals![`${HOST_A}:sub`] = "x"));
    const mismatch = findMismatch(narrowed, [east, west], { conditions });
    assert.deepEqual([mismatch?.wanted, mismatch?.decision], ["allow", "deny"]);
  });

  it("an extra statement that a web identity can reach", () => {
    const reaches = (principal: unknown, action: string, count = 1) =>
      findMismatch(withStatement(principal, action), [east, west], { statements: count })?.reason;
    const reached = "statement 2: may admit web identities beside the bindings";
    for (const principal of ["*", { AWS: "*" }, { Federated: B }, { Federated: "*" }, { Robot: "x" }]) {
      assert.equal(reaches(principal, "sts:AssumeRole*"), reached);
      assert.equal(reaches(principal, "sts:SetSourceIdentity"), undefined);
    }
    assert.equal(reaches({ Federated: B }, "sts:AssumeRole"), undefined);
    assert.equal(reaches({ AWS: "arn:aws:iam::123456789012:root" }, "*"), undefined);
    assert.match(reaches({ AWS: "1" }, "sts:AssumeRole", 2) ?? "", /^statement 1: may admit/);
    assert.match(reaches({ AWS: "1" }, "sts:AssumeRole", 9) ?? "", /^statement 0: may admit/);
  });

  it("speaks of an outsider of the first cluster", () => {
    assert.deepEqual(findMismatch("", [west, east]), {
      identity: IdentityMode.Irsa,
      cluster: "west",
      subject: OUTSIDER,
      audience: STS,
      wanted: "deny",
      decision: "indeterminate",
      reason: "the document cannot be read",
    });
  });

  function withStatement(Principal: unknown, Action: string): object {
    const { Statement }: TrustPolicy = policy;
    return { ...policy, Statement: [...Statement, { Effect: "Allow", Principal, Action }] };
  }
});
