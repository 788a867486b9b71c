import { endOf, runCommand } from "../../lab/setup/command";
import type { Progress } from "../../lab/setup/progress";

/** What came of one step: a few words for the table. */
export interface Outcome {
  ok: boolean;
  text: string;
}

/** A command of the matrix. */
export interface Step {
  /** What it does, for who waits: `types, pulumi 3.245.0`. */
  doing: string;
  usually: string;
  command: string;
  args: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** What the table says, by what the command has written. Default: `ok`. */
  read?: (output: string) => string;
}

export type Runner = (step: Step) => Promise<Outcome>;

/** A runner that tells how far it is, and shows the end of what a failed command has written. */
export function createRunner(progress: Progress): Runner {
  return async ({ doing, usually, command, args, cwd, env, read = () => "ok" }) => {
    let last: string | undefined;
    const done = progress.step(doing, { usually, howFar: () => last });
    const { exitCode, output } = await runCommand(command, args, {
      cwd,
      env,
      onLine: (line) => {
        last = line.trim().slice(0, 80) || last;
      },
    });
    done();
    if (exitCode === 0) return { ok: true, text: read(output) };
    progress.line(`FAILED: ${doing}\n${endOf(output, 40)}`);
    return { ok: false, text: `FAIL: ${read(output)}` };
  };
}
