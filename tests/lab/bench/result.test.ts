import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { PERFORMANCE, withWritten } from "../../../lab/bench/document";
import { benchLine, type BenchResult } from "../../../lab/bench/lines";
import { readOptions } from "../../../lab/bench/options";
import { renderMarkdown, renderResult } from "../../../lab/bench/table";

const line = (name: string, value: number, goal?: number) =>
  benchLine(
    name,
    "growth exponent",
    Array.from({ length: 7 }, () => value),
    goal,
  );

const RESULT: BenchResult = {
  ok: false,
  machine: { cores: 2, memoryGiB: 24, node: "20.0.0" },
  seconds: 65,
  parts: [
    {
      part: "trust",
      title: "The trust policy",
      rounds: 7,
      seconds: 61.4,
      tables: [
        {
          title: "Clusters",
          columns: ["", "here"],
          rows: [
            ["ours", 4],
            ["a | b (*)", "-"],
          ],
        },
      ],
      lines: [line("slow", 2, 1.1), line("fast", 1, 1.1), line("whole", 512.25)],
      notes: ["(*) a note"],
    },
  ],
};

describe("the benchmark's result", () => {
  it("shows people each line with its interval, its goal and whether that is missed", () => {
    const shown = renderResult(RESULT);
    assert.match(shown, /^slow {3}growth exponent {2}2\.00 {4}2\.00 to 2\.00 {3}≤ 1\.1 {2}MISSED$/m);
    assert.match(shown, /^fast .* ≤ 1\.1 {2}ok$/m);
    assert.match(shown, /^whole {2}growth exponent {2}512 {5}512 to 512$/m);
    assert.match(shown, /^ours {7}4$/m);
    assert.match(shown, /^The trust policy: 2 cores, 24 GiB, Node 20\.0\.0; 7 rounds; 61 s\.$/m);
  });

  it("is written into a document between its marks, and nothing else is touched", async () => {
    const document = readFileSync(PERFORMANCE, "utf8");
    const result = renderMarkdown(RESULT.parts[0]!, RESULT.machine);
    const written = withWritten(document, "trust", result);
    const [before, after] = [
      document.split("<!-- written by the bench: trust -->")[0],
      document.split("<!-- end of trust -->")[1],
    ];
    assert.ok(written.startsWith(before ?? "?") && written.endsWith(after ?? "?"));
    const formatted = await format(written, { ...(await resolveConfig(PERFORMANCE)), filepath: PERFORMANCE });
    assert.match(
      formatted,
      /^\| slow +\| growth exponent +\| 2\.00 +\| 2\.00 to 2\.00 +\| ≤ 1\.1 +\| MISSED +\|$/m,
    );
    assert.match(formatted, /^\| a \\\| b \(\\\*\) +\| - +\|$/m, "a bar ends no cell");
    assert.equal(withWritten(written, "trust", result), written);
    assert.throws(() => withWritten("no marks", "trust", "text"), /no place for the result/);
  });

  it("says which options are wrong", () => {
    const parts = ["trust", "overhead"];
    assert.deepEqual(readOptions(["--rounds", "7", "--part", "trust", "--json"], parts), {
      rounds: 7,
      parts: ["trust"],
      json: true,
      write: false,
      help: false,
    });
    assert.deepEqual(readOptions(["--write"], parts), {
      rounds: undefined,
      parts,
      json: false,
      write: true,
      help: false,
    });
    for (const wrong of [["--rounds", "6"], ["--rounds", "many"], ["--part", "none"], ["--strange"]]) {
      assert.throws(() => readOptions(wrong, parts), Error, wrong.join(" "));
    }
  });

  it("leaves with 2 when the options are wrong, and with nothing on standard output", () => {
    const main = join(__dirname, "..", "..", "..", "lab", "bench", "main.ts");
    const run = () =>
      execFileSync(process.execPath, ["--import", "tsx", main, "--json", "--rounds", "1"], { stdio: "pipe" });
    assert.throws(run, (error: { status: number; stdout: Buffer; stderr: Buffer }) => {
      assert.equal(error.status, 2);
      assert.equal(error.stdout.toString(), "");
      assert.match(error.stderr.toString(), /--rounds is "1": write a whole number of 7 or more/);
      return true;
    });
  });
});
