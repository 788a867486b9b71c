import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../support/root";
import { manifest } from "../manifest";

const FILES = [".changeset", "CHANGELOG.md", "package.json", "package-lock.json"];
const TOOLS = ["version.ts", "changelogLine.cjs"];

describe("release: npm run version", function () {
  this.timeout(120_000);
  let copy: string;
  const json = (file: string) => JSON.parse(readFileSync(join(copy, file), "utf8")) as Manifest;

  interface Manifest {
    version: string;
    dependencies: { [name: string]: string };
    packages: { "": { version: string } };
  }

  before(() => {
    copy = mkdtempSync(join(tmpdir(), "eks-irsa-version-"));
    for (const file of FILES) cpSync(join(ROOT, file), join(copy, file), { recursive: true });
    for (const file of TOOLS) cpSync(join(ROOT, "tools", file), join(copy, "tools", file));
    symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
    const project = join(copy, "templates", "typescript");
    mkdirSync(project, { recursive: true });
    const dependencies = { "eks-irsa": "^0.0.1", other: "^1.0.0" };
    writeFileSync(join(project, "package.json"), JSON.stringify({ dependencies }));
    execFileSync("git", ["init", "--quiet", "--initial-branch", "main"], { cwd: copy });
    const changeset = (level: string, text: string) => `---\n"eks-irsa": ${level}\n---\n\n${text}\n`;
    writeFileSync(
      join(copy, ".changeset", "calm-owls-sing.md"),
      changeset("minor", "Clusters sing.\n\nAll day."),
    );
    writeFileSync(join(copy, ".changeset", "brave-owls-sing.md"), changeset("patch", "A fix."));
    const args = ["--import", "tsx", "tools/version.ts"];
    execFileSync(process.execPath, args, { cwd: copy, stdio: "pipe" });
  });
  after(() => {
    rmSync(copy, { recursive: true, force: true });
  });

  it("raises the version by the highest of the changesets, in every place that has it", () => {
    const [major, minor] = manifest().version.split(".").map(Number);
    const raised = `${major}.${(minor ?? 0) + 1}.0`;
    assert.equal(json("package.json").version, raised);
    const lock = json("package-lock.json");
    assert.deepEqual([lock.version, lock.packages[""].version], [raised, raised]);
    const { dependencies } = json("templates/typescript/package.json");
    assert.deepEqual(dependencies, { "eks-irsa": `^${raised}`, other: "^1.0.0" });
  });

  it("writes the changesets' texts on top of the changelog, and takes them away", () => {
    const changelog = readFileSync(join(copy, "CHANGELOG.md"), "utf8");
    const before = readFileSync(join(ROOT, "CHANGELOG.md"), "utf8").replace("# Changelog\n", "");
    const added = "### Minor Changes\n\n- Clusters sing.\n\n  All day.\n\n### Patch Changes\n\n- A fix.\n";
    const { version } = json("package.json");
    assert.equal(changelog, `# Changelog\n\n## ${version}\n\n${added}${before}`);
    assert.ok(!existsSync(join(copy, ".changeset", "calm-owls-sing.md")));
  });

  it("refuses to be what `npm version` runs", () => {
    const { status, stderr } = spawnSync(process.execPath, ["--import", "tsx", "tools/version.ts"], {
      cwd: copy,
      encoding: "utf8",
      env: { ...process.env, npm_command: "version" },
    });
    assert.equal(status, 1);
    assert.match(stderr, /Versions are raised by changesets/);
  });
});
