import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { NODES } from "../../../tools/matrix/combinations";
import { ROOT } from "../../support/root";
import { manifest } from "../manifest";
import { workflowIn, workflows } from "../workflows";

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax */
const KEYS = {
  workflow: ["name", "on", "permissions", "concurrency", "jobs"],
  job: [
    "needs",
    "runs-on",
    "timeout-minutes",
    "environment",
    "permissions",
    "continue-on-error",
    "strategy",
    "steps",
  ],
  step: ["uses", "run", "if", "with", "env"],
};

const unknownKeys = (value: object, known: string[]) =>
  Object.keys(value).filter((key) => !known.includes(key));

const scripts = manifest().scripts;

describe("release: the forge's workflows", () => {
  it("are these, each by its name", () => {
    assert.deepEqual(
      workflows.map(({ file, workflow }) => [file, workflow.name]),
      ["ci", "matrix", "real-plugins", "release"].map((name) => [`${name}.yml`, name]),
    );
  });

  for (const { file, text, workflow } of workflows) {
    const jobs = Object.values(workflow.jobs);
    const steps = jobs.flatMap((job) => job.steps);

    it(`${file}: has only keys that are used here on purpose, and a time limit for each job`, () => {
      assert.deepEqual(unknownKeys(workflow, KEYS.workflow), []);
      assert.deepEqual(
        jobs.flatMap((job) => unknownKeys(job, KEYS.job)),
        [],
      );
      assert.deepEqual(
        steps.flatMap((step) => unknownKeys(step, KEYS.step)),
        [],
      );
      assert.ok(jobs.every((job) => "timeout-minutes" in job));
    });

    it(`${file}: may only read, but for the job that publishes`, () => {
      assert.deepEqual(workflow.permissions, { contents: "read" });
      const more = Object.entries(workflow.jobs).filter(([, job]) => job.permissions !== undefined);
      const expected = { "id-token": "write" };
      assert.deepEqual(
        more.map(([name, job]) => [name, job.permissions]),
        file === "release.yml" ? [["publish", expected]] : [],
      );
    });

    it(`${file}: every action is pinned by its commit, with its version beside it`, () => {
      const uses = text.split("\n").filter((line) => line.includes("uses:"));
      assert.ok(uses.length > 0);
      for (const line of uses) assert.match(line, /uses: actions\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    });

    // It wants the tag's own object where the checkout has asked for the commit, and fails on an annotated tag, which is there without it.
    it(`${file}: no checkout fetches tags`, () => {
      assert.deepEqual(
        steps.filter((step) => step.with && "fetch-tags" in step.with),
        [],
      );
    });

    it(`${file}: every command is one of this repository`, () => {
      // What the job that publishes runs has tests of its own.
      const own = jobs.filter((job) => job.permissions === undefined).flatMap((job) => job.steps);
      const commands = own.flatMap(({ run }) => (run === undefined ? [] : run.trim().split("\n")));
      assert.ok(commands.length > 0);
      for (const command of commands) {
        const [, script, path] = /^(?:npm run ([\w:]+)|bash (\S+))/.exec(command) ?? [];
        const known =
          script !== undefined
            ? script in scripts
            : path !== undefined
              ? existsSync(join(ROOT, path))
              : false;
        assert.ok(known || /^npm (ci|pack)\b/.test(command), command);
      }
    });
  }

  it("the matrix's Node versions are those of the script", () => {
    assert.deepEqual(workflowIn("matrix.yml").jobs.matrix!.strategy!.matrix.node, [...NODES]);
  });

  it("ci judges each commit of main: none is in a group with another one, which would have it cancelled while it waits", () => {
    const { concurrency } = workflowIn("ci.yml");
    assert.deepEqual(concurrency, {
      group: "ci-${{ github.event_name == 'pull_request' && github.ref || github.sha }}",
      "cancel-in-progress": "${{ github.event_name == 'pull_request' }}",
    });
  });

  it("a pull request that changes what is published has it run under each Node, and with the lowest SDKs", () => {
    const { paths = [] } = workflowIn("matrix.yml").on.pull_request ?? {};
    const sources = manifest().files.filter(
      (name) => !["dist", "CHANGELOG.md", "PulumiPlugin.yaml"].includes(name),
    );
    assert.ok(sources.length > 3);
    for (const source of ["package.json", ...sources]) {
      const name = source.split("/")[0]!;
      assert.ok(paths.includes(name) || paths.includes(`${name}/**`), source);
    }
  });

  it("the demo with Pulumi's real plugins is run each week, and by hand; it alone may fail", () => {
    const { on, jobs } = workflowIn("real-plugins.yml");
    assert.deepEqual(Object.keys(on), ["schedule", "workflow_dispatch"]);
    const demo = jobs.demo?.steps.find(({ run }) => run === "npm run demo");
    assert.deepEqual(demo?.env, { LAB_PLUGINS: "real" });
    const lenient = workflows.flatMap(({ file, workflow }) =>
      Object.values(workflow.jobs).flatMap((job) => (job["continue-on-error"] === undefined ? [] : file)),
    );
    assert.deepEqual(lenient, ["real-plugins.yml"]);
  });

  it("what is cached of the lab is keyed by all that it is made of", () => {
    const files = execFileSync("git", ["ls-files"], { cwd: ROOT, encoding: "utf8" }).split("\n");
    const wanted = [
      ...files.filter((file) => /^lab\/(go\/|.*\/requirements\.txt$)/.test(file)),
      // SDKs of consumers, by their locked versions, and what the lab downloads and builds.
      ...["package-lock.json", "lab/setup/parts.ts"],
    ];
    assert.ok(wanted.length > 10);
    const keys = workflows.flatMap(({ workflow }) =>
      Object.values(workflow.jobs)
        .flatMap(({ steps }) => steps)
        .filter(({ uses }) => uses?.startsWith("actions/cache@"))
        .map((step) => String(step.with?.key)),
    );
    assert.ok(keys.length >= 2);
    for (const key of keys) {
      const patterns = [...key.matchAll(/'([^']+)'/g)].map(([, glob = ""]) => asPattern(glob));
      assert.deepEqual(
        wanted.filter((file) => !patterns.some((pattern) => pattern.test(file))),
        [],
      );
    }
  });
});

/** A pattern of `hashFiles`, in which `**` stands for any folders. */
function asPattern(glob: string): RegExp {
  const parts = glob.split("**").map((part) => part.replaceAll(/[.+]/g, "\\$&").replaceAll("*", "[^/]*"));
  return new RegExp(`^${parts.join(".*")}$`);
}
