import type { EngineStackOptions } from "../../engine/types";
import { openSession } from "../../engine/session";
import { exitWithParent } from "../../supervisor/signals";
import { fleetArgs, type FleetSize } from "../fleet/fleet";
import { declare, type Way } from "../fleet/ways";

/** One operation on a fleet, in a process of its own, as `pulumi up` gives each program one. */
export interface WorkerRequest {
  kind: "up" | "preview";
  way: Way;
  size: FleetSize;
  /** Seconds that associations and trust policies have to spread. */
  settleSeconds?: number;
  options: Omit<EngineStackOptions, "log" | "program">;
}

export type WorkerAnswer = { peakMiB: number; changes: Record<string, number> } | { error: string };

async function work({ kind, way, size, settleSeconds, options }: WorkerRequest): Promise<WorkerAnswer> {
  const args = fleetArgs(size);
  const fleet =
    settleSeconds === undefined ? args : { ...args, podIdentity: { ...args.podIdentity, settleSeconds } };
  const program = () => Promise.resolve(declare(way, fleet));
  const stack = await openSession({ ...options, program }, program);
  const changes =
    kind === "up" ? (await stack.up()).summary.resourceChanges : (await stack.preview()).changeSummary;
  return { peakMiB: process.resourceUsage().maxRSS / 1024, changes: { ...changes } };
}

if (process.send) {
  exitWithParent();
  process.once("message", (request: WorkerRequest) => {
    work(request)
      .catch((error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }))
      .then((answer) => process.send?.(answer, () => process.exit(0)))
      .catch(() => process.exit(1));
  });
}
