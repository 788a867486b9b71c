import assert from "node:assert/strict";
import fc from "fast-check";
import { type KeyValues, prepareCondition } from "../../trust/conditions";

/** A request with `k` given, `gone` known to be missing, and nothing known of any other key. */
const request =
  (...values: string[]) =>
  (key: string): KeyValues =>
    key === "k" ? values : key === "gone" ? "absent" : "unknown";
const conditionHolds = (condition: unknown, lookup: (key: string) => KeyValues) =>
  prepareCondition(condition, true)({ issuer: "its.own", lookup });
const holds = (condition: unknown, ...values: string[]) =>
  conditionHolds(condition, request(...values)).holds;

describe("conditions: a key that is missing", () => {
  /** Operator, without and with IfExists: the IAM user guide's table of condition operators. */
  const table: [string, boolean, boolean][] = [
    ["StringEquals", false, true],
    ["StringEqualsIgnoreCase", false, true],
    ["StringLike", false, true],
    ["StringNotEquals", true, true],
    ["StringNotEqualsIgnoreCase", true, true],
    ["StringNotLike", true, true],
    ["ForAllValues:StringEquals", true, true],
    ["ForAllValues:StringNotLike", true, true],
    ["ForAnyValue:StringEquals", false, true],
    ["ForAnyValue:StringNotEquals", false, true],
  ];
  for (const [operator, plain, ifExists] of table) {
    it(`${operator}: ${plain}, with IfExists: ${ifExists}`, () => {
      assert.equal(holds({ [operator]: { gone: "x" } }), plain);
      assert.equal(holds({ [`${operator}IfExists`]: { gone: "x" } }), ifExists);
    });
  }
});

describe("conditions: a key that is there", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "B", "*", "?", ".", ":", "$") });

  it("IfExists changes nothing", () => {
    const operators = [
      "StringEquals",
      "StringNotEquals",
      "StringLike",
      "StringNotLike",
      "StringEqualsIgnoreCase",
    ];
    fc.assert(
      fc.property(fc.constantFrom(...operators), text, fc.array(text), (operator, value, wanted) => {
        assert.equal(
          holds({ [`${operator}IfExists`]: { k: wanted } }, value),
          holds({ [operator]: { k: wanted } }, value),
        );
      }),
    );
  });

  it("a negated operator is the contrary of its own", () => {
    fc.assert(
      fc.property(text, fc.array(text), (value, wanted) => {
        for (const operator of ["Equals", "Like", "EqualsIgnoreCase"]) {
          const positive = holds({ [`String${operator}`]: { k: wanted } }, value);
          const negated = holds({ [`StringNot${operator}`]: { k: wanted } }, value);
          assert.equal(negated, !positive);
        }
      }),
    );
  });

  it("StringEquals is equality with one of the values, whatever characters they have", () => {
    fc.assert(
      fc.property(text, fc.array(text), (value, wanted) => {
        assert.equal(holds({ StringEquals: { k: wanted } }, value), wanted.includes(value));
      }),
    );
  });

  it("StringLike is what a matcher by recursion says", () => {
    const like = (pattern: string, value: string): boolean => {
      if (pattern === "") return value === "";
      if (pattern.startsWith("*")) {
        return like(pattern.slice(1), value) || (value !== "" && like(pattern, value.slice(1)));
      }
      const first = pattern.startsWith("?") || pattern[0] === value[0];
      return value !== "" && first && like(pattern.slice(1), value.slice(1));
    };
    const short = fc.string({
      unit: fc.constantFrom("a", "b", ".", "\n", "*", "?", "(", "\\"),
      maxLength: 8,
    });
    fc.assert(
      fc.property(short, short, (value, pattern) => {
        assert.equal(holds({ StringLike: { k: pattern } }, value), like(pattern, value));
      }),
      { numRuns: 500 },
    );
  });
});

describe("conditions: together", () => {
  const yes = { k: "a" };
  const no = { k: "b" };
  const unknown = { other: "a" };
  const cases: [string, unknown, boolean | undefined][] = [
    ["none at all", undefined, true],
    ["an empty block", {}, true],
    ["two that hold", { StringEquals: yes, StringLike: yes }, true],
    ["one that does not", { StringEquals: yes, StringLike: no }, false],
    ["one whose key is not known", { StringEquals: yes, StringLike: unknown }, undefined],
    ["false goes before unknown, first", { StringEquals: no, StringLike: unknown }, false],
    ["false goes before unknown, last", { StringEquals: unknown, StringLike: no }, false],
    ["an unknown operator on a key that is missing", { NumericEquals: { gone: "1" } }, undefined],
    [
      "an unknown operator with IfExists on a key that is missing",
      { BoolIfExists: { gone: "true" } },
      undefined,
    ],
    ["IfExists after Null is no operator", { NullIfExists: { k: "true" } }, undefined],
    ["a value of mixed types", { StringEquals: { k: ["a", 1] } }, undefined],
    ["null", null, undefined],
    ["a text", "StringEquals", undefined],
    ["an operator that is null", { StringEquals: null }, undefined],
  ];
  for (const [what, condition, expected] of cases) {
    it(`${what}: ${String(expected)}`, () => {
      assert.equal(holds(condition, "a"), expected);
    });
  }

  it("many values and no quantifier: not known", () => {
    assert.equal(holds({ StringEquals: { k: ["a", "b"] } }, "a", "b"), undefined);
  });

  it("ForAllValues asks it of each value, ForAnyValue of one", () => {
    assert.equal(holds({ "ForAllValues:StringEquals": { k: ["a", "b"] } }, "a", "b"), true);
    assert.equal(holds({ "ForAllValues:StringEquals": { k: ["a", "b"] } }, "a", "c"), false);
    assert.equal(holds({ "ForAnyValue:StringEquals": { k: ["a", "b"] } }, "a", "c"), true);
    assert.equal(holds({ "ForAnyValue:StringEquals": { k: ["a", "b"] } }, "c", "d"), false);
  });

  it("says why", () => {
    assert.equal(conditionHolds(undefined, request()).why, "has no condition");
    assert.equal(conditionHolds({ StringLike: no }, request("a")).why, "StringLike on k does not hold");
    assert.equal(conditionHolds({ StringEquals: null }, request("a")).why, "StringEquals cannot be read");
  });
});
