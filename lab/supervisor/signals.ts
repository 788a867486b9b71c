import { exists } from "./processes";

/** Something to be undone before this process may end. */
export type Cleanup = () => Promise<void> | void;

const cleanups = new Set<Cleanup>();
let handling = false;
let ending: Promise<never> | undefined;

const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Has `cleanup` run if this process is ended by a signal or loses its parent. Returns the way to take that back. */
export function onEnd(cleanup: Cleanup): () => void {
  cleanups.add(cleanup);
  return () => {
    cleanups.delete(cleanup);
  };
}

/** Cleans up and exits. A second call (Ctrl-C arrives from the terminal and from npm) waits for the first. */
export function endProcess(exitCode: number): Promise<never> {
  ending ??= Promise.allSettled([...cleanups].map(async (cleanup) => cleanup())).then(() =>
    process.exit(exitCode),
  );
  return ending;
}

/**
 * For whoever failed because this process is being ended: stays until it is, since nobody wants to read of that failure.
 * Returns at once otherwise.
 */
export async function unlessEnding(): Promise<void> {
  await ending;
}

/** Makes SIGINT, SIGTERM and SIGHUP clean up before they end this process. */
export function handleSignals(): void {
  if (handling) {
    return;
  }
  handling = true;
  for (const [name, exitCode] of Object.entries(exitCodes)) {
    process.on(name, () => void endProcess(exitCode));
  }
}

/** The environment variable by which `lab/start.mjs` tells its pid to all that it starts. */
export const STARTER = "EKS_IRSA_LAB_STARTER";

/**
 * Ends this process, cleaned up, at a signal or when the process that started it is gone (SIGKILL of `npm run demo`,
 * say). The main programs that `lab/start.mjs` starts call it first of all; others may, to be tied to their parent.
 */
export function exitWithParent(): void {
  handleSignals();
  const parent = process.ppid;
  const starter = Number(process.env[STARTER]) || undefined;
  const check = () => {
    // Whoever loses its parent gets another one. The starter may be further up, or gone before this line.
    if (process.ppid !== parent || (starter !== undefined && !exists(starter))) {
      clearInterval(watching);
      void endProcess(exitCodes.SIGHUP);
    }
  };
  const watching = setInterval(check, 500).unref();
}
