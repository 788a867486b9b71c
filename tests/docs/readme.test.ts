import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/root";
import { readPage, sectionOf } from "./page";

interface Manifest {
  engines: { node: string };
  dependencies: Record<string, string>;
}

describe("docs: README", () => {
  it("says the versions that package.json asks for", () => {
    const { engines, dependencies } = JSON.parse(
      readFileSync(join(ROOT, "package.json"), "utf8"),
    ) as Manifest;
    const text = sectionOf(readPage("README.md"), "## Compatibility");
    assert.ok(text.includes(`Node ${engines.node.replace(">=", "")} or newer`));
    for (const [name, range] of Object.entries(dependencies)) {
      const [, lowest = ""] = /^\^(\d+\.\d+)\.\d+$/.exec(range) ?? [];
      assert.ok(lowest !== "" && text.includes(`\`${name}\` ${lowest}`), `${name} ${range}`);
    }
  });
});
