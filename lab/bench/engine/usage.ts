import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Names the file that the CLI's uses are written into. */
const USAGE_FILE = "EKS_IRSA_BENCH_USAGE";

/** What one command of the CLI took. */
export interface CliUsage {
  /** `up`, `preview`. */
  command: string;
  /** From its start to its end. */
  seconds: number;
  /** Processor time, its own and that of what it started. */
  processorSeconds: number;
  /** The most memory that it had at once. */
  peakMiB: number;
}

// The kernel tells it of a child that has ended, exactly, and to its parent only; Node does not pass it on.
const MEASURED = (python: string, cli: string) => `#!${python} -IS
import json, os, sys, time
began = time.monotonic()
child = os.fork()
if child == 0:
    os.execv(${JSON.stringify(cli)}, ["pulumi"] + sys.argv[1:])
_, status, used = os.wait4(child, 0)
line = {"command": sys.argv[1] if len(sys.argv) > 1 else "", "seconds": time.monotonic() - began,
        "processorSeconds": used.ru_utime + used.ru_stime, "peakMiB": used.ru_maxrss / 1024}
if ${JSON.stringify(USAGE_FILE)} in os.environ:
    with open(os.environ[${JSON.stringify(USAGE_FILE)}], "a") as file:
        file.write(json.dumps(line) + "\\n")
os._exit(os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else 1)
`;

/** Makes a `pulumi` below a folder that is the CLI, and writes down what each of its commands took. */
export function measuredCli(
  folder: string,
  { python, pulumiRoot }: { python: string; pulumiRoot: string },
): string {
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "pulumi"), MEASURED(python, join(pulumiRoot, "bin", "pulumi")), { mode: 0o755 });
  return folder;
}

/** The environment in which a measured CLI writes into a file. */
export function usageEnvironment(file: string): Record<string, string> {
  return { [USAGE_FILE]: file };
}

/** The last use of a command that a file tells of. */
export function readUsage(file: string, command: string): CliUsage {
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
  const usage = lines
    .map((line) => JSON.parse(line) as CliUsage)
    .filter((one) => one.command === command)
    .at(-1);
  if (usage === undefined) throw new Error(`pulumi ${command} was not measured`);
  return usage;
}
