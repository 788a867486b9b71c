import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import * as fc from "fast-check";
import { isAsset, readAsset } from "../../../lab/plugins/shared/assets";
import { containsUnknown, fromStruct, Secret, toStruct, UNKNOWN } from "../../../lab/plugins/shared/values";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const secret = (value: unknown) => ({ [SIGNATURE]: "1b47061264138c4ac30d75fd1eb44270", value });

const wire = (properties: Record<string, unknown>) =>
  Struct.fromJavaScript(properties as Parameters<typeof Struct.fromJavaScript>[0]);

describe("plugins: values on the wire", () => {
  it("come back as they went, whatever they are", () => {
    const scalar = fc.oneof(fc.string(), fc.double({ noNaN: true }), fc.boolean(), fc.constant(UNKNOWN));
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: "small" },
        scalar,
        fc.array(tie("any"), { maxLength: 3 }),
        fc.dictionary(fc.string({ maxLength: 5 }), tie("any"), { maxKeys: 3, noNullPrototype: true }),
      ),
    })).any;
    fc.assert(
      fc.property(value, (sample) => {
        assert.deepEqual(fromStruct(Struct.deserializeBinary(toStruct({ sample }).serializeBinary())), {
          sample,
        });
      }),
    );
  });

  it("know every marker of an unknown", () => {
    const markers = {
      string: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
      boolean: "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
      number: "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
      array: "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
      object: "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    };
    for (const value of Object.values(fromStruct(wire(markers)))) assert.equal(value, UNKNOWN);
  });

  it("drop null properties, and keep null list items", () => {
    assert.deepEqual(fromStruct(wire({ gone: null, list: [null, 1], inner: { gone: null } })), {
      list: [null, 1],
      inner: {},
    });
  });

  it("unwrap a secret for a plugin that does not accept secrets", () => {
    const sent = { password: secret("x"), deep: { list: [secret({ a: 1 })] } };
    assert.deepEqual(fromStruct(wire(sent)), { password: "x", deep: { list: [{ a: 1 }] } });
  });

  it("keep a secret for one that does, and send it as one", () => {
    const received = fromStruct(wire({ password: secret("x") }), true);
    assert.deepEqual(received, { password: new Secret("x") });
    assert.deepEqual(toStruct(received).toJavaScript(), { password: secret("x") });
  });

  it("find an unknown at any depth, inside of a secret too", () => {
    assert.equal(containsUnknown({ a: [{ b: new Secret([UNKNOWN]) }] }), true);
    assert.equal(containsUnknown({ a: [{ b: new Secret(["x"]) }] }), false);
  });
});

describe("plugins: assets", () => {
  const asset = (content: Record<string, string>) => ({
    [SIGNATURE]: "c44067f5952c0a294b673a41bacd8c17",
    ...content,
  });

  it("are read from text and file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "asset-"));
    try {
      const path = join(folder, "a.txt");
      writeFileSync(path, "from a file");
      assert.equal((await readAsset(asset({ text: "as text" }))).toString(), "as text");
      assert.equal((await readAsset(asset({ path }))).toString(), "from a file");
      assert.equal((await readAsset(asset({ uri: `file://${path}` }))).toString(), "from a file");
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("are not fetched from elsewhere", async () => {
    await assert.rejects(readAsset(asset({ uri: "https://example.com/a" })), /not https:\/\/example.com\/a/);
  });

  it("are told from maps by their signature", () => {
    assert.equal(isAsset(asset({ text: "" })), true);
    assert.equal(isAsset({ text: "no asset" }), false);
  });
});
