import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Writable } from "node:stream";
import { RUN_MARKER } from "../supervisor/marker";
import { signal } from "../supervisor/processes";
import { tether } from "../supervisor/tether";

/** A command as a container runs it. */
export interface Command {
  /** By absolute path. */
  file: string;
  args: string[];
  env: Record<string, string>;
  cwd: string;
}

/**
 * Ends, when its standard input does, the process groups that it was told of: the last resort when the node is killed.
 * What setpriv can do ends only the first process of each.
 */
const WARDEN = `
trap '' TERM INT HUP
groups=
while read -r what pid; do
  case $what in
    +) groups="$groups $pid" ;;
    -) left=; for group in $groups; do [ "$group" = "$pid" ] || left="$left $group"; done; groups=$left ;;
  esac
done
for group in $groups; do
  kill -KILL -- "-$group" 2>/dev/null
  pkill -KILL -s "$group" 2>/dev/null
done
`;

/**
 * The processes of all containers. Each command is a session of its own, which stands for a container's process
 * namespace: it ends as a whole with its first process, and with the node. One that makes itself a session leaves it
 * and is found by the run's mark only, when the lab ends.
 */
export class Processes {
  readonly #running = new Set<number>();
  readonly #warden: Writable;

  constructor(private readonly runId: string | undefined) {
    const warden = spawn("/bin/sh", ["-c", WARDEN], {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
      env: { PATH: "/usr/local/bin:/usr/bin:/bin", ...this.mark() },
    });
    warden.stdin.on("error", () => undefined); // it is ended with the lab
    warden.unref();
    this.#warden = warden.stdin;
  }

  /** The mark of this lab's processes, which nothing that a pod says may take away. */
  mark(): Record<string, string> {
    return this.runId === undefined ? {} : { [RUN_MARKER]: this.runId };
  }

  /** Starts a command; `ended` is told once, when its first process has ended and the rest was killed. */
  start(
    { file, args, env, cwd }: Command,
    ended: (exitCode: number, signalNumber: number) => void,
  ): ChildProcessWithoutNullStreams {
    const child = spawn(...tether(file, args), {
      cwd,
      env: { ...env, ...this.mark() },
      detached: true,
      stdio: "pipe",
    });
    child.stdin.on("error", () => undefined); // it does not read
    const { pid } = child;
    if (pid !== undefined) {
      this.#running.add(pid);
      this.#warden.write(`+ ${pid}\n`);
    }
    child.once("error", () => {
      if (pid === undefined) ended(128, 0);
    });
    child.once("exit", (code, name) => {
      if (pid === undefined) return;
      this.kill(pid, "SIGKILL");
      this.#running.delete(pid);
      this.#warden.write(`- ${pid}\n`);
      const number = name ? signalNumber(name) : 0;
      ended(code ?? 128 + number, number);
    });
    return child;
  }

  /** Sends a signal to all of a command's processes. */
  kill(pid: number, name: NodeJS.Signals): void {
    signal(-pid, name);
    for (const member of sessionMembers(pid)) signal(member, name);
  }

  killAll(): void {
    for (const pid of this.#running) this.kill(pid, "SIGKILL");
  }
}

/** Processes of a session that are in another group than its first, as those of `timeout` are. Linux only. */
function sessionMembers(session: number): number[] {
  if (process.platform !== "linux") return [];
  return fs
    .readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      try {
        // Behind the program's name in brackets: state, parent, group, session.
        const fields = fs
          .readFileSync(`/proc/${pid}/stat`, "latin1")
          .replace(/^.*\) /s, "")
          .split(" ");
        return Number(fields[3]) === session && Number(fields[2]) !== session;
      } catch {
        return false; // gone meanwhile
      }
    });
}

const numbers: Partial<Record<NodeJS.Signals, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGABRT: 6,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
};

function signalNumber(name: NodeJS.Signals): number {
  return numbers[name] ?? 0;
}

/** The absolute path of a program, looked for as a shell would; undefined if there is none. */
export function findExecutable(name: string, searchPath: string, cwd: string): string | undefined {
  const candidates = name.includes("/")
    ? [path.resolve(cwd, name)]
    : searchPath.split(":").map((folder) => path.resolve(cwd, folder, name));
  return candidates.find((file) => {
    try {
      fs.accessSync(file, fs.constants.X_OK);
      return fs.statSync(file).isFile();
    } catch {
      return false;
    }
  });
}
