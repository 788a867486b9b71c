import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { processesOfRun } from "../../supervisor/marker";

/** A process of a lab, and the memory that it takes. */
export interface ProcessMemory {
  kind: string;
  mebibytes: number;
}

/** What the processes of one kind take together. */
export interface KindMemory extends ProcessMemory {
  count: number;
}

/** Kinds of processes by their command lines. */
const KINDS: [pattern: RegExp, kind: string][] = [
  [/^\S*\bkube-apiserver /, "kube-apiserver"],
  [/^\S*\bkube-controller-manager /, "kube-controller-manager"],
  [/^\S*\betcd /, "etcd"],
  [/\bmotoServer\.py\b/, "moto"],
  [/\bsupervisor\/main\.ts\b/, "supervisor, with the front of AWS, webhooks and agents"],
  [/\bnode\/main\.ts\b/, "nodes"],
];
const OTHERS = "others";

export function kindOf(commandLine: string): string {
  return KINDS.find(([pattern]) => pattern.test(commandLine))?.[1] ?? OTHERS;
}

/** The memory of each process of a run. What several of them share is shared out among them, where the system tells it. */
export function memoryOfRun(runId: string): ProcessMemory[] {
  return processesOfRun(runId).flatMap((pid) => memoryOf(pid) ?? []);
}

function memoryOf(pid: number): ProcessMemory | undefined {
  try {
    const kibibytes = proportionalKibibytes(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"));
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    return { kind: kindOf(command), mebibytes: kibibytes / 1024 };
  } catch {
    return residentMemory(pid);
  }
}

/** The sum of a process's shares (PSS) in `smaps_rollup`: https://docs.kernel.org/filesystems/proc.html. */
export function proportionalKibibytes(rollup: string): number {
  const [, kibibytes] = /^Pss:\s+(\d+) kB$/m.exec(rollup) ?? [];
  if (kibibytes === undefined) {
    throw new Error("there is no Pss");
  }
  return Number(kibibytes);
}

/** Where there is no /proc: what several processes share is counted for each. */
function residentMemory(pid: number): ProcessMemory | undefined {
  try {
    return residentLine(execFileSync("ps", ["-o", "rss=,command=", "-p", String(pid)], { encoding: "utf8" }));
  } catch {
    return undefined; // gone meanwhile
  }
}

/** What `ps -o rss=,command=` says of a process. */
export function residentLine(line: string): ProcessMemory | undefined {
  const [, kibibytes, command = ""] = /^\s*(\d+)\s+(.*)$/m.exec(line) ?? [];
  return kibibytes === undefined
    ? undefined
    : { kind: kindOf(`${command} `), mebibytes: Number(kibibytes) / 1024 };
}

export function totalGibibytes(processes: readonly ProcessMemory[]): number {
  return processes.reduce((sum, { mebibytes }) => sum + mebibytes, 0) / 1024;
}

/** The same by kind, that with most first. */
export function byKind(processes: readonly ProcessMemory[]): KindMemory[] {
  const kinds = new Map<string, KindMemory>();
  for (const { kind, mebibytes } of processes) {
    const { count = 0, mebibytes: others = 0 } = kinds.get(kind) ?? {};
    kinds.set(kind, { kind, count: count + 1, mebibytes: others + mebibytes });
  }
  return [...kinds.values()].sort((a, b) => b.mebibytes - a.mebibytes);
}
