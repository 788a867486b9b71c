import { endOf, runCommand } from "../../lab/setup/command";

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
  // These tell of the npm that runs the tests, and of the clone; its settings stay.
  const foreign =
    /^npm_(package|lifecycle)_|^npm_config_(local_prefix|dry_run|json)$|^(INIT_CWD|NODE_OPTIONS)$/;
  const own = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return command(
    cwd,
    "npm",
    [...args, "--no-audit", "--no-fund", "--loglevel=error"],
    Object.fromEntries(own),
  );
}
