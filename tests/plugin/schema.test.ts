import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { derivedSchema, type PropertySchemas } from "./derivedSchema";

const FILE = join(__dirname, "..", "..", "plugin", "schema.json");
const WRITE = "UPDATE_SCHEMA=1 npx mocha tests/plugin/schema.test.ts";

describe("plugin/schema.json", () => {
  const schema = derivedSchema();

  it("is what Pulumi's analyzer reads out of the sources", async () => {
    const derived = await format(JSON.stringify(schema), { parser: "json", printWidth: 110 });
    if (process.env["UPDATE_SCHEMA"]) writeFileSync(FILE, derived);
    assert.equal(readFileSync(FILE, "utf8"), derived, `the sources say something else now: ${WRITE}`);
  });

  it("describes every resource, type, value and property", () => {
    const undescribed = [
      ...Object.entries(schema.resources).flatMap(([token, { description, inputProperties, properties }]) => [
        ...bare({ [token]: { description } }, ""),
        ...bare(inputProperties, `${token} (input) `),
        ...bare(properties ?? {}, `${token} `),
      ]),
      ...Object.entries(schema.types).flatMap(([token, { description, properties, enum: values = [] }]) => [
        ...bare({ [token]: { description } }, ""),
        ...bare(properties ?? {}, `${token} `),
        ...bare(Object.fromEntries(values.map((value) => [value.name, value])), `${token} `),
      ]),
    ];
    assert.deepEqual(undescribed, []);
  });
});

/** What of these has no description. */
function bare(
  properties: PropertySchemas | Record<string, { description?: string | undefined }>,
  of: string,
) {
  return (
    Object.entries(properties)
      // What the analyzer cannot read of a docstring, such as a link, it writes so.
      .filter(([, { description = "" }]) => description === "" || description.includes("[object"))
      .map(([name]) => `${of}${name}`)
  );
}
