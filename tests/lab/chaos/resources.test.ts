import assert from "node:assert/strict";
import { differences, harmed, type Resources } from "../../../lab/chaos/resources";

const role = (content: unknown, identity?: string): Resources =>
  new Map([["role app", { content, ...(identity === undefined ? {} : { identity }) }]]);

describe("the comparison of a state with reality", () => {
  it("finds nothing where both say the same, in whatever order", () => {
    assert.deepEqual(
      differences(
        role({ path: "/", tags: { a: "1", b: "2" } }),
        role({ tags: { b: "2", a: "1" }, path: "/" }),
      ),
      [],
    );
  });

  it("finds what is in the state and does not exist, and what exists and is not in the state", () => {
    assert.deepEqual(differences(role({}), new Map()), ["role app is in the state, and does not exist"]);
    assert.deepEqual(differences(new Map(), role({})), ["role app exists, and is not in the state"]);
  });

  it("finds another content, and minds the order of a list", () => {
    assert.deepEqual(differences(role({ path: "/" }), role({ path: "/a/" })), [
      'role app is {"path":"/"} in the state, and is {"path":"/a/"}',
    ]);
    assert.equal(differences(role(["a", "b"]), role(["b", "a"])).length, 1);
  });

  it("finds who was harmed: gone, or another one", () => {
    const all = () => true;
    assert.deepEqual(harmed(role({}, "1"), role({}, "1"), all), []);
    assert.deepEqual(harmed(role({}, "1"), role({}, "2"), all), ["role app is another one than before"]);
    assert.deepEqual(harmed(role({}, "1"), new Map(), all), ["role app was there, and is gone"]);
    assert.deepEqual(
      harmed(role({}, "1"), new Map(), () => false),
      [],
    );
  });
});
