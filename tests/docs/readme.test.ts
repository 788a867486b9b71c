import assert from "node:assert/strict";
import { manifest } from "../surface/manifest";
import { readPage, sectionOf } from "./page";

describe("docs: README", () => {
  it("says the versions that package.json asks for", () => {
    const { engines, dependencies } = manifest();
    const text = sectionOf(readPage("README.md"), "## Compatibility");
    assert.ok(text.includes(`Node ${engines.node.replace(">=", "")} or newer`));
    for (const [name, range] of Object.entries(dependencies)) {
      const [, lowest = ""] = /^\^(\d+\.\d+)\.\d+$/.exec(range) ?? [];
      assert.ok(lowest !== "" && text.includes(`\`${name}\` ${lowest}`), `${name} ${range}`);
    }
  });
});
