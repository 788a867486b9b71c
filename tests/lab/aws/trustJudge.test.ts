import assert from "node:assert/strict";
import { judgeTrust } from "../../../lab/aws/trustJudge";
import { podIdentityTrustCases } from "./podIdentityTrustCases";
import { allow, caller, readerOfA, sub } from "./trustCases";
import { conditionCases } from "./trustConditionCases";
import { statementCases } from "./trustStatementCases";

describe("trust judge", () => {
  for (const [group, cases] of Object.entries({
    ...statementCases,
    ...conditionCases,
    ...podIdentityTrustCases,
  })) {
    describe(group, () => {
      for (const [description, statements, who, answer] of cases) {
        it(`${description}: ${answer}`, () => {
          const document = JSON.stringify({ Version: "2012-10-17", Statement: statements });
          assert.equal(judgeTrust(document, who).allowed, answer === "allow");
        });
      }
    });
  }

  it("takes one statement that is not in an array", () => {
    assert.equal(judgeTrust(JSON.stringify({ Statement: allow() }), readerOfA).allowed, true);
  });

  for (const document of ["", "{", "null", "[]", "{}", '{"Statement":null}', '{"Statement":["x"]}']) {
    it(`denies when the document is ${document || "empty"}`, () => {
      assert.equal(judgeTrust(document, readerOfA).allowed, false);
    });
  }

  it("denies when a key stands twice, whichever of the two would count", () => {
    const statement = JSON.stringify(allow()).replace('"Effect":"Allow"', '"Effect":"Deny","Effect":"Allow"');
    assert.equal(judgeTrust(`{"Statement":${statement}}`, readerOfA).allowed, false);
  });

  it("comes to an end with a hostile pattern", () => {
    const statement = sub("StringLike", `${"*a".repeat(400)}b`);
    const longName = caller({ subject: "a".repeat(2000) });
    assert.equal(judgeTrust(JSON.stringify({ Statement: statement }), longName).allowed, false);
  });

  it("says which statement decided", () => {
    const document = JSON.stringify({ Statement: [sub("StringEquals", "x"), allow()] });
    assert.equal(judgeTrust(document, readerOfA).reason, "statement 1 allows");
  });
});
