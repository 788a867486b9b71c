import assert from "node:assert/strict";
import { issuerOfKey } from "../../trust/conditions";
import { evaluateTrust } from "../../trust/evaluate";
import { compareText } from "../../trust/values";
import { A, HOST_A, HOST_B, READER } from "./evaluateCases";

const SUB = `${HOST_A}:sub`;
const decide = (condition: unknown) =>
  evaluateTrust(
    {
      Version: "2012-10-17",
      Statement: {
        Effect: "Allow",
        Principal: { Federated: A },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: condition,
      },
    },
    { oidcProviderArn: A, subject: READER },
  );

describe("conditions: what it says of those it cannot read", () => {
  const unreadable: [condition: unknown, reason: string][] = [
    ["StringEquals", "condition cannot be read"],
    [[], "condition cannot be read"],
    [{ StringEquals: {}, stringequals: {} }, "stringequals stands twice"],
    [
      { StringEquals: { [SUB]: READER, [SUB.toUpperCase()]: "x" } },
      `StringEquals on ${SUB.toUpperCase()} stands twice`,
    ],
    [{ StringEquals: READER }, "StringEquals cannot be read"],
    [{ Null: { [SUB]: ["false", "no"] } }, `Null on ${SUB} has no meaning known here`],
    [{ Null: { [SUB]: [] } }, `Null on ${SUB} has no meaning known here`],
  ];
  for (const [condition, reason] of unreadable) {
    it(`${JSON.stringify(condition)}: ${reason}`, () => {
      const { decision, reason: said } = decide(condition);
      assert.equal(decision, "indeterminate");
      assert.equal(said, `statement 0: ${reason}`);
    });
  }

  it("Null may be asked by a text or by a value of JSON", () => {
    for (const missing of [true, "true"]) {
      assert.equal(decide({ Null: { [SUB]: missing } }).decision, "deny");
      assert.equal(decide({ Null: { [`${HOST_B}:sub`]: missing } }).decision, "allow");
    }
  });
});

describe("conditions: keys of several other issuers", () => {
  const [C, D] = ["CCCC", "DDDD"].map((id) => `${HOST_A.replace("AAAA", id)}:sub`);
  const optional = { [`${HOST_B}:sub`]: READER, [C!]: READER };

  it("one that must be there denies, however many before it may be missing", () => {
    const { decision, reason } = decide({ StringEqualsIfExists: optional, StringEquals: { [D!]: READER } });
    assert.equal(decision, "deny");
    assert.equal(reason, `statement 0: StringEquals on ${D!} does not hold`);
  });

  it("one that is not understood makes it indeterminate, however many before it may be missing", () => {
    const { decision } = decide({ StringEqualsIfExists: optional, NumericEquals: { [D!]: "1" } });
    assert.equal(decision, "indeterminate");
  });

  it("admit when all of them may be missing", () => {
    const all = { ...optional, [D!]: READER };
    assert.equal(decide({ StringEqualsIfExists: all }).decision, "allow");
  });

  it("may be written with the scheme of their URL", () => {
    assert.equal(issuerOfKey("http://issuer.example.com/a:sub"), "http://issuer.example.com/a");
    assert.equal(issuerOfKey("https://issuer.example.com/a:sub"), "https://issuer.example.com/a");
    assert.equal(issuerOfKey("ftp://issuer.example.com/a:sub"), undefined);
  });
});

describe("the order of texts", () => {
  it("is that of their code units", () => {
    assert.equal(compareText("a", "b"), -1);
    assert.equal(compareText("b", "a"), 1);
    assert.equal(compareText("a", "a"), 0);
    assert.equal(compareText("Z", "a"), -1);
  });
});
