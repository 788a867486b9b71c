// Runs the project's checks and tests: `node --import tsx tests/run.mjs [all|fast|engine] [mocha options]`. One line for each step
// that is fine, the whole output of one that is not, and at the end the table of consumers and the sum.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setUp } from "../lab/setup/index.ts";
import { consumerTable } from "./support/consumerTable.ts";
import { suitesIn } from "./support/suites.ts";

const [which = "all", ...mochaOptions] = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), "eks-irsa-tests-"));
const figures = join(scratch, "figures");
writeFileSync(figures, "");
const consumers = join(scratch, "consumers");
writeFileSync(consumers, "");
const failed = [];

const bin = (name) => join("node_modules", ".bin", name);
const cache = join("node_modules", ".cache", "eks-irsa");
mkdirSync(cache, { recursive: true });

/**
 * What is remembered of the last run. By a file's content alone neither formatting nor a rule of lint that asks for types of other
 * files is quite certain (a new version, a type that has changed elsewhere): `npm test` looks at everything.
 */
const remembered = (option, ...options) => (which === "fast" ? [option, ...options] : []);
const checks = [
  [
    "formatting",
    bin("prettier"),
    ["--check", ".", "--log-level", "warn"],
    remembered("--cache", "--cache-strategy", "content", "--cache-location", join(cache, "prettier")),
  ],
  [
    "types",
    bin("tsc"),
    [
      "--noEmit",
      "-p",
      "tests/tsconfig.json",
      "--incremental",
      "--tsBuildInfoFile",
      join(cache, "tests.tsbuildinfo"),
    ],
    [],
  ],
  [
    "lint",
    bin("eslint"),
    ["."],
    remembered("--cache", "--cache-strategy", "content", "--cache-location", join(cache, "eslint")),
  ],
];

const suites = suitesIn("tests");

/** Runs a command to its end; quiet ones show their output only when they fail. */
function run(name, command, args, quiet) {
  const started = Date.now();
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ["ignore", quiet ? "pipe" : "inherit", quiet ? "pipe" : "inherit"],
      env: { ...process.env, TEST_FIGURES: figures, TEST_CONSUMERS: consumers },
    });
    let output = "";
    child.stdout?.on("data", (data) => (output += data));
    child.stderr?.on("data", (data) => (output += data));
    child.on("error", (error) => (output += error.message));
    child.on("close", (code) => {
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      console.log(`${code === 0 ? "ok  " : "FAIL"} ${name} (${seconds} s)`);
      if (code !== 0) {
        failed.push(name);
        console.log(output.trimEnd());
      }
      resolve();
    });
  });
}

function suite(name, quiet = false) {
  return run(`${name} tests`, bin("mocha"), [...suites[name], ...mochaOptions], quiet);
}

/** Sees to the programs of the lab before any test: on a machine that has nothing yet, they are built. */
async function isSetUp() {
  try {
    await setUp();
    return true;
  } catch (error) {
    console.log(`FAIL setting up the lab\n${error.message}`);
    failed.push("setting up the lab");
    return false;
  }
}

try {
  if (which !== "engine") {
    const checking = checks.map(([name, command, args, more]) =>
      run(name, command, [...args, ...more], true),
    );
    await Promise.all([...checking, suite("fast")]);
  }
  if (which !== "fast" && (await isSetUp())) {
    // Each waits for half of its time. The one's lines are shown as they come, the others' when they have failed, or a few are wanted.
    const quiet = mochaOptions.length === 0;
    console.log("lab and engine tests beside each other (about 35 minutes on two cores)");
    await Promise.all([suite("engine"), suite("lab", quiet).then(() => suite("other engine", quiet))]);
  }
  const sums = readFileSync(figures, "utf8")
    .trim()
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const sum = (key) => sums.reduce((total, one) => total + one[key], 0);
  if (failed.length > 0) {
    console.log(`\nfailed: ${failed.join(", ")}`);
    for (const { titles } of sums) for (const title of titles) console.log(`  ${title}`);
  }
  if (which !== "fast") console.log(`\n${consumerTable(readFileSync(consumers, "utf8"))}`);
  console.log(`\n${sum("passes")} passed, ${sum("failures")} failed, ${sum("pending")} skipped`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = failed.length > 0 ? 1 : 0;
