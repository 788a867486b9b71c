import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Folders of projects that depend on this package by its version. */
const PROJECTS = ["examples", "templates"];

/** A package.json, or the head of package-lock.json. */
interface Manifest {
  name: string;
  version: string;
  dependencies?: { [name: string]: string };
  packages?: { "": { version: string } };
}

/** Makes of all changesets one version: package.json and CHANGELOG.md by changesets, and by hand what changesets does not know. */
export function raiseVersion(root: string): string {
  execFileSync(join(root, "node_modules", ".bin", "changeset"), ["version"], { cwd: root, stdio: "inherit" });
  const { name, version } = readJson(join(root, "package.json"));
  change(join(root, "package-lock.json"), (lock) => {
    lock.version = version;
    if (lock.packages) lock.packages[""].version = version;
  });
  for (const file of projectsOf(root)) {
    change(file, ({ dependencies = {} }) => {
      if (name in dependencies) dependencies[name] = `^${version}`;
    });
  }
  return version;
}

function projectsOf(root: string): string[] {
  return PROJECTS.map((folder) => join(root, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((project) => join(folder, project, "package.json")))
    .filter((file) => existsSync(file));
}

/** Nothing is written where nothing changes, so that a file's form stays as somebody wrote it. */
function change(file: string, edit: (content: Manifest) => void): void {
  const content = readJson(file);
  const before = JSON.stringify(content);
  edit(content);
  if (JSON.stringify(content) !== before) writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
}

function readJson(file: string): Manifest {
  return JSON.parse(readFileSync(file, "utf8")) as Manifest;
}

if (require.main === module) {
  // `npm version` runs a script of this name as well, when it has raised the version by itself, without any changelog.
  if (process.env.npm_command === "version") {
    console.error(
      "Versions are raised by changesets: git checkout package.json package-lock.json, then npm run version",
    );
    process.exitCode = 1;
  } else {
    console.log(`eks-irsa ${raiseVersion(process.cwd())}. Read CHANGELOG.md, and commit.`);
  }
}
