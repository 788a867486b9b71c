import type { Probe } from "./objects";

/**
 * Whether a container is ready, from one probe after the other.
 * Source: doProbe in https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/prober/worker.go
 */
export class ProbeThresholds {
  #last: boolean | undefined;
  #run = 0;
  #ready = false;

  constructor(private readonly probe: Pick<Probe, "successThreshold" | "failureThreshold">) {}

  /** Counts a probe, and tells whether the container is ready now. */
  count(succeeded: boolean): boolean {
    this.#run = this.#last === succeeded ? this.#run + 1 : 1;
    this.#last = succeeded;
    const { successThreshold = 1, failureThreshold = 3 } = this.probe;
    if (this.#run >= (succeeded ? successThreshold : failureThreshold)) {
      this.#ready = succeeded;
    }
    return this.#ready;
  }
}

/** What came of a command that was run to its end in a container. */
export interface CommandResult {
  /** Undefined: it was not done in time. */
  exitCode: number | undefined;
  output: string;
}

export interface Prober {
  run: (command: string[], timeoutSeconds: number) => Promise<CommandResult>;
  ready: (ready: boolean) => void;
  /** Text of an event Unhealthy. */
  unhealthy: (message: string) => void;
  pause: (milliseconds: number) => Promise<void>;
}

/** Probes a container's readiness until `signal` ends it. Commands only: another probe leaves it never ready. */
export async function probeReadiness(probe: Probe, prober: Prober, signal: AbortSignal): Promise<void> {
  const { exec, initialDelaySeconds = 0, periodSeconds = 10, timeoutSeconds = 1 } = probe;
  const command = exec?.command;
  if (!command?.length) {
    prober.unhealthy("Readiness probe is never run: the lab's node runs probes of the kind exec only");
    return;
  }
  const thresholds = new ProbeThresholds(probe);
  await prober.pause(initialDelaySeconds * 1_000);
  while (!signal.aborted) {
    const { exitCode, output } = await prober.run(command, timeoutSeconds);
    if (isAborted(signal)) return;
    if (exitCode === undefined) {
      const said = `command timed out: ${JSON.stringify(command.join(" "))} timed out after ${timeoutSeconds}s`;
      prober.unhealthy(`Readiness probe failed: ${said}`);
    } else if (exitCode !== 0) {
      prober.unhealthy(`Readiness probe failed: ${output}`);
    }
    prober.ready(thresholds.count(exitCode === 0));
    await prober.pause(periodSeconds * 1_000);
  }
}

/** For a signal that was not aborted when it was looked at last. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
