import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "../../support/root";
import { suitesIn } from "../../support/suites";

/** How many of a folder's suites run a file: by its name, or by a pattern for all below a folder. */
function runsOf(file: string, folder: string): number {
  const wanted = Object.values(suitesIn(folder)).flat() as string[];
  const covers = (one: string) => {
    const [head = "", tail] = one.split("**");
    return tail === undefined ? one === file : file.startsWith(head);
  };
  return wanted.filter(covers).length;
}

describe("tests: what is run", () => {
  it("is each file of tests, once", () => {
    const tests = execFileSync("git", ["ls-files", "tests/*.test.ts"], { cwd: ROOT, encoding: "utf8" });
    const files = tests.trim().split("\n");
    assert.ok(files.length > 200);
    assert.deepEqual(
      files.filter((file) => runsOf(join(ROOT, file), join(ROOT, "tests")) !== 1),
      [],
    );
  });

  it("is one in a subfolder as well", () => {
    const folder = mkdtempSync(join(tmpdir(), "eks-irsa-suites-"));
    try {
      const files = ["engine/a.test.ts", "engine/sub/b.test.ts", "examples/sub/sub/c.test.ts"];
      for (const file of files.map((name) => join(folder, name))) {
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, "");
      }
      assert.deepEqual(
        files.filter((file) => runsOf(join(folder, file), folder) !== 1),
        [],
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
