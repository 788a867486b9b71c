import assert from "node:assert/strict";
import { findMismatch } from "../../trust/exact";
import { extraConditions, readGenerated } from "../../trust/generated";
import { buildTrustPolicy } from "../../trust/policy";
import { A, HOST_A, HOST_B, READER } from "./evaluateCases";
import { STS, east } from "./exactDocuments";

const SUB = `${HOST_A}:sub`;
const AUD = `${HOST_A}:aud`;
const statement = (condition: object, changes: object = {}) => ({
  Effect: "Allow",
  Principal: { Federated: A },
  Action: "sts:AssumeRoleWithWebIdentity",
  Condition: condition,
  ...changes,
});
const read = (condition: object, changes?: object) =>
  readGenerated(statement(condition, changes), extraConditions({}));

describe("a generated statement, read back", () => {
  const subjects: [operator: string, patterns: boolean][] = [
    ["StringEquals", false],
    ["StringEqualsIfExists", false],
    ["StringLike", true],
    ["StringLikeIfExists", true],
  ];
  for (const [operator, patterns] of subjects) {
    it(`has ${patterns ? "patterns" : "exact subjects"} under ${operator}`, () => {
      const condition = { [operator]: { [SUB]: [READER] } };
      assert.deepEqual(read(condition), {
        federated: [A],
        subjects: [{ issuer: HOST_A.toLowerCase(), patterns, values: [READER] }],
        withoutExtras: statement(condition),
      });
    });
  }

  it("may have a Sid", () => {
    assert.notEqual(typeof read({ StringEquals: { [SUB]: READER } }, { Sid: "East" }), "string");
  });

  it("has no other element", () => {
    assert.equal(read({}, { NotAction: "x" }), "has the element NotAction");
    assert.equal(read({}, { Resource: "*" }), "has the element Resource");
  });

  const strange: [operator: string, key: string, values: string | string[]][] = [
    ["ForAnyValue:StringEquals", SUB, READER],
    ["StringEqualsIgnoreCase", SUB, READER],
    ["StringNotLike", SUB, READER],
    ["StringLike", SUB, [READER, "system:serviceaccount:default:s3-reade?"]],
    ["StringEquals", AUD, [STS, "vault"]],
    ["StringEquals", `${HOST_A}:amr`, STS],
    ["StringEquals", `${HOST_B}:azp`, STS],
  ];
  for (const [operator, key, values] of strange) {
    it(`has no condition of another kind, such as ${operator} on ${key} with ${String(values)}`, () => {
      assert.equal(
        read({ [operator]: { [key]: values } }),
        `has a condition of another kind: ${operator} on ${key}`,
      );
    });
  }

  it("may have a ? in an exact subject, which is the letter itself there", () => {
    assert.notEqual(typeof read({ StringEquals: { [SUB]: "system:serviceaccount:a:b?" } }), "string");
  });
});

describe("extra conditions, as they are looked for", () => {
  it("are none where one operator stands twice: no document can have them", () => {
    const conditions = { Bool: { "aws:a": ["true"] }, bool: { "aws:a": ["true"] } };
    assert.deepEqual(extraConditions(conditions), new Map());
  });
});

describe("a mismatch", () => {
  it("is told where there is no cluster to tell of", () => {
    const found = findMismatch("{", []);
    assert.equal(found?.cluster, "");
    assert.equal(found.reason, "the document cannot be read");
  });

  it("names the extra statement by its position in the document", () => {
    const { Statement } = buildTrustPolicy([east], {
      statements: [{ awsPrincipals: ["arn:aws:iam::111122223333:root"] }],
    });
    const open = { ...statement({}), Principal: "*" };
    const found = findMismatch({ Version: "2012-10-17", Statement: [...Statement, open] }, [east], {
      statements: 2,
    });
    assert.equal(found?.reason, "statement 2: may admit web identities beside the bindings");
  });
});
