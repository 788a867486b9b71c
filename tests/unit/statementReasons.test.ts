import assert from "node:assert/strict";
import { evaluateTrust } from "../../trust/evaluate";
import { A, B, READER } from "./evaluateCases";

const STATEMENT = {
  Effect: "Allow",
  Principal: { Federated: A },
  Action: "sts:AssumeRoleWithWebIdentity",
};
const decide = (policy: object | string) => evaluateTrust(policy, { oidcProviderArn: A, subject: READER });

describe("evaluateTrust: what it says of a statement", () => {
  const cases: [what: string, statement: unknown, decision: string, reason: string][] = [
    ["that is a text", "Allow", "indeterminate", "is not an object"],
    ["that is null", null, "indeterminate", "is not an object"],
    ["that is a list", [STATEMENT], "indeterminate", "is not an object"],
    [
      "with an element of other policies",
      { ...STATEMENT, Resource: "*" },
      "indeterminate",
      "has the element Resource, whose effect is not known here",
    ],
    [
      "with another effect",
      { ...STATEMENT, Effect: "allow" },
      "indeterminate",
      "effect is neither Allow nor Deny",
    ],
    ["with a Sid that is no text", { ...STATEMENT, Sid: 1 }, "indeterminate", "Sid cannot be read"],
    [
      "with a principal of unknown kind",
      { ...STATEMENT, Principal: { Robot: A } },
      "indeterminate",
      "principal cannot be read",
    ],
    ["about another action", { ...STATEMENT, Action: "sts:TagSession" }, "deny", "action is another"],
    [
      "about an action that is no text",
      { ...STATEMENT, Action: 7 },
      "indeterminate",
      "action cannot be read",
    ],
  ];
  for (const [what, statement, decision, reason] of cases) {
    it(`${what}: ${reason}`, () => {
      const other = { ...STATEMENT, Principal: { Federated: B } };
      assert.deepEqual(decide({ Version: "2012-10-17", Statement: [other, statement] }), {
        decision,
        reason: `statement 1: ${reason}`,
        // A statement that matches nobody has not decided.
        ...(decision === "indeterminate" && { statement: 1 }),
      });
    });
  }

  it("for a canonical user: that it names no provider", () => {
    const statement = { ...STATEMENT, Principal: { CanonicalUser: "79a5" } };
    assert.deepEqual(decide({ Version: "2012-10-17", Statement: statement }), {
      decision: "deny",
      reason: "no statement names the token's OIDC provider",
    });
  });

  it("of a document without one: that it cannot be read", () => {
    for (const policy of [{ Version: "2012-10-17" }, '{"Version":"2012-10-17"}', "", "[]"]) {
      assert.deepEqual(decide(policy), {
        decision: "indeterminate",
        reason: "the document cannot be read",
      });
    }
  });
});
