const PARENT_POLL_MS = 500;
/** Long enough for the last answer to leave the process. */
const LINGER_MS = 200;

/**
 * Calls back when the process that started this one is gone. An engine that is killed cannot stop its plugins, and the
 * kernel then gives them another parent.
 */
export function whenParentDies(callback: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    callback();
  }, PARENT_POLL_MS);
  timer.unref();
}

/** Counts the calls in flight, and tells when the last one has ended after the plugin was told to stop. */
export class CallCounter {
  private running = 0;
  private onIdle: (() => void) | undefined;

  get stopping(): boolean {
    return this.onIdle !== undefined;
  }

  async run<T>(call: () => Promise<T>): Promise<T> {
    this.running++;
    try {
      return await call();
    } finally {
      this.running--;
      this.checkIdle();
    }
  }

  /** No further call is expected: `callback` runs once none is in flight. */
  stop(callback: () => void): void {
    this.onIdle ??= callback;
    this.checkIdle();
  }

  private checkIdle(): void {
    if (this.running === 0 && this.onIdle !== undefined) setTimeout(this.onIdle, LINGER_MS);
  }
}
