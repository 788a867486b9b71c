import { endOf, runCommand } from "../../lab/setup/command";
import { npmEnvironment } from "../../tools/npmEnvironment";

/** Runs a command to its end, in a folder; resolves to what it wrote. Fails with that if it fails. */
export async function command(
  cwd: string,
  name: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const { exitCode, output } = await runCommand(name, args, { cwd, env });
  if (exitCode !== 0)
    throw new Error(`${name} ${args.join(" ")}: exit code ${exitCode}\n${endOf(output, 60)}`);
  return output;
}

/** Runs npm in a folder. Whatever the packages would run when they are installed is left out, as the lab does it for the clone. */
export function npm(cwd: string, ...args: string[]): Promise<string> {
  return command(cwd, "npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"], npmEnvironment());
}
