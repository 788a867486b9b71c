import assert from "node:assert/strict";
import { type Decision, evaluateTrust, type TrustRequest } from "../../trust/evaluate";
import {
  A,
  ACTIONS,
  B,
  type Case,
  CONDITIONS,
  EFFECTS,
  HOST_A,
  HOST_B,
  PRINCIPALS,
  READER,
} from "./evaluateCases";
import { UNKNOWNS } from "./evaluateUnknowns";

const document = (statements: object) => ({ Version: "2012-10-17", Statement: statements });

describe("evaluateTrust: cases typed from AWS's documentation", () => {
  const groups: [string, Case[]][] = [
    ["Effect", EFFECTS],
    ["Principal", PRINCIPALS],
    ["Action", ACTIONS],
    ["Condition", CONDITIONS],
    ["what is not known", UNKNOWNS],
  ];
  for (const [name, cases] of groups) {
    describe(name, () => {
      for (const [rule, statements, expected, asks] of cases) {
        it(`${rule}: ${expected}`, () => {
          const request = { oidcProviderArn: A, subject: READER, ...asks };
          const policy = document(statements);
          assert.equal(evaluateTrust(policy, request).decision, expected);
          assert.equal(evaluateTrust(JSON.stringify(policy), request).decision, expected);
        });
      }
    });
  }

  it("a request whose provider is none: indeterminate", () => {
    const everyone = document([{ Effect: "Allow", Principal: "*", Action: "*" }]);
    const request = { oidcProviderArn: "arn:aws:iam::123456789012:role/x", subject: READER };
    assert.equal(evaluateTrust(everyone, request).decision, "indeterminate");
  });
});

describe("evaluateTrust: the forms a trust policy for two clusters is found in", () => {
  const C = A.replace("AAAA", "CCCC");
  const OTHER = "system:serviceaccount:default:other";
  const sub = (host: string) => `${host}:sub`;
  const aud = (host: string) => `${host}:aud`;
  const STS = "sts.amazonaws.com";
  const statement = (federated: string | string[], condition: object) => ({
    Effect: "Allow",
    Principal: { Federated: federated },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: condition,
  });
  const both = (condition: object) => [statement([A, B], condition)];

  const requests: [string, TrustRequest][] = [
    ["reader of A", { oidcProviderArn: A, subject: READER }],
    ["reader of B", { oidcProviderArn: B, subject: READER }],
    ["other of A", { oidcProviderArn: A, subject: OTHER }],
    ["other of B", { oidcProviderArn: B, subject: OTHER }],
    ["reader of C, not listed", { oidcProviderArn: C, subject: READER }],
    ["reader of A, other audience", { oidcProviderArn: A, subject: READER, audience: "vault" }],
  ];
  /** Y and n for each request in turn. aws-facts section 7: 10 policies by 6 requests. */
  const forms: [string, object[], string][] = [
    [
      "a statement for each cluster, sub and aud",
      [
        statement(A, { StringEquals: { [sub(HOST_A)]: READER, [aud(HOST_A)]: STS } }),
        statement(B, { StringEquals: { [sub(HOST_B)]: READER, [aud(HOST_B)]: STS } }),
      ],
      "YYnnnn",
    ],
    [
      "a statement for each cluster, sub only",
      [
        statement(A, { StringEquals: { [sub(HOST_A)]: READER } }),
        statement(B, { StringEquals: { [sub(HOST_B)]: READER } }),
      ],
      "YYnnnY",
    ],
    [
      "one statement, StringEquals: matches nobody",
      both({ StringEquals: { [sub(HOST_A)]: READER, [sub(HOST_B)]: READER } }),
      "nnnnnn",
    ],
    [
      "one statement, IfExists, sub only",
      both({ StringEqualsIfExists: { [sub(HOST_A)]: READER, [sub(HOST_B)]: READER } }),
      "YYnnnY",
    ],
    [
      "one statement, IfExists, sub and aud",
      both({
        StringEqualsIfExists: {
          [sub(HOST_A)]: READER,
          [sub(HOST_B)]: READER,
          [aud(HOST_A)]: STS,
          [aud(HOST_B)]: STS,
        },
      }),
      "YYnnnn",
    ],
    [
      "one statement, B's key missing: B is open",
      both({ StringEqualsIfExists: { [sub(HOST_A)]: READER } }),
      "YYnYnY",
    ],
    [
      "one statement, B's key misspelt: B is open",
      both({ StringEqualsIfExists: { [sub(HOST_A)]: READER, [sub(`https://${HOST_B}`)]: READER } }),
      "YYnYnY",
    ],
    [
      "one statement, B's list empty: B is closed",
      both({ StringEqualsIfExists: { [sub(HOST_A)]: READER, [sub(HOST_B)]: [] } }),
      "YnnnnY",
    ],
    [
      "one statement, ForAllValues: as IfExists",
      both({ "ForAllValues:StringEquals": { [sub(HOST_A)]: READER, [sub(HOST_B)]: READER } }),
      "YYnnnY",
    ],
    [
      "one statement, exact and wildcard subject of one issuer in two operators: ANDed",
      both({
        StringEqualsIfExists: { [sub(HOST_A)]: OTHER, [sub(HOST_B)]: READER },
        StringLikeIfExists: { [sub(HOST_A)]: "*:s3-reader" },
      }),
      "nYnnnn",
    ],
  ];
  for (const [form, statements, answers] of forms) {
    it(form, () => {
      const decisions = requests.map(([who, request]): [string, Decision] => [
        who,
        evaluateTrust(document(statements), request).decision,
      ]);
      const expected = requests.map(([who], index): [string, Decision] => [
        who,
        answers[index] === "Y" ? "allow" : "deny",
      ]);
      assert.deepEqual(decisions, expected);
    });
  }
});

