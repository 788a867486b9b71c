import assert from "node:assert/strict";
import { isPermitted } from "../../../lab/aws/identityPolicy";

const resource = "arn:aws:iam::210987654321:role/target";

type Statement = Record<string, unknown>;

function allow(parts: Statement = {}): Statement {
  return { Effect: "Allow", Action: "sts:AssumeRole", Resource: resource, ...parts };
}

const deny = (parts: Statement = {}) => allow({ Effect: "Deny", ...parts });
const whenTeam = (team: string) => ({ Condition: { StringEquals: { "aws:PrincipalTag/team": team } } });
const inNet = { Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } };

function permitted(...statements: unknown[]): boolean {
  const documents = statements.map((Statement) => JSON.stringify({ Version: "2012-10-17", Statement }));
  const keys = (name: string) => (name === "aws:PrincipalTag/team" ? ["a"] : ("unknown" as const));
  return isPermitted(documents, { action: "sts:AssumeRole", resource, keys });
}

/** From the IAM User Guide: "Policy evaluation logic", and the pages of the elements. */
const cases: [what: string, statements: unknown[], answer: boolean][] = [
  ["an Allow", [allow()], true],
  ["no policy", [], false],
  ["an Allow in the second policy", [[], [deny({ Resource: "x" }), allow()]], true],
  ["a Deny in another policy", [allow(), deny()], false],
  ["another action", [allow({ Action: ["sts:TagSession"] })], false],
  ["an action in other letters", [allow({ Action: "STS:assumerole" })], true],
  ["a pattern", [allow({ Action: "sts:Assume*", Resource: "arn:aws:iam::*:role/t?rget" })], true],
  ["a resource in other letters", [allow({ Resource: resource.toUpperCase() })], false],
  ["one resource of several", [allow({ Resource: ["x", resource] })], true],
  ["NotAction", [allow({ Action: undefined, NotAction: "s3:*" })], true],
  ["NotAction of this one", [allow({ Action: undefined, NotAction: "sts:*" })], false],
  [
    "NotResource of this one in a Deny",
    [allow(), deny({ Resource: undefined, NotResource: resource })],
    true,
  ],
  ["a condition that holds", [allow(whenTeam("a"))], true],
  ["a condition that does not", [allow(whenTeam("b"))], false],
  ["a Deny whose condition does not hold", [allow(), deny(whenTeam("b"))], true],
  ["a condition that nobody can decide here", [allow(inNet)], false],
  ["a Deny that nobody can decide here", [allow(), deny(inNet)], false],
  ["a policy variable", [allow({ Resource: "arn:aws:iam::${aws:PrincipalAccount}:role/target" })], false],
  ["no Resource", [allow({ Resource: undefined })], false],
  ["Action and NotAction", [allow({ NotAction: "s3:*" })], false],
  ["something that is no statement", [allow(), "x"], false],
];

describe("a role's own policies", () => {
  for (const [what, statements, answer] of cases) {
    it(`${what}: ${answer ? "may" : "may not"}`, () => {
      assert.equal(permitted(...statements), answer);
    });
  }

  it("deny everything when one cannot be read", () => {
    const wanted = { action: "sts:AssumeRole", resource, keys: () => "absent" as const };
    const sound = JSON.stringify({ Statement: allow() });
    assert.equal(isPermitted([sound], wanted), true);
    assert.equal(isPermitted([sound, "{"], wanted), false);
    const twice = sound.replace('"Effect":"Allow"', '"Effect":"Deny","Effect":"Allow"');
    assert.equal(isPermitted([twice], wanted), false);
  });
});
