import assert from "node:assert/strict";
import { both, isOneOf } from "../../../lab/proof/cases";
import { readDocument } from "../../../lab/proof/document";
import { admittedBy } from "../../../lab/proof/encode";
import { findExample } from "../../../lab/proof/solver";
import { TokenRequests } from "../../../lab/proof/tokens";
import type { WebIdentity } from "../../../lab/aws/trustJudge";
import { A, B, caller, readerOfA, sub, when, type Case } from "../aws/trustCases";
import { conditionCases } from "../aws/trustConditionCases";
import { statementCases } from "../aws/trustStatementCases";

/** What the encoding says of one caller: "open" where it depends on what the caller does not tell. */
async function admits(statements: unknown, who: WebIdentity): Promise<boolean | "open"> {
  const hostPath = who.issuerUrl.replace("https://", "");
  const requests = new TokenRequests({ arn: who.providerArn, hostPath });
  const { variables, subject, audience } = requests;
  const document = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  const formula = both(
    admittedBy(readDocument(document), requests),
    isOneOf(subject, [who.subject]),
    isOneOf(audience, [who.audience]),
  );
  return variables.list().length > 2 ? "open" : (await findExample({ variables, formula })) !== undefined;
}

/** The same, where nothing is left open. */
async function admitsOrUnknown(statements: unknown, who: WebIdentity): Promise<boolean | "open" | "unknown"> {
  try {
    return await admits(statements, who);
  } catch (error) {
    assert.match(String(error), /^Error: nothing is proved: .+ is not known$/);
    return "unknown";
  }
}

const under = (operator: string, key: string, values: unknown) => when({ [operator]: { [key]: values } });

/** Patterns and texts, with what AWS says of them. */
const STRINGS: [operator: string, values: string | string[], subject: string, holds: boolean][] = [
  ["StringLike", "*", "", true],
  ["StringLike", "*", "a:b\n\u0000ü", true],
  ["StringLike", "", "", true],
  ["StringLike", "", "a", false],
  ["StringLike", "?", "", false],
  ["StringLike", "?", "ü", true],
  ["StringLike", "?", ":", true],
  ["StringLike", "?", "ab", false],
  ["StringLike", "?*", "", false],
  ["StringLike", "?*?", "ab", true],
  ["StringLike", "**", "a", true],
  ["StringLike", "a*b*c", "a-bc-bc", true],
  ["StringLike", "a*b*c", "a-cb", false],
  ["StringLike", "a*a", "a", false],
  ["StringLike", "*:s3-reader", "system:serviceaccount:default:s3-reader", true],
  ["StringLike", "a.c", "abc", false],
  ["StringLike", "a\\*", "a\\b", true],
  ["StringLike", "a\\*", "a*", false],
  ["StringLike", "[ab]", "a", false],
  ["StringLike", "\\u{61}", "a", false],
  ["StringLike", "\\u{61}", "\\u{61}", true],
  ["StringLike", 'say "*"', 'say "yes"', true],
  ["StringLike", "A*", "ab", false],
  ["StringLike", ["b*", "?c"], "ac", true],
  ["StringLike", ["b*", "ac"], "ac", true],
  ["StringNotLike", ["b*", "ac"], "ac", false],
  ["StringNotLike", ["b*", "?c"], "ad", true],
  ["StringEquals", "*", "a", false],
  ["StringEquals", "*", "*", true],
  ["StringEquals", "a?", "ab", false],
  ["StringEquals", "\\u0061", "a", false],
  ["StringEquals", ["a", "b"], "b", true],
  ["StringEquals", [], "a", false],
  ["StringNotEquals", ["a", "b"], "b", false],
  ["StringNotEquals", ["a", "b"], "B", true],
  ["StringEqualsIgnoreCase", "S3-Reader_[x]", "s3-rEADER_[X]", true],
  ["StringEqualsIgnoreCase", "@", "`", false],
  ["StringEqualsIgnoreCase", "S3-*", "s3-reader", false],
  ["StringNotEqualsIgnoreCase", "ABC", "abc", false],
  ["ForAnyValue:StringLike", ["a*", "b*"], "bc", true],
  ["ForAllValues:StringNotEquals", ["a", "b"], "b", false],
];

/** Operators on a key that no request of A's tokens has. */
const MISSING: [operator: string, holds: boolean][] = [
  ["StringEquals", false],
  ["StringLike", false],
  ["StringEqualsIgnoreCase", false],
  ["StringNotEquals", true],
  ["StringNotLike", true],
  ["StringEqualsIfExists", true],
  ["StringNotEqualsIfExists", true],
  ["ForAllValues:StringEquals", true],
  ["ForAnyValue:StringEquals", false],
  ["ForAnyValue:StringNotEquals", false],
  ["ForAnyValue:StringEqualsIfExists", true],
];

describe("what Z3 is told of a trust policy", function () {
  this.timeout(60_000);

  for (const [operator, values, subject, holds] of STRINGS) {
    it(`${operator} ${JSON.stringify(values)} ${holds ? "takes" : "does not take"} ${JSON.stringify(subject)}`, async () => {
      assert.equal(await admits(sub(operator, values), caller({ subject })), holds);
    });
  }

  for (const [operator, holds] of MISSING) {
    it(`${operator} ${holds ? "holds" : "does not hold"} for a key of another issuer`, async () => {
      assert.equal(await admits(under(operator, `${B}:sub`, "x"), readerOfA), holds);
      assert.equal(await admits(under(operator, `https://${A}:sub`, "x"), readerOfA), holds);
    });
  }

  it("Null tells the issuer's own keys from those of others", async () => {
    for (const [issuer, wanted, holds] of [
      [A, "true", false],
      [A, false, true],
      [B, true, true],
      [B, "false", false],
    ] as const) {
      assert.equal(await admits(under("Null", `${issuer}:sub`, wanted), readerOfA), holds);
    }
  });

  it("is what the tables say that are typed from AWS's documentation, wherever it is known at all", async () => {
    // What the lab's judge cannot decide it denies, whatever AWS would do.
    const cases: Case[] = Object.entries({ ...statementCases, ...conditionCases })
      .filter(([group]) => !group.includes("not decidable"))
      .flatMap(([, group]) => group);
    const tally = { same: 0, open: 0, unknown: 0 };
    for (const [description, statements, who, answer] of cases) {
      const verdict = await admitsOrUnknown(statements, who);
      if (typeof verdict === "boolean") {
        assert.equal(verdict, answer === "allow", description);
      }
      tally[typeof verdict === "boolean" ? "same" : verdict] += 1;
    }
    assert.ok(tally.same >= 60, JSON.stringify(tally));
  });
});
