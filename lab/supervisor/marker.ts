import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { pause, signal } from "./processes";

/** The environment variable that every process of a lab carries, with the run's id as its value. */
export const RUN_MARKER = "EKS_IRSA_LAB_RUN";

function markedOnLinux(variable: string, value: string): number[] {
  const wanted = `${variable}=${value}`;
  return fs
    .readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => {
      try {
        return fs.readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").includes(wanted);
      } catch {
        return false; // gone meanwhile, or of another user
      }
    })
    .map(Number);
}

function markedByPs(variable: string, value: string): number[] {
  // -E prints the environment behind the command, for this user's own processes.
  const listing = execFileSync("ps", ["-Eww", "-A", "-o", "pid=,command="], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  const wanted = new RegExp(`\\s${variable}=${value}(\\s|$)`);
  return listing
    .split("\n")
    .filter((line) => wanted.test(line))
    .map((line) => Number.parseInt(line, 10));
}

function descendantsByPs(roots: readonly number[]): number[] {
  const parents = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const found = new Set(roots);
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const [pid, parent] of parents) {
      if (pid !== undefined && parent !== undefined && found.has(parent)) {
        found.add(pid);
      }
    }
  }
  return [...found];
}

/** The processes that carry an environment variable with this value. */
export function markedProcesses(variable: string, value: string): number[] {
  return process.platform === "linux" ? markedOnLinux(variable, value) : markedByPs(variable, value);
}

/**
 * The processes of a run, this one left out. `recorded` are pids known to be the run's: only of use where a process's
 * environment may be hidden.
 */
export function processesOfRun(runId: string, recorded: readonly number[] = []): number[] {
  const known = process.platform === "linux" ? recorded : descendantsByPs(recorded);
  const found = [...markedProcesses(RUN_MARKER, runId), ...known];
  return [...new Set(found)].filter((pid) => pid !== process.pid);
}

/**
 * Ends whatever `find` finds, and goes on finding: a process that is about to be ended may still start another.
 * SIGTERM first, SIGKILL to what is there after `grace` milliseconds.
 */
export async function endAll(find: () => number[], grace: number): Promise<void> {
  const killFrom = Date.now() + grace;
  const giveUp = killFrom + 2_000;
  const asked = new Set<number>();
  for (;;) {
    const left = find();
    if (left.length === 0 || Date.now() > giveUp) {
      return;
    }
    const kill = Date.now() >= killFrom;
    for (const pid of left) {
      if (kill) {
        signal(pid, "SIGKILL");
      } else if (!asked.has(pid)) {
        asked.add(pid);
        signal(pid, "SIGTERM");
      }
    }
    await pause(50);
  }
}