describe("evaluateTrust: reasons", () => {
  const reader = { oidcProviderArn: A, subject: READER };
  const policy = (condition: object, federated = A) =>
    document([
      { Effect: "Allow", Principal: { Federated: B }, Action: "sts:AssumeRoleWithWebIdentity" },
      {
        Effect: "Allow",
        Principal: { Federated: federated },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: condition,
      },
    ]);

  it("tell the statement that decided", () => {
    assert.deepEqual(evaluateTrust(policy({ StringEquals: { [`${HOST_A}:sub`]: READER } }), reader), {
      decision: "allow",
      reason: "statement 1: its conditions hold",
      statement: 1,
    });
  });

  it("tell the first of another issuer's conditions that failed, wherever it stands", () => {
    const hosts = ["b.example", "a.example", HOST_A, "c.example"];
    const keys = Object.fromEntries(hosts.map((host) => [`${host}:sub`, READER]));
    const why = (host: string) =>
      evaluateTrust(
        { Statement: { Effect: "Allow", Principal: "*", Action: "*", Condition: { StringEquals: keys } } },
        { oidcProviderArn: A.replace(HOST_A, host), subject: READER },
      ).reason;
    assert.equal(why(HOST_A), "statement 0: StringEquals on b.example:sub does not hold");
    assert.equal(why("b.example"), "statement 0: StringEquals on a.example:sub does not hold");
    assert.equal(why("c.example"), "statement 0: StringEquals on b.example:sub does not hold");
  });

  it("tell the first of several conditions that failed, be it another issuer's or not", () => {
    const why = (keys: string[]) => {
      const condition = { StringEquals: Object.fromEntries(keys.map((key) => [key, "x"])) };
      return evaluateTrust(policy(condition), reader).reason;
    };
    const [own, other] = [`${HOST_A}:sub`, `${HOST_B}:sub`];
    assert.equal(why([other, own]), `statement 1: StringEquals on ${other} does not hold`);
    assert.equal(why([own, other]), `statement 1: StringEquals on ${own} does not hold`);
  });

  it("tell the first of several statements that match, whomever they name", () => {
    const [named, everyone] = [{ Federated: A }, "*"].map((principal) => ({
      Effect: "Allow",
      Principal: principal,
      Action: "*",
    }));
    assert.equal(evaluateTrust(document([named, everyone]), reader).statement, 0);
    assert.equal(evaluateTrust(document([everyone, named]), reader).statement, 0);
  });

  it("tell the condition that failed", () => {
    assert.deepEqual(evaluateTrust(policy({ StringEquals: { [`${HOST_A}:sub`]: "x" } }), reader), {
      decision: "deny",
      reason: `statement 1: StringEquals on ${HOST_A}:sub does not hold`,
    });
  });

  it("tell that nobody names the provider", () => {
    assert.deepEqual(evaluateTrust(policy({}, B), reader), {
      decision: "deny",
      reason: "no statement names the token's OIDC provider",
    });
  });

  it("tell what is not known", () => {
    assert.deepEqual(evaluateTrust(policy({ IpAddress: { "aws:SourceIp": "10.0.0.0/8" } }), reader), {
      decision: "indeterminate",
      reason: "statement 1: IpAddress on aws:SourceIp has no meaning known here",
      statement: 1,
    });
  });
});
