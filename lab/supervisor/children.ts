import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { pause } from "./processes";
import { tether } from "./tether";

/** Starts a program of the lab whose output goes to `<run>/logs/<name>.log`. */
export type SpawnChild = (
  name: string,
  command: string,
  args: readonly string[],
  env?: NodeJS.ProcessEnv,
) => ChildProcess;

/** A part of the lab that ended or did not get ready, with the end of its log. */
export class PartFailed extends Error {
  constructor(
    name: string,
    what: string,
    readonly log: string,
    logPath: string,
  ) {
    super(`${name} ${what}. The end of its log (${logPath}):\n${log.replace(/^/gm, "    ")}`);
    this.name = "PartFailed";
  }

  /** Another program took the port between asking for a free one and using it. */
  get isPortClash(): boolean {
    return /address already in use/i.test(this.log);
  }
}

/** The last lines of a log, cut to a readable width. */
export function lastLines(file: string, count = 12): string {
  if (!fs.existsSync(file)) {
    return "(there is no log)";
  }
  const lines = fs.readFileSync(file, "utf8").trimEnd().split("\n").slice(-count);
  return (
    lines.map((line) => (line.length > 400 ? `${line.slice(0, 400)}…` : line)).join("\n") ||
    "(the log is empty)"
  );
}

/** The programs that a supervisor has started. */
export class Children {
  readonly #running = new Map<string, ChildProcess>();

  constructor(
    private readonly directory: string,
    private readonly environment: NodeJS.ProcessEnv,
    private readonly events: {
      /** The set of running children is another now. */
      changed: (pids: number[]) => void;
      ended: (name: string, how: string) => void;
    },
  ) {}

  logPath(name: string): string {
    return path.join(this.directory, "logs", `${name}.log`);
  }

  /** Pid of a running child. */
  pid(name: string): number | undefined {
    return this.#running.get(name)?.pid;
  }

  /** Pids of all that run. */
  pids(): number[] {
    return [...this.#running.values()].flatMap((child) => child.pid ?? []);
  }

  readonly spawn: SpawnChild = (name, command, args, env = {}) => {
    const log = fs.openSync(this.logPath(name), "a", 0o600);
    const child = spawn(...tether(command, args), {
      cwd: this.directory,
      env: { ...this.environment, ...env },
      stdio: ["ignore", log, log],
    });
    fs.closeSync(log);
    child.once("error", (error) => {
      fs.appendFileSync(this.logPath(name), `${error.message}\n`);
    });
    child.once("exit", (code, signal) => {
      this.#running.delete(name);
      this.events.ended(name, signal ?? `exit code ${code ?? "unknown"}`);
    });
    this.#running.set(name, child);
    this.events.changed(this.pids());
    return child;
  };

  /** Resolves when `check` is true; rejects with the end of the log if the child ends first or `seconds` have gone. */
  async waitFor(
    name: string,
    child: ChildProcess,
    check: () => Promise<boolean>,
    seconds = 120,
  ): Promise<void> {
    const deadline = Date.now() + seconds * 1_000;
    for (;;) {
      // First of all, for it may be another program that answers where this one could not start.
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
        const how = child.signalCode ?? `exit code ${child.exitCode ?? "unknown"}`;
        throw this.failure(name, `ended while it was starting (${how})`);
      }
      if (await check()) {
        return;
      }
      if (Date.now() > deadline) {
        throw this.failure(name, `was not ready after ${seconds} s`);
      }
      await pause(100);
    }
  }

  private failure(name: string, what: string): PartFailed {
    return new PartFailed(name, what, lastLines(this.logPath(name)), this.logPath(name));
  }
}
