import { endOf, runCommand } from "../../lab/setup/command";
import { npmEnvironment } from "../npmEnvironment";
import type { Check } from "./checks";
import { checkTarball, reportIn, type Tarball } from "./tarball";

/** Builds the package and looks into the tarball that it would become. No file is left but in dist/. */
export async function checkPack(root: string): Promise<Check[]> {
  const args = ["pack", "--dry-run", "--json", "--foreground-scripts=false", "--loglevel=error"];
  const { exitCode, output } = await runCommand("npm", args, { cwd: root, env: npmEnvironment() });
  if (exitCode !== 0) return [{ name: "npm pack", problem: endOf(output) }];
  const [tarball] = JSON.parse(reportIn(output)) as Tarball[];
  return tarball ? checkTarball(tarball) : [{ name: "npm pack", problem: "it packed nothing" }];
}

/** npm's own rehearsal: it does all but send. The registry that it would send to is told. */
export async function checkPublish(root: string): Promise<Check> {
  const args = ["publish", "--dry-run", "--ignore-scripts", "--access", "public"];
  const { exitCode, output } = await runCommand("npm", args, { cwd: root, env: npmEnvironment() });
  const [to = ""] = /to \S+(?= with tag)/.exec(output) ?? [];
  return { name: `npm publish --dry-run ${to}`.trimEnd(), ...(exitCode !== 0 && { problem: endOf(output) }) };
}

/** All tests, as CI runs them. */
export async function checkTests(root: string, onLine: (line: string) => void): Promise<Check> {
  const { exitCode, output } = await runCommand("bash", [".ci/run"], { cwd: root, env: process.env, onLine });
  return { name: "all tests", ...(exitCode !== 0 && { problem: endOf(output, 40) }) };
}
