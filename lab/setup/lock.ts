import * as fs from "node:fs";
import * as path from "node:path";
import { identifySelf, pause, type ProcessIdentity, stateOf } from "../supervisor/processes";
import { onEnd } from "../supervisor/signals";

/** Told to somebody who has to wait for a lock. */
export interface Waiting {
  /** Pid of whoever has the lock, if that is known. */
  holder: number | undefined;
  /** Resolves when the wait is over. */
  over: Promise<void>;
}

const HEARTBEAT = 10_000;
/** A lock whose holder cannot be seen from here is given up when it has not been touched for so long. */
const SILENCE = 6 * HEARTBEAT;

/** Does `work` while nobody else holds the lock `file`. A lock whose holder is gone is taken over. */
export async function withLock<T>(
  file: string,
  onWait: (waiting: Waiting) => void,
  work: () => Promise<T>,
): Promise<T> {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  await acquire(file, onWait);
  const release = () => {
    fs.rmSync(file, { force: true });
  };
  const forget = onEnd(release);
  const heartbeat = setInterval(() => {
    const now = new Date();
    fs.utimes(file, now, now, () => undefined);
  }, HEARTBEAT);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    release();
    forget();
  }
}

async function acquire(file: string, onWait: (waiting: Waiting) => void): Promise<void> {
  let stopWaiting: (() => void) | undefined;
  while (!tryToAcquire(file)) {
    if (!stopWaiting) {
      const over = new Promise<void>((resolve) => (stopWaiting = resolve));
      onWait({ holder: readHolder(file)?.pid, over });
    }
    await pause(250);
  }
  stopWaiting?.();
}

function tryToAcquire(file: string): boolean {
  if (create(file)) {
    return true;
  }
  if (!isAbandoned(file)) {
    return false;
  }
  // Should two take it over at once, both build; each puts a whole installation in place.
  fs.rmSync(file, { force: true });
  return create(file);
}

function create(file: string): boolean {
  try {
    fs.writeFileSync(file, JSON.stringify(identifySelf()), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
      throw error;
    }
    return false;
  }
}

function readHolder(file: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")) as ProcessIdentity;
  } catch {
    return undefined; // released meanwhile, or just being written
  }
}

function isAbandoned(file: string): boolean {
  const holder = readHolder(file);
  const state = holder ? stateOf(holder) : "elsewhere";
  if (state !== "elsewhere") {
    return state === "gone";
  }
  const touched = fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return touched !== undefined && Date.now() - touched > SILENCE;
}
