import { setTimeout as sleep } from "node:timers/promises";
import { AwsError } from "./errors";

// The real plugin insists for two minutes (internal/service/eks/consts.go: propagationTimeout); here what was made is
// there at once, or never.
const PAUSES_MS = [50, 100, 200];

/** Calls again as long as AWS's error is one that passes (internal/tfresource/retry.go: RetryWhen). */
export async function insist<T>(call: () => Promise<T>, passes: (error: AwsError) => boolean): Promise<T> {
  for (const pause of PAUSES_MS) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof AwsError && passes(error))) throw error;
      await sleep(pause);
    }
  }
  return call();
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;

/** What is waited for (terraform-plugin-sdk/v2 helper/retry: StateChangeConf). */
export interface StateChange<T> {
  /** Undefined: it is gone. */
  read: () => Promise<T | undefined>;
  statusOf: (found: T) => string | undefined;
  pending: string[];
  /** Absent: that it is gone. */
  target?: string;
  /** What AWS says of a status that is neither pending nor wanted. */
  reason: (found: T) => string;
  minutes: number;
}

/** Reads again, less and less often, until the status is the wanted one. */
export async function waitForState<T>(change: StateChange<T>): Promise<void> {
  const { target, pending, minutes } = change;
  const end = Date.now() + minutes * 60_000;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    const found = await change.read();
    if (found === undefined) {
      if (target === undefined) return;
      throw new Error("couldn't find resource");
    }
    const status = change.statusOf(found) ?? "";
    if (status === target) return;
    if (!pending.includes(status)) {
      const wanted = target ?? "";
      throw new Error(
        `unexpected state '${status}', wanted target '${wanted}'. last error: ${change.reason(found)}`,
      );
    }
    if (Date.now() > end) {
      const wanted = target === undefined ? "resource to be gone" : `state to become '${target}'`;
      throw new Error(
        `timeout while waiting for ${wanted} (last state: '${status}', timeout: ${minutes}m0s)`,
      );
    }
    await sleep(pause);
  }
}
