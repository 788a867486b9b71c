import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { NODES } from "../../../tools/matrix/combinations";
import { ROOT } from "../../docs/page";
import { manifest } from "../manifest";

const FOLDER = join(ROOT, ".github", "workflows");

interface Step {
  uses?: string;
  run?: string;
  if?: string;
  with?: { [name: string]: unknown };
}

interface Job {
  permissions?: { [scope: string]: string };
  needs?: string;
  strategy?: { matrix: { node: number[] } };
  steps: Step[];
}

interface Workflow {
  name: string;
  permissions: { [scope: string]: string };
  concurrency: unknown;
  jobs: { [name: string]: Job };
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax */
const KEYS = {
  workflow: ["name", "on", "permissions", "concurrency", "jobs"],
  job: ["needs", "runs-on", "timeout-minutes", "environment", "permissions", "strategy", "steps"],
  step: ["uses", "run", "if", "with"],
};

const workflows = readdirSync(FOLDER).map((file) => {
  const text = readFileSync(join(FOLDER, file), "utf8");
  return { file, text, workflow: parse(text) as Workflow };
});

const unknownKeys = (value: object, known: string[]) =>
  Object.keys(value).filter((key) => !known.includes(key));

const scripts = manifest().scripts;

describe("release: the forge's workflows", () => {
  it("are the three that docs/releasing.md tells of, each by its name", () => {
    assert.deepEqual(
      workflows.map(({ file, workflow }) => [file, workflow.name]),
      ["ci", "matrix", "release"].map((name) => [`${name}.yml`, name]),
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
      const expected = { contents: "read", "id-token": "write" };
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
      const commands = steps.flatMap(({ run }) => (run === undefined ? [] : run.trim().split("\n")));
      assert.ok(commands.length > 0);
      for (const command of commands) {
        const [, script, path] = /^(?:npm run ([\w:]+)|bash (\S+))/.exec(command) ?? [];
        const known =
          script !== undefined
            ? script in scripts
            : path !== undefined
              ? existsSync(join(ROOT, path))
              : false;
        assert.ok(known || /^npm (ci|publish) /.test(command), command);
      }
    });
  }

  it("the matrix's Node versions are those of the script", () => {
    const matrix = workflows.find(({ file }) => file === "matrix.yml")!.workflow;
    assert.deepEqual(matrix.jobs.matrix!.strategy!.matrix.node, [...NODES]);
  });

  it("nothing is published before all tests have passed, and the release script has looked", () => {
    const { publish, test } = workflows.find(({ file }) => file === "release.yml")!.workflow.jobs;
    assert.equal(publish!.needs, "test");
    assert.ok(test!.steps.some(({ run }) => run === "bash .ci/run"));
    const runs = publish!.steps.flatMap(({ run }) => run ?? []);
    assert.deepEqual(runs.slice(-2), [
      'npm run release -- --tag "$GITHUB_REF_NAME"',
      "npm publish --provenance --access public",
    ]);
  });

  it("no job that publishes restores a cache, which another workflow may have filled", () => {
    const { jobs } = workflows.find(({ file }) => file === "release.yml")!.workflow;
    const steps = Object.values(jobs).flatMap((job) => job.steps);
    assert.ok(!steps.some((step) => step.uses?.includes("actions/cache") ?? false));
    for (const { uses, with: settings } of steps) {
      if (uses?.includes("setup-node")) assert.equal(settings?.["package-manager-cache"], false);
    }
  });
});
