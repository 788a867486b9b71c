import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";

/** Which process a pid meant when it was written down: the system gives a pid to another process sooner or later. */
export interface ProcessIdentity {
  pid: number;
  /** When it started, in whatever form this system tells it. */
  startTime: string;
  /** Where the pid means anything: two containers may share a cache folder and not see each other's processes. */
  machine: string;
}

/** `elsewhere`: of another container or an earlier boot, so nobody here can tell. */
export type ProcessState = "alive" | "gone" | "elsewhere";

const onLinux = process.platform === "linux";

let knownMachine: string | undefined;

function thisMachine(): string {
  knownMachine ??= onLinux
    ? `${fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${fs.readlinkSync("/proc/self/ns/pid")}`
    : os.hostname();
  return knownMachine;
}

/** A process that has ended keeps its ports until the last of its threads has, which may be after the first. */
function hasOtherThreads(pid: number): boolean {
  return fs.readdirSync(`/proc/${pid}/task`).length > 1;
}

function startTimeOf(pid: number): string | undefined {
  try {
    if (!onLinux) {
      return (
        execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim() || undefined
      );
    }
    // Field 2 is the program's name in brackets and may hold anything, so count from the last bracket.
    const fields = fs
      .readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    const [state, startTime] = [fields[0], fields[19]];
    return state === "X" || (state === "Z" && !hasOtherThreads(pid)) ? undefined : startTime;
  } catch {
    return undefined;
  }
}

/** The identity of a running process; undefined when there is none of that pid. */
export function identify(pid: number): ProcessIdentity | undefined {
  const startTime = startTimeOf(pid);
  return startTime === undefined ? undefined : { pid, startTime, machine: thisMachine() };
}

/** Whether there is a process of that pid now, whichever. */
export function exists(pid: number): boolean {
  if (onLinux) {
    return startTimeOf(pid) !== undefined; // which a signal would not tell from one that is dead but not yet buried
  }
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** The identity of this process. */
export function identifySelf(): ProcessIdentity {
  const self = identify(process.pid);
  if (!self) {
    throw new Error("cannot read when this process started");
  }
  return self;
}

/** Whether the very process that was identified is still there. */
export function stateOf(identity: ProcessIdentity): ProcessState {
  if (identity.machine !== thisMachine()) {
    return "elsewhere";
  }
  return startTimeOf(identity.pid) === identity.startTime ? "alive" : "gone";
}

/** Sends a signal and does not mind that the process has gone meanwhile. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
      throw error;
    }
  }
}

/** Resolves after a while. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
