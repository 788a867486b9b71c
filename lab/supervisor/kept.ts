import * as path from "node:path";
import { cacheRoot } from "../setup/cache";
import type { LabDescription } from "../types";
import { pause, signal, stateOf } from "./processes";
import { reapRun } from "./reap";
import { listRuns, readDescription, readRecord, runsFolder } from "./runs";

function isRunning(directory: string): boolean {
  const supervisor = readRecord(directory)?.supervisor;
  return supervisor !== undefined && stateOf(supervisor) === "alive";
}

/** Labs that run on after their client has ended. */
export function keptLabs(root = cacheRoot()): LabDescription[] {
  return listRuns(root)
    .filter((directory) => isRunning(directory) && readRecord(directory)?.kept)
    .flatMap((directory) => readDescription(directory) ?? []);
}

/** The running lab of that id, or the latest that was started; undefined when there is none. */
export function findLab(runId?: string, root = cacheRoot()): LabDescription | undefined {
  const candidates = runId === undefined ? listRuns(root).reverse() : [path.join(runsFolder(root), runId)];
  const directory = candidates.find((candidate) => isRunning(candidate) && readDescription(candidate));
  return directory === undefined ? undefined : readDescription(directory);
}

/** Stops a lab, whoever started it. */
export async function stopLab(lab: Pick<LabDescription, "directory">): Promise<void> {
  const supervisor = readRecord(lab.directory)?.supervisor;
  if (supervisor) {
    const deadline = Date.now() + 8_000;
    while (stateOf(supervisor) === "alive" && Date.now() < deadline) {
      signal(supervisor.pid, "SIGTERM"); // again and again does no harm: it stops once
      await pause(100);
    }
  }
  await reapRun(lab.directory);
}
