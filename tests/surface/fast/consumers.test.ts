import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { consumerTable } from "../../support/consumerTable";
import { ROOT } from "../../support/root";

/** The table after a file of tests has run, by consumer. */
function tableAfter(suites: string, ...options: string[]): Record<string, string> {
  const scratch = mkdtempSync(join(tmpdir(), "eks-irsa-consumers-"));
  try {
    const lines = join(scratch, "lines");
    const file = join(scratch, "some.cjs");
    writeFileSync(lines, "");
    const support = JSON.stringify(join(ROOT, "tests/support/consumers.ts"));
    const head = `const { consumer } = require(${support}); const fail = () => { throw new Error() };`;
    writeFileSync(file, `${head}\n${suites}`);
    spawnSync(process.execPath, ["node_modules/mocha/bin/mocha.js", file, ...options], {
      cwd: ROOT,
      env: { ...process.env, TEST_CONSUMERS: lines, TEST_FIGURES: "" },
    });
    const rows = consumerTable(readFileSync(lines, "utf8")).split("\n").slice(1);
    return Object.fromEntries(rows.map((row) => [row.slice(2, 19).trimEnd(), row.slice(21)]));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

describe("the table of consumers", () => {
  it("has what each suite's tests and hooks came to", () => {
    const table = tableAfter(`
      describe("passes", () => { consumer("ESM"); it("a", () => {}); });
      describe("fails", () => { consumer("YAML"); it("a", () => {}); describe("deep", () => { it("b", fail); }); });
      describe("fails before its tests", () => { before(fail); consumer("Python"); it("a", () => {}); });
      describe("fails after its tests", () => { after(fail); consumer("Construct"); it("a", () => {}); });
      describe("leaves out", () => { consumer("JavaScript"); it("a", () => {}); it.skip("b", () => {}); });
    `);
    assert.deepEqual(table, {
      "TypeScript strict": "not run",
      ESM: "passed",
      JavaScript: "not run",
      YAML: "failed",
      Python: "failed",
      Construct: "failed",
    });
  });

  it("calls nobody passed of whom one test was picked, or one suite of two has failed", () => {
    const table = tableAfter(
      `describe("picked", () => { consumer("ESM"); it("a", () => {}); it("b", () => {}); });
       describe("first", () => { consumer("YAML"); it("a", () => {}); });
       describe("second", () => { consumer("YAML"); it("a", fail); });
       describe("third", () => { consumer("Python"); it("a", () => {}); });`,
      "--grep",
      "a$",
    );
    assert.deepEqual([table.ESM, table.YAML, table.Python], ["not run", "failed", "passed"]);
  });
});
