import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What is looked at, and what is in the way with what to do about it; undefined where nothing is. */
export interface Check {
  name: string;
  problem?: string;
}

/** All that can be said by looking at the clone alone. */
export function checkClone(root: string, tag?: string): Check[] {
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: "pipe" }).trim();
  const version = versionOf(root);
  return [
    ...(tag === undefined ? [checkBranch(git), checkNoTag(git, version)] : [checkTag(git, tag, version)]),
    checkTree(git),
    checkLock(root, version),
    checkRepository(root),
    checkChangesets(root),
    checkChangelog(root, version),
  ];
}

/** The version in package.json. */
export function versionOf(root: string): string {
  return (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string }).version;
}

type Git = (...args: string[]) => string;

function checkBranch(git: Git): Check {
  const name = "branch main, with all that origin's has";
  const branch = git("branch", "--show-current");
  const shown = branch === "" ? "no branch" : `the branch ${branch}`;
  if (branch !== "main") return { name, problem: `this is ${shown}: git switch main` };
  try {
    // With it come the tags of what it has.
    git("fetch", "--quiet", "origin", "+refs/heads/main:refs/remotes/origin/main");
  } catch (error) {
    const [why = ""] = (error as { stderr: string }).stderr.trim().split("\n");
    return { name, problem: `origin gives no main: ${why}` };
  }
  const counts = git("rev-list", "--left-right", "--count", "main...origin/main").split("\t");
  const [ahead = 0, behind = 0] = counts.map(Number);
  const mend = ahead === 0 ? ": git pull --ff-only" : `, and this one ${ahead}: git pull --rebase`;
  return found(name, behind > 0 && `origin's is ${behind} ahead${mend}`);
}

function checkNoTag(git: Git, version: string): Check {
  const there = git("tag", "--list", `v${version}`) !== "";
  return found(
    `tag v${version} is new`,
    there && "it exists: raise the version by npx changeset and npm run version",
  );
}

function checkTag(git: Git, tag: string, version: string): Check {
  const name = `tag ${tag} is this version, and checked out`;
  if (tag !== `v${version}`)
    return { name, problem: `package.json has ${version}: the tag must be v${version}` };
  const here = git("tag", "--points-at", "HEAD").split("\n").includes(tag);
  return found(name, !here && `it does not point here: git switch --detach ${tag}`);
}

function checkTree(git: Git): Check {
  const changed = git("status", "--porcelain");
  const files = changed.split("\n").map((line) => line.trim().replace(/^\S+\s+/, ""));
  return found("nothing uncommitted", changed !== "" && `commit or stash ${files.join(", ")}`);
}

function checkLock(root: string, version: string): Check {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    version: string;
    packages: { "": { version: string } };
  };
  const agrees = lock.version === version && lock.packages[""].version === version;
  const problem = `it has ${lock.version}, and package.json ${version}: npm install --package-lock-only`;
  return found("package-lock.json has the version", !agrees && problem);
}

/** https://docs.npmjs.com/generating-provenance-statements#prerequisites */
function checkRepository(root: string): Check {
  const { repository } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    repository?: { url?: string };
  };
  const problem =
    "npm refuses provenance without it: write the public repository's address, as the forge spells it";
  return found("package.json has repository.url", repository?.url === undefined && problem);
}

function checkChangesets(root: string): Check {
  const folder = join(root, ".changeset");
  const waiting = existsSync(folder)
    ? readdirSync(folder).filter((file) => file.endsWith(".md") && file !== "README.md")
    : [];
  return found(
    "no changeset waits",
    waiting.length > 0 && `${waiting.join(", ")}: npm run version puts them into CHANGELOG.md`,
  );
}

function checkChangelog(root: string, version: string): Check {
  const name = `CHANGELOG.md has ${version}`;
  const [, ...entries] = readFileSync(join(root, "CHANGELOG.md"), "utf8").split(/^## /m);
  const entry = entries.find((text) => text.split(/\s/)[0] === version);
  if (entry === undefined) return { name, problem: `write an entry "## ${version}"` };
  const [heading = "", ...lines] = entry.split("\n");
  if (/unreleased/i.test(heading)) return { name, problem: `take "(unreleased)" out of its heading` };
  return found(name, !lines.some((line) => line.startsWith("- ")) && "its entry lists nothing");
}

function found(name: string, problem: string | false): Check {
  return problem === false ? { name } : { name, problem };
}
