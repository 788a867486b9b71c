import * as fs from "node:fs";
import type { ContainerLog } from "./containerLog";
import { type ContainerStatus, kubernetesTime } from "./objects";
import { terminationMessage } from "./terminationMessage";

/** How a run of a container ended. */
export interface RunEnd {
  exitCode: number;
  /** 0: by no signal. */
  signalNumber: number;
  /** Milliseconds since 1970, as `finished`. */
  started: number;
  finished: number;
  /** Why it could not even be started. */
  why?: string;
}

/** The last words of a container, from its file or its log. */
export function lastWords(
  file: string,
  log: ContainerLog,
  container: { terminationMessagePolicy?: string; exitCode: number },
): string {
  const written = fs.existsSync(file) ? fs.readFileSync(file) : Buffer.alloc(0);
  return terminationMessage(written, container, () => log.lines().map(({ text }) => text));
}

/** The state of a container whose run has ended. */
export function terminatedState(
  end: RunEnd & { containerID?: string },
  message: string,
): ContainerStatus["state"] {
  const { exitCode, signalNumber, why, containerID } = end;
  return {
    terminated: {
      exitCode,
      ...(signalNumber ? { signal: signalNumber } : {}),
      reason: why !== undefined ? "StartError" : exitCode === 0 ? "Completed" : "Error",
      ...(message ? { message } : {}),
      startedAt: kubernetesTime(end.started),
      finishedAt: kubernetesTime(end.finished),
      ...(containerID ? { containerID } : {}),
    },
  };
}
