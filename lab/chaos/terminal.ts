import { execFile } from "node:child_process";
import { copyFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { engineEnvironment, projectFolders } from "../engine/environment";
import { OperationFailed } from "../engine/workspace";
import type { Fleet, Variant } from "./fleet";
import { PAGE, recovery } from "./page";

/** What a command printed. */
export interface Printed {
  command: string;
  text: string;
  failed: boolean;
}

/** Things of a fleet by the names under which the page speaks of them: `<ARN of the provider>`. */
export type Placeholders = Record<string, string>;

/**
 * Types the commands of the page, one after the other, as a user of the fleet's stack would; ends with the first that fails. `last`
 * stands for the last command, where something else was interrupted.
 */
export async function recover(
  fleet: Fleet,
  name: string,
  options: { variant: Variant; placeholders?: Placeholders; last?: string },
): Promise<Printed[]> {
  const { commands } = recovery(name);
  const printed: Printed[] = [];
  for (const [index, written] of commands.entries()) {
    const isLast = index === commands.length - 1;
    const command = filledIn(isLast ? (options.last ?? written) : written, options.placeholders ?? {});
    const result = await type(fleet, options.variant, command);
    printed.push(result);
    if (result.failed) break;
  }
  return printed;
}

/** Types one command. `pulumi up` runs the fleet's program; everything else is a shell's. */
export async function type(fleet: Fleet, variant: Variant, command: string): Promise<Printed> {
  const [, assignments = ""] = /^((?:\w+=\S+ )*)pulumi up( --yes)?$/.exec(command) ?? [];
  if (!/^(\w+=\S+ )*pulumi up( --yes)?$/.test(command)) return runInShell(fleet, variant, command);
  const pairs = assignments.split(" ").filter(Boolean);
  const environment = Object.fromEntries(pairs.map((pair) => pair.split("=") as [string, string]));
  const stack = await fleet.stack(variant, environment);
  try {
    return { command, text: (await stack.up()).text, failed: false };
  } catch (error) {
    if (!(error instanceof OperationFailed)) throw error;
    return { command, text: `${error.result.text}\n${error.message}`, failed: true };
  }
}

function runInShell(fleet: Fleet, variant: Variant, command: string): Promise<Printed> {
  const options = fleet.options(variant);
  const folders = projectFolders(options);
  // What the page says is beside it.
  copyFileSync(join(PAGE, "..", "pending-creates.mjs"), join(folders.work, "pending-creates.mjs"));
  const ours = engineEnvironment(options, folders);
  const { pulumiRoot, kubectl } = options.binaries;
  const path = [join(pulumiRoot, "bin"), ours.PATH, dirname(kubectl)].join(delimiter);
  // Version 1 of the AWS CLI does not know AWS_REGION.
  const env = {
    ...process.env,
    ...ours,
    AWS_DEFAULT_REGION: ours.AWS_REGION,
    PATH: path,
    HOME: folders.work,
  };
  return new Promise((resolve) => {
    execFile("sh", ["-c", command], { cwd: folders.work, env }, (error, stdout, stderr) => {
      resolve({ command, text: `${stdout}${stderr}`, failed: error !== null });
    });
  });
}

function filledIn(command: string, placeholders: Placeholders): string {
  return command.replace(/<([^<>]+)>/g, (_all, name: string) => {
    const value = placeholders[name];
    if (value === undefined) throw new Error(`docs/recovery.md speaks of <${name}>, which nobody has told`);
    return value;
  });
}
