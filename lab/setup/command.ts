import { spawn } from "node:child_process";
import { onEnd } from "../supervisor/signals";
import { signal } from "../supervisor/processes";
import { tether } from "../supervisor/tether";

/** How a command ended. */
export interface CommandResult {
  /** Undefined if it could not be started. */
  exitCode: number | undefined;
  /** Everything it wrote, to standard output and standard error. */
  output: string;
}

export interface CommandOptions {
  cwd?: string;
  env: NodeJS.ProcessEnv;
  onLine?: (line: string) => void;
  /** Milliseconds after which it is killed. */
  timeout?: number;
}

/** Runs a command to its end. It does not outlive this process. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(...tether(command, args), {
      cwd: options.cwd,
      env: options.env,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: options.timeout,
      killSignal: "SIGKILL",
    });
    const forget = onEnd(() => {
      if (child.pid !== undefined) {
        signal(child.pid, "SIGTERM");
      }
    });
    let output = "";
    let line = "";
    const hear = (chunk: string) => {
      output += chunk;
      const lines = (line + chunk).split("\n");
      line = lines.pop() ?? "";
      lines.forEach((whole) => options.onLine?.(whole));
    };
    child.stdout.setEncoding("utf8").on("data", hear);
    child.stderr.setEncoding("utf8").on("data", hear);
    child.once("error", (error) => {
      forget();
      resolve({ exitCode: undefined, output: `${output}${error.message}` });
    });
    child.once("close", (code) => {
      forget();
      resolve({ exitCode: code ?? -1, output });
    });
  });
}

/** The last lines of a command's output, on one line each. */
export function endOf(output: string, count = 15): string {
  return output.trimEnd().split("\n").slice(-count).join("\n");
}
