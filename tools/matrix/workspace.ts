import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { nameOf, type Sdks } from "./combinations";
import type { NodeProgram } from "./programs";
import type { Outcome, Runner } from "./runner";

export const ROOT = path.join(__dirname, "..", "..");

/** What is checked with each set of SDKs: not the lab, which is never published. */
const TYPES = {
  extends: "./tests/tsconfig.json",
  include: ["index.ts", "components", "trust", "plugin", "tests/unit", "tests/components"],
};

/** A copy of the clone, with SDKs of its own. */
export interface Workspace {
  folder: string;
  sdks: Sdks;
  install: Outcome;
  types: Outcome;
}

/** Copies what git knows of the clone, or would add. Nothing that is ignored comes along. */
export function copyClone(folder: string): void {
  const list = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  for (const file of list.split("\0").filter((name) => name !== "" && fs.existsSync(path.join(ROOT, name)))) {
    fs.cpSync(path.join(ROOT, file), path.join(folder, file));
  }
}

/**
 * Makes a copy of the clone with exactly these SDKs; all else is as package-lock.json says. Whoever asks for a newer Node than the one that
 * installs is an error, and the types of the package are checked, with those of its unit and component tests.
 */
export async function prepare(
  folder: string,
  sdks: Sdks,
  node: NodeProgram,
  run: Runner,
): Promise<Workspace> {
  copyClone(folder);
  const { env } = node;
  const file = path.join(folder, "package.json");
  const manifest = JSON.parse(fs.readFileSync(file, "utf8")) as { dependencies: Sdks };
  Object.assign(manifest.dependencies, sdks);
  fs.writeFileSync(file, JSON.stringify(manifest, null, 2));
  const install = await run({
    doing: `installing ${nameOf(sdks)} on Node ${node.version}`,
    usually: "1 min",
    command: "npm",
    args: ["install", "--engine-strict", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"],
    cwd: folder,
    env,
    read: () => "installed",
  });
  if (!install.ok) return { folder, sdks, install, types: { ok: false, text: "not tried" } };
  assertInstalled(folder, sdks);
  fs.writeFileSync(path.join(folder, "tsconfig.matrix.json"), JSON.stringify(TYPES));
  const types = await run({
    doing: `types, ${nameOf(sdks)}`,
    usually: "20 s",
    command: path.join("node_modules", ".bin", "tsc"),
    args: ["-p", "tsconfig.matrix.json"],
    cwd: folder,
    env,
  });
  return { folder, sdks, install, types };
}

/** A second copy of an SDK beside the wanted one would make the whole run say nothing. */
function assertInstalled(folder: string, sdks: Sdks): void {
  const lock = JSON.parse(
    fs.readFileSync(path.join(folder, "node_modules", ".package-lock.json"), "utf8"),
  ) as { packages: { [place: string]: { version: string } } };
  for (const [name, version] of Object.entries(sdks)) {
    const found = Object.entries(lock.packages)
      .filter(([place]) => place.endsWith(`node_modules/${name}`))
      .map(([place, { version: there }]) => `${place} ${there}`);
    if (found.join() !== `node_modules/${name} ${version}`) {
      throw new Error(`${name} ${version} was asked for, and there is: ${found.join(", ")}`);
    }
  }
}
