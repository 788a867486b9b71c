import assert from "node:assert/strict";
import fc from "fast-check";
import { foundIn } from "../support/secretSearch";

const secret = fc.base64String({ minLength: 16, maxLength: 60 });
const surroundings = fc.string({ maxLength: 20 });

describe("search for secrets", () => {
  const writings: Record<string, (text: string) => string> = {
    "as it is": (text) => text,
    "as JSON in JSON": (text) => JSON.stringify(JSON.stringify({ text })),
    "in a URL": encodeURIComponent,
    "as hexadecimal digits": (text) => Buffer.from(text).toString("hex"),
    "as base64": (text) => Buffer.from(text).toString("base64"),
    "as base64 for URLs": (text) => Buffer.from(text).toString("base64url"),
  };
  for (const [how, write] of Object.entries(writings)) {
    it(`finds one that is written ${how}, wherever it begins`, () => {
      fc.assert(
        fc.property(surroundings, secret, surroundings, (before, one, after) => {
          assert.deepEqual(foundIn(write(before + one + after), { token: one }), ["token"]);
        }),
      );
    });
  }

  it("finds a key by any of its lines, and does not take its frame for it", () => {
    const body = ["A".repeat(64), "B".repeat(40)];
    const key = ["-----BEGIN PRIVATE KEY-----", ...body, "-----END PRIVATE KEY-----", ""].join("\n");
    assert.deepEqual(foundIn(`xx${"B".repeat(40)}`, { key }), ["key"]);
    assert.deepEqual(foundIn(JSON.stringify(key), { key }), ["key"]);
    assert.deepEqual(foundIn("-----BEGIN PRIVATE KEY-----", { key }), []);
  });

  it("finds nothing where there is nothing, and is no search without a secret", () => {
    assert.deepEqual(foundIn("a text of no interest", { token: "0123456789abcdef" }), []);
    assert.throws(() => foundIn("text", { token: "" }), /too short/);
  });
});
