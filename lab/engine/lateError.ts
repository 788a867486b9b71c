/** How long nothing may happen after an error before the program is taken to be waiting for ever. */
const QUIET = 1_500;
const LOOK_EVERY = 250;

/** Watches an operation of which the program runs in this process. */
export interface LateErrorWatch {
  /** Given to the operation, which it ends. */
  signal: AbortSignal;
  stop(): void;
}

/**
 * Ends an operation whose program failed in an `apply`: the SDK leaves what depends on that value waiting for ever
 * (https://github.com/pulumi/pulumi/issues/14980). Under `pulumi up` the program's process ends when it has nothing more
 * to do; a program inside of this process has none that could. As there, what is under way is finished first.
 *
 * @param isBusy is the engine still at something?
 */
export function watchLateErrors(isBusy: () => boolean): LateErrorWatch {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let quietSince = 0;
  const look = (): void => {
    if (isBusy()) quietSince = Date.now();
    else if (Date.now() - quietSince >= QUIET) controller.abort();
  };
  const failed = (): void => {
    quietSince = Date.now();
    timer ??= setInterval(look, LOOK_EVERY);
  };
  process.on("unhandledRejection", failed);
  const stop = (): void => {
    clearInterval(timer);
    process.off("unhandledRejection", failed);
  };
  controller.signal.addEventListener("abort", stop);
  return { signal: controller.signal, stop };
}
