import assert from "node:assert/strict";
import {
  decodePolicy,
  normalizeInlinePolicy,
  normalizeJson,
  policyToKeep,
  samePolicies,
} from "../../../lab/plugins/aws/policyDocument";

const statement = {
  Effect: "Allow",
  Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/a" },
  Action: "sts:AssumeRoleWithWebIdentity",
  Condition: { StringEquals: { "a:sub": "system:serviceaccount:n:s", "a:aud": "sts.amazonaws.com" } },
};
const other = { ...statement, Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/b" } };

function policy(...statements: object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

describe("the AWS stand-in: policy documents", () => {
  const same: [string, string, string][] = [
    ["other whitespace", policy(statement), JSON.stringify(JSON.parse(policy(statement)), null, 4)],
    [
      "another order of keys",
      policy(statement),
      JSON.stringify({ Statement: [statement], Version: "2012-10-17" }),
    ],
    ["another order of statements", policy(statement, other), policy(other, statement)],
    [
      "one statement without a list",
      policy(statement),
      JSON.stringify({ Version: "2012-10-17", Statement: statement }),
    ],
    ["a list of one action", policy(statement), policy({ ...statement, Action: [statement.Action] })],
    [
      "values in another order",
      policy({ ...statement, Action: ["a:b", "c:d"] }),
      policy({ ...statement, Action: ["c:d", "a:b"] }),
    ],
    ["the case of Effect", policy(statement), policy({ ...statement, Effect: "allow" })],
    [
      "an account by its id",
      policy({ ...statement, Principal: { AWS: "123456789012" } }),
      policy({ ...statement, Principal: { AWS: "arn:aws:iam::123456789012:root" } }),
    ],
  ];
  for (const [what, one, another] of same) {
    it(`${what}: the same`, () => {
      assert.equal(samePolicies(one, another), true);
      assert.equal(samePolicies(another, one), true);
    });
  }

  const different: [string, string, string][] = [
    ["a statement more", policy(statement), policy(statement, other)],
    ["the same number of statements, one twice", policy(statement, statement), policy(statement, other)],
    ["another principal", policy(statement), policy(other)],
    ["another action", policy(statement), policy({ ...statement, Action: "sts:AssumeRole" })],
    ["Deny", policy(statement), policy({ ...statement, Effect: "Deny" })],
    ["no condition", policy(statement), policy({ ...statement, Condition: undefined })],
    [
      "another operator",
      policy(statement),
      policy({ ...statement, Condition: { StringLike: statement.Condition.StringEquals } }),
    ],
    [
      "a condition key less",
      policy(statement),
      policy({ ...statement, Condition: { StringEquals: { "a:sub": "system:serviceaccount:n:s" } } }),
    ],
    ["a Sid", policy(statement), policy({ ...statement, Sid: "One" })],
    ["another version", policy(statement), policy(statement).replace("2012-10-17", "2008-10-17")],
    ["everybody and somebody", policy({ ...statement, Principal: "*" }), policy(statement)],
  ];
  for (const [what, one, another] of different) {
    it(`${what}: not the same`, () => {
      assert.equal(samePolicies(one, another), false);
      assert.equal(samePolicies(another, one), false);
    });
  }

  it("are written with sorted keys and with Go's escapes", () => {
    assert.equal(
      normalizeJson('{ "b" : [ {"z":1, "a":"<&>"} ],\n "a" : null }'),
      '{"a":null,"b":[{"a":"\\u003c\\u0026\\u003e","z":1}]}',
    );
    assert.equal(normalizeJson("not JSON"), "not JSON");
  });

  it("have their version first when inline", () => {
    assert.equal(
      normalizeInlinePolicy('{"Statement":[],"Id":"x","Version":"2012-10-17"}'),
      '{"Version":"2012-10-17","Id":"x","Statement":[]}',
    );
  });

  it("keep their text after a read, as long as AWS says the same", () => {
    const before = policy({ ...statement, Action: [statement.Action] });
    assert.equal(policyToKeep(before, policy(statement)), normalizeJson(before));
    assert.equal(policyToKeep(before, policy(other)), normalizeJson(policy(other)));
    assert.equal(policyToKeep(undefined, policy(other)), normalizeJson(policy(other)));
  });

  it("are read URL-encoded and plain", () => {
    assert.equal(decodePolicy("%7B%22a%22%3A%22b%20c%22%7D"), '{"a":"b c"}');
    assert.equal(decodePolicy('{"a":"100%"}'), '{"a":"100%"}');
  });
});
