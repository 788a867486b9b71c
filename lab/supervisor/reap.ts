import * as fs from "node:fs";
import * as path from "node:path";
import { endAll, processesOfRun } from "./marker";
import { stateOf } from "./processes";
import { listRuns, readRecord, removeRunFolder, type RunRecord } from "./runs";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

function untouchedFor(directory: string): number {
  try {
    return Date.now() - fs.statSync(directory).mtimeMs;
  } catch {
    return 0; // removed meanwhile by its owner
  }
}

function isStale(directory: string, record: RunRecord | undefined, finishedToo: boolean): boolean {
  if (!record) {
    return untouchedFor(directory) > MINUTE; // its owner may be just about to write it
  }
  if (record.finished) {
    return finishedToo;
  }
  const client = stateOf(record.client);
  if (client === "elsewhere") {
    return untouchedFor(directory) > DAY;
  }
  if (record.supervisor && stateOf(record.supervisor) === "alive") {
    return false; // in use, kept, or just stopping
  }
  // A client that lives is starting its supervisor, or has noticed its end and cleans up itself.
  return client === "gone" || record.kept;
}

/** Ends everything that is left of a run, and removes its folder if that is not wanted for its logs. */
export async function reapRun(directory: string, options: { keepFolder?: boolean } = {}): Promise<void> {
  const record = readRecord(directory);
  const runId = record?.runId ?? path.basename(directory);
  const recorded = [...(record?.children ?? []), ...(record?.supervisor ? [record.supervisor] : [])];
  // Nothing that a dead run's processes could still do is worth waiting for.
  await endAll(() => processesOfRun(runId, alivePids(recorded)), 0);
  if (!options.keepFolder) {
    await removeRunFolder(directory);
  }
}

function alivePids(identities: RunRecord["children"]): number[] {
  return identities.filter((identity) => stateOf(identity) === "alive").map(({ pid }) => pid);
}

/**
 * Clears away runs whose owner is gone. Runs that live, here or in another container, are left alone.
 * @returns the ids of the runs that were cleared away
 */
export async function reapStaleRuns(
  cacheRoot: string,
  options: { finishedToo?: boolean } = {},
): Promise<string[]> {
  const reaped: string[] = [];
  for (const directory of listRuns(cacheRoot)) {
    if (isStale(directory, readRecord(directory), options.finishedToo ?? false)) {
      await reapRun(directory);
      reaped.push(path.basename(directory));
    }
  }
  return reaped;
}
