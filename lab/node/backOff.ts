/** Times in milliseconds. */
const FIRST = 10_000;
const MOST = 300_000;

/**
 * How long kubelet waits before it tries again: 10 s, doubled each time, up to 5 min, from the beginning after twice
 * that time of peace. The first new try comes at once.
 * Source: doBackOff in https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kuberuntime/kuberuntime_manager.go
 * and https://github.com/kubernetes/client-go/blob/v0.37.2/util/flowcontrol/backoff.go
 */
export class BackOff {
  #entry: { delay: number; updated: number } | undefined;

  /** How long after a failure nothing is tried: 0 if it may be tried at once. */
  delayAfter(failed: number): number {
    const entry = this.#entry;
    return !entry || expired(entry.updated, failed) ? 0 : entry.delay;
  }

  /** It is tried again now, after a failure at `failed`. */
  next(failed: number, now: number): void {
    const entry = this.#entry;
    const delay = !entry || expired(entry.updated, failed) ? FIRST : Math.min(entry.delay * 2, MOST);
    this.#entry = { delay, updated: now };
  }
}

function expired(updated: number, failed: number): boolean {
  return failed - updated > 2 * MOST;
}

/** As Go prints a duration of whole seconds: `10s`, `2m40s`. */
export function formatDelay(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
