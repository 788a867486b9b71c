import type { Stack } from "@pulumi/pulumi/automation";
import type { IrsaCluster } from "../../../index";
import type { EngineStackOptions } from "../../engine/types";
import { usePlugins } from "../../engine/environment";
import { openSession } from "../../engine/session";
import type { InstalledPlugin } from "../../plugins/install";
import { exitWithParent } from "../../supervisor/signals";
import { fleetArgs, type FleetSize } from "../fleet/fleet";
import { declare, type Way } from "../fleet/ways";

export type OperationKind = "up" | "preview" | "destroy";

/** One operation on a fleet, in a process of its own, as `pulumi up` gives each program one. */
export interface WorkerRequest {
  kind: OperationKind;
  way: Way;
  size: FleetSize;
  /** Clusters that there really are, in the place of the fleet's. */
  clusters?: IrsaCluster[];
  /** Seconds that associations and trust policies have to spread. */
  settleSeconds?: number;
  options: Omit<EngineStackOptions, "log" | "program">;
  plugins: InstalledPlugin[];
}

export type WorkerAnswer = { peakMiB: number; changes: Record<string, number> } | { error: string };

async function work(request: WorkerRequest): Promise<WorkerAnswer> {
  const { kind, way, size, clusters, settleSeconds, options, plugins } = request;
  usePlugins(plugins);
  const args = fleetArgs(size);
  const fleet = {
    ...args,
    ...(clusters && { clusters }),
    ...(settleSeconds !== undefined && { podIdentity: { ...args.podIdentity, settleSeconds } }),
  };
  const program = () => Promise.resolve(declare(way, fleet));
  const stack = await openSession({ ...options, program }, program);
  const changes = await CHANGES[kind](stack);
  return { peakMiB: process.resourceUsage().maxRSS / 1024, changes: { ...changes } };
}

const CHANGES: Record<OperationKind, (stack: Stack) => Promise<object | undefined>> = {
  up: async (stack) => (await stack.up()).summary.resourceChanges,
  preview: async (stack) => (await stack.preview()).changeSummary,
  destroy: async (stack) => (await stack.destroy()).summary.resourceChanges,
};

if (process.send) {
  exitWithParent();
  process.once("message", (request: WorkerRequest) => {
    work(request)
      .catch((error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }))
      .then((answer) => process.send?.(answer, () => process.exit(0)))
      .catch(() => process.exit(1));
  });
}
