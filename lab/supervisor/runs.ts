import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { LabDescription } from "../types";
import type { ProcessIdentity } from "./processes";

/** What a run's folder says about who it belongs to, for those who come later to clean up. */
export interface RunRecord {
  runId: string;
  client: ProcessIdentity;
  supervisor?: ProcessIdentity;
  children: ProcessIdentity[];
  /** The lab is meant to outlive its client, until it is stopped by name. */
  kept: boolean;
  /** Nothing runs any more, and the folder was kept for its logs. */
  finished?: boolean;
}

/** The folder that holds the folders of all runs. */
export function runsFolder(cacheRoot: string): string {
  return path.join(cacheRoot, "runs");
}

/** An id that sorts by time and that no other run has. */
export function newRunId(): string {
  const time = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
  return `${time}-${crypto.randomBytes(4).toString("hex")}`;
}

/** Writes a file that is never seen half written, and that only this user can read. */
export function writePrivately(file: string, text: string): void {
  const draft = `${file}.${process.pid}.draft`;
  fs.writeFileSync(draft, text, { mode: 0o600 });
  fs.renameSync(draft, file);
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** Makes the folder of a run, for this user only. */
export function createRunFolder(directory: string): void {
  fs.mkdirSync(path.join(directory, "logs"), { recursive: true, mode: 0o700 });
}

export function writeRecord(directory: string, record: RunRecord): void {
  writePrivately(path.join(directory, "run.json"), JSON.stringify(record, undefined, 2));
}

export function readRecord(directory: string): RunRecord | undefined {
  return readJson(path.join(directory, "run.json")) as RunRecord | undefined;
}

export function writeDescription(directory: string, description: LabDescription): void {
  writePrivately(path.join(directory, "lab.json"), JSON.stringify(description, undefined, 2));
}

export function readDescription(directory: string): LabDescription | undefined {
  return readJson(path.join(directory, "lab.json")) as LabDescription | undefined;
}

/** Removes a run's folder; a process that is just dying may still write into it. */
export async function removeRunFolder(directory: string): Promise<void> {
  await fs.promises.rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

/** The folders of all runs, oldest first. */
export function listRuns(cacheRoot: string): string[] {
  const folder = runsFolder(cacheRoot);
  return fs.existsSync(folder)
    ? fs
        .readdirSync(folder)
        .sort()
        .map((name) => path.join(folder, name))
    : [];
}
