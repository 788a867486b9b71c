import assert from "node:assert/strict";
import { diffValues, formatPath, sameValue } from "../../../lab/plugins/shared/diff";
import { Secret, UNKNOWN, type Properties } from "../../../lab/plugins/shared/values";

const paths = (before: Properties, after: Properties): string[] =>
  diffValues(before, after).map(({ kind, path }) => `${kind} ${formatPath(path)}`);

describe("plugins: structural diff", () => {
  it("finds nothing between equal values", () => {
    assert.deepEqual(paths({ a: [1, { b: "x" }] }, { a: [1, { b: "x" }] }), []);
  });

  it("names additions, deletions and updates at the deepest path", () => {
    const before = { same: 1, gone: 1, list: [{ a: 1 }, { a: 2 }], kind: "text" };
    const after = { same: 1, fresh: { x: 1 }, list: [{ a: 9 }], kind: { now: "a map" } };
    assert.deepEqual(paths(before, after).sort(), [
      "add fresh",
      "delete gone",
      "delete list[1]",
      "update kind",
      "update list[0].a",
    ]);
  });

  it("takes an unknown for different from everything, itself included", () => {
    assert.deepEqual(paths({ a: UNKNOWN, b: 1 }, { a: UNKNOWN, b: UNKNOWN }), ["update a", "update b"]);
    assert.equal(sameValue({ a: [UNKNOWN] }, { a: [UNKNOWN] }), false);
  });

  it("looks into secrets", () => {
    assert.equal(sameValue(new Secret("x"), new Secret("x")), true);
    assert.equal(sameValue(new Secret("x"), new Secret("y")), false);
  });

  it("writes paths as Pulumi reads them", () => {
    assert.equal(formatPath(["spec", "containers", 0, "image"]), "spec.containers[0].image");
    assert.equal(
      formatPath(["metadata", "annotations", "eks.amazonaws.com/role-arn"]),
      'metadata.annotations["eks.amazonaws.com/role-arn"]',
    );
    assert.equal(formatPath(["a.b", 'say "x"']), '["a.b"]["say \\"x\\""]');
  });
});
