import assert from "node:assert/strict";
import { conditionProblems, extraStatementProblems } from "../../trust/extras";
import { evaluateTrust } from "../../trust/evaluate";
import { buildTrustPolicy } from "../../trust/policy";
import type { TrustedCluster } from "../../trust/types";
import { shown } from "../../trust/values";

const ARN = "arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/AAAA";
const good = { name: "east", oidcProviderArn: ARN, subjects: ["system:serviceaccount:default:s3-reader"] };
const symbol = Symbol("x");

describe("buildTrustPolicy, called by a program without types", () => {
  const clusters: [string, unknown, RegExp][] = [
    ["no list of clusters", { east: good }, /^Error: clusters must be a list$/],
    ["nothing for clusters", undefined, /clusters must be a list/],
    ...(
      [
        ["a cluster that is nothing", undefined],
        ["a name that is no text", { ...good, name: 1 }],
        ["an ARN that is no text", { ...good, oidcProviderArn: symbol }],
        ["no subjects", { ...good, subjects: undefined }],
        ["subjects in a text", { ...good, subjects: good.subjects[0] }],
        ["a subject in a list of its own, which reads like one", { ...good, subjects: [good.subjects] }],
        ["patterns in a text", { ...good, subjectPatterns: "system:serviceaccount:a:*" }],
        ["a client ID that is no text", { ...good, oidcProviderClientIds: [["sts.amazonaws.com"]] }],
      ] as const
    ).map(([what, one]): [string, unknown, RegExp] => [what, [good, one], /clusters\[1\] must have a name/]),
    ["a hole", [good, , good], /clusters\[1\] must have/], // eslint-disable-line no-sparse-arrays
  ];
  for (const [what, value, message] of clusters) {
    it(`refuses ${what}`, () => {
      assert.throws(() => buildTrustPolicy(value as TrustedCluster[]), message);
    });
  }

  const options: [string, object, RegExp][] = [
    [
      "a form in a list, which reads like one",
      { form: ["SingleStatement"] },
      /form is a list: write Statement/,
    ],
    [
      "a form that there is not",
      { form: "Short" },
      /form is "Short": write StatementPerCluster or SubjectOnly/,
    ],
    ["a limit that is no number", { form: "Auto", maxSize: "2048" }, /maxSize is "2048": write a number/],
    ["statements that are none", { statements: {} }, /statements must be a list/],
    ["nothing for a statement", { statements: [null] }, /statements\[0\] is no statement/],
    ["conditions in a text", { conditions: "x" }, /conditions is no map/],
    [
      "an operator without a map",
      { conditions: { StringEquals: null } },
      /conditions\["StringEquals"\] has no key/,
    ],
    [
      "a value that is missing among others",
      { conditions: { StringEquals: { "aws:SourceVpc": ["vpc-1", undefined] } } },
      /has a value that is no text: undefined/,
    ],
    [
      "a sid in a list, which reads like one",
      { statements: [{ sid: ["A"], awsPrincipals: [ARN] }] },
      /\.sid is a list/,
    ],
  ];
  for (const [what, value, message] of options) {
    it(`refuses ${what}`, () => {
      assert.throws(() => buildTrustPolicy([good], value), message);
    });
  }
});

describe("what cannot be written in an error's text", () => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  const rows: [unknown, string][] = [
    ["a b", '"a b"'],
    ["x".repeat(201), `"${"x".repeat(200)}…"`],
    ["x".repeat(200), `"${"x".repeat(200)}"`],
    [10n, "10"],
    [null, "null"],
    [undefined, "undefined"],
    [symbol, "a symbol"],
    [() => 1, "a function"],
    [circular, "an object"],
    [Object.create(null), "an object"],
    [[circular], "a list"],
  ];
  for (const [value, expected] of rows) {
    it(`is shown as ${expected.slice(0, 20)}`, () => {
      assert.equal(shown(value), expected);
    });
  }

  it("is told all the same", () => {
    const principals = [circular, 1n, symbol] as unknown as string[];
    const problems = extraStatementProblems({ awsPrincipals: principals, actions: "x" as never });
    assert.deepEqual(
      problems.map(({ path, reason }) => `${path} ${reason.slice(0, 11)}`),
      [
        ".awsPrincipals[0] is an objec",
        ".awsPrincipals[1] is 1: write",
        ".awsPrincipals[2] is a symbol",
        ".actions is empty: l",
      ],
    );
    assert.match(conditionProblems(7 as never, { for: "webIdentity" })[0]!.reason, /is no map/);
  });
});

describe("evaluateTrust, of a document with a strange value", () => {
  it("is indeterminate where Null asks for something that has no text", () => {
    const policy = {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Federated: ARN },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: { Null: { "any:key": { toString: null } } },
        },
      ],
    };
    const { decision } = evaluateTrust(policy, { oidcProviderArn: ARN, subject: good.subjects[0]! });
    assert.equal(decision, "indeterminate");
  });
});
