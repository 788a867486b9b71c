import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { importLines, importTable, type ImportSample } from "../../../lab/bench/import";
import { pulumiModules } from "../../../lab/bench/import/modules";

const SAMPLE = join(__dirname, "..", "..", "..", "lab", "bench", "import", "sample.cjs");

function sample(figures: Partial<ImportSample>): ImportSample {
  return { milliseconds: 100, processor: 100, heap: 10, rss: 50, files: 7, ...figures };
}

describe("the modules that the built package must have", () => {
  it("are those of @pulumi that its files require, however far away, each once", () => {
    const files: Record<string, string> = {
      "/dist/index.js": `var a = require("./components/a"); var r = require("@pulumi/aws/iam/role");`,
      "/dist/components/a.js": `const pulumi = require("@pulumi/pulumi"); require("node:fs"); require("../trust/b");`,
      "/dist/trust/b.js": `require("@pulumi/pulumi"); require("../components/a"); require("yaml"); require("@pulumi/eks");`,
      "/dist/plugin/index.js": `require("@pulumi/never")`,
    };
    const read = (file: string) => files[file] ?? assert.fail(`${file} is no file of the package`);
    assert.deepEqual(pulumiModules("/dist/index.js", read), [
      "@pulumi/aws/iam/role",
      "@pulumi/eks",
      "@pulumi/pulumi",
    ]);
  });
});

describe("an import's sample", () => {
  const take = (...modules: string[]) =>
    JSON.parse(
      execFileSync(process.execPath, ["--expose-gc", SAMPLE, ...modules], { encoding: "utf8" }),
    ) as ImportSample;

  it("counts what the modules load, and not what measures them", () => {
    assert.equal(take().files, 0);
    assert.ok(take("@pulumi/aws/iam/role").files > 500);
  });

  it("is of what the process has grown by", () => {
    assert.ok(take().heap < 1);
    const role = take("@pulumi/aws/iam/role");
    assert.ok(role.heap > 10 && role.rss > role.heap);
    assert.ok(role.milliseconds > 0 && role.processor > 0);
  });

  it("fails where a module is missing", () => {
    assert.throws(
      () => execFileSync(process.execPath, ["--expose-gc", SAMPLE, "@pulumi/none"], { stdio: "pipe" }),
      /Cannot find module '@pulumi\/none'/,
    );
  });
});

describe("the import's lines", () => {
  const times = (figures: Partial<ImportSample>) => Array.from({ length: 7 }, () => sample(figures));

  it("hold time, heap and resident memory against the goal, each by itself", () => {
    const missed = (figures: Partial<ImportSample>) =>
      importLines(times(figures), times({}))
        .filter((line) => line.missed)
        .map(({ name }) => name);
    assert.deepEqual(missed({}), []);
    assert.deepEqual(missed({ milliseconds: 106 }), ["require the package: time"]);
    assert.deepEqual(missed({ heap: 10.6 }), ["require the package: heap"]);
    assert.deepEqual(missed({ rss: 53 }), ["require the package: resident memory"]);
    assert.deepEqual(missed({ milliseconds: 105, heap: 10.4, rss: 52, processor: 200, files: 9 }), []);
  });

  it("are told with the medians of everything", () => {
    const samples = [
      sample({ milliseconds: 1 }),
      sample({ milliseconds: 90.4 }),
      sample({ milliseconds: 91 }),
    ];
    const { columns, rows } = importTable([{ name: "it", samples }]);
    assert.deepEqual(rows, [["it", 90, 100, "10.0", "50.0", 7]]);
    assert.equal(columns.length, rows[0]?.length);
  });
});
