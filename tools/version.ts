import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Folders of projects that depend on this package by its version. */
const PROJECTS = ["examples", "templates"];

interface Manifest {
  name: string;
  version: string;
  dependencies?: { [name: string]: string };
}

interface Lock {
  version: string;
  packages: { "": { version: string } };
}

/** Makes of all changesets one version: package.json and CHANGELOG.md by changesets, and by hand what changesets does not know. */
export function raiseVersion(root: string): string {
  execFileSync(join(root, "node_modules", ".bin", "changeset"), ["version"], { cwd: root, stdio: "inherit" });
  const { name, version } = readJson<Manifest>(join(root, "package.json"));
  change<Lock>(join(root, "package-lock.json"), (lock) => {
    lock.version = version;
    lock.packages[""].version = version;
  });
  for (const file of projectsOf(root)) {
    change<Manifest>(file, ({ dependencies = {} }) => {
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
function change<Content>(file: string, edit: (content: Content) => void): void {
  const content = readJson<Content>(file);
  const before = JSON.stringify(content);
  edit(content);
  if (JSON.stringify(content) !== before) writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
}

function readJson<Content>(file: string): Content {
  return JSON.parse(readFileSync(file, "utf8")) as Content;
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
