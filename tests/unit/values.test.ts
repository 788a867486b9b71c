import assert from "node:assert/strict";
import { groupedBy, matchesPattern, repeatedName } from "../../trust/values";

describe("matchesPattern", () => {
  const cases: [string, string, boolean][] = [
    ["", "", true],
    ["", "a", false],
    ["*", "", true],
    ["**", "ab", true],
    ["?", "", false],
    ["a*", "a", true],
    ["*a", "ba", true],
    ["*ab*ab", "abab", true],
    ["*ab*ab", "ab", false],
    ["a*b?c", "aXbXbYc", true],
    ["a*b?c", "aXbc", false],
    ["*.c", "a.b.c", true],
    ["a.c", "abc", false],
    ["*", "*", true],
    ["?", "\u{1f511}", true],
    ["a*", "a\nb", true],
  ];
  for (const [pattern, value, expected] of cases) {
    it(`${JSON.stringify(pattern)} and ${JSON.stringify(value)}: ${expected}`, () => {
      assert.equal(matchesPattern(pattern, value), expected);
    });
  }

  it("does not try a pattern's stars in every combination", () => {
    assert.equal(matchesPattern("*a".repeat(40) + "b", "a".repeat(4000)), false);
  });
});

describe("repeatedName", () => {
  it("finds a name that stands twice, whatever its case", () => {
    assert.equal(repeatedName(["a", "b", "A", "B"]), "A");
    assert.equal(repeatedName(["a", "b"]), undefined);
  });
});

describe("groupedBy", () => {
  it("keeps the order within a group", () => {
    const groups = groupedBy(["b1", "a1", "b2"], (text) => text.charAt(0));
    assert.deepEqual(
      [...groups],
      [
        ["b", ["b1", "b2"]],
        ["a", ["a1"]],
      ],
    );
  });
});
