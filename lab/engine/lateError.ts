import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout } from "node:timers/promises";
import type { PulumiFn } from "@pulumi/pulumi/automation";

/** How long nothing may happen after an error before the program is taken to be waiting for ever. */
const QUIET = 1_500;
const LOOK_EVERY = 250;
/** How long a failed program may go on failing before the next operation begins. */
const LINGER = 300;

/** Watches an operation of which the program runs in this process. */
export interface LateErrorWatch {
  /** Given to the operation, which it ends. */
  signal: AbortSignal;
  /** The program, so that its errors are told from those that the program of an operation before it has left behind. */
  owning(program: PulumiFn): PulumiFn;
  /** The errors for which the operation was ended; none while it was not. */
  endedFor(): string[];
  /**
   * Waits until the program of an operation that is over fails no more: the SDK takes what comes later for the next
   * program's error.
   */
  drained(): Promise<void>;
  stop(): void;
}

/** The operation whose program made a promise. */
const operations = new AsyncLocalStorage<AbortController>();

/**
 * Ends an operation whose program failed in an `apply`: the SDK leaves what depends on that value waiting for ever
 * (https://github.com/pulumi/pulumi/issues/14980). Under `pulumi up` the program's process ends when it has nothing more
 * to do; a program inside of this process has none that could. As there, what is under way is finished first.
 *
 * @param isBusy is the engine still at something?
 */
export function watchLateErrors(isBusy: () => boolean): LateErrorWatch {
  const controller = new AbortController();
  const errors = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let quietSince = Date.now();
  let operationEnded = false;
  const look = (): void => {
    if (isBusy()) quietSince = Date.now();
    else if (Date.now() - quietSince >= QUIET) controller.abort();
  };
  const failed = (reason: unknown): void => {
    // On a busy machine the last rejections of a program come when the next operation has begun.
    if ((operations.getStore() ?? controller) !== controller) return;
    errors.add(reason instanceof Error ? reason.message : String(reason));
    quietSince = Date.now();
    // An operation that is over never finishes what it was at: looking on would wait for that for ever.
    if (!operationEnded) timer ??= setInterval(look, LOOK_EVERY);
  };
  process.on("unhandledRejection", failed);
  const stop = (): void => {
    clearInterval(timer);
    process.off("unhandledRejection", failed);
  };
  controller.signal.addEventListener("abort", stop);
  return {
    signal: controller.signal,
    owning: (program) => () => operations.run(controller, program),
    endedFor: () => (controller.signal.aborted ? [...errors] : []),
    drained: async () => {
      operationEnded = true;
      clearInterval(timer);
      quietSince = Date.now();
      while (Date.now() - quietSince < LINGER) await setTimeout(LOOK_EVERY);
    },
    stop,
  };
}
