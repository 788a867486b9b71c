import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setUp, silentProgress } from "../../setup";
import { ACCOUNT } from "../fleet/fleet";
import { CALLED, type Way } from "../fleet/ways";
import type { BenchContext } from "../lines";
import { inRounds } from "../rounds";
import { servePlugins } from "./memory/server";
import { compileWorker, fleetStack, type Bench, type Taken } from "./operation";
import { SIZE_NAMES, sizeName, type SizeName, type Sizes } from "./slopes";
import { measuredCli } from "./usage";

/** A fleet that was deployed, and previewed again without a change. */
export interface FleetSample {
  up: Taken;
  preview?: Taken;
  /** Size of the checkpoint. */
  bytes: number;
}

/** One way of one size. */
export interface Cell {
  way: Way;
  size: SizeName;
}

/** How samples are taken. */
export interface Sampling {
  /** Only the last checkpoint is written. Default: one at each step, as the file backend does. */
  skipCheckpoints: boolean;
  /** With a preview after it, but for what is no measure. */
  preview: boolean;
  /**
   * The ways of a size run at the same time, where one takes minutes: then each has a processor, and whatever slows the machine down slows
   * both alike. Default: one after the other.
   */
  together?: boolean;
}

/** Runs something with an engine whose plugins keep all in memory: no API server, no account. */
export async function withMemoryPlugins<T>(work: (bench: Bench) => Promise<T>): Promise<T> {
  const binaries = await setUp({ progress: silentProgress });
  const directory = mkdtempSync(join(tmpdir(), "eks-irsa-bench-"));
  const plugins = await servePlugins();
  try {
    return await work({
      lab: { runId: "bench", directory, aws: NOWHERE },
      binaries: { ...binaries, pulumiRoot: measuredCli(join(directory, "cli"), binaries) },
      environment: { PULUMI_DEBUG_PROVIDERS: plugins.debugProviders },
      worker: await compileWorker(directory),
    });
  } finally {
    plugins.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

const NOWHERE = {
  accountId: ACCOUNT,
  accessKeyId: "memory",
  secretAccessKey: "memory",
  endpointUrl: "http://127.0.0.1:1",
  otherAccounts: [],
};

/** Deploys fleets of each size by each way, round by round. */
export async function sampleFleets(
  bench: Bench,
  { rounds, during }: BenchContext,
  sizes: Sizes,
  cells: Cell[],
  { skipCheckpoints, preview, together = false }: Sampling,
): Promise<Map<Cell, FleetSample[]>> {
  let at = "";
  const environment: Record<string, string> = skipCheckpoints ? { PULUMI_SKIP_CHECKPOINTS: "true" } : {};
  const sample = async (cell: Cell, round: number): Promise<FleetSample> => {
    const size = sizes[cell.size];
    at = `round ${round + 1} of ${rounds}, ${sizeName(size)} ${CALLED[cell.way]}`;
    const stack = fleetStack(bench, cell.way, size);
    const up = await stack.run("up", environment);
    const again = preview && cell.way !== "enclosed" ? await stack.run("preview") : undefined;
    refuseSurprises(up, again);
    const bytes = stack.stateBytes();
    stack.remove();
    return { up, ...(again && { preview: again }), bytes };
  };
  const what = `${sizes.small.identity}: up${preview ? " and preview" : ""}, ${skipCheckpoints ? "one checkpoint" : "checkpoints as shipped"}`;
  return during(
    what,
    async () => {
      const groups = together
        ? SIZE_NAMES.map((size) => cells.filter((cell) => cell.size === size))
        : cells.map((cell) => [cell]);
      const taken = await inRounds(groups, rounds, (group, round) =>
        Promise.all(group.map((cell) => sample(cell, round))),
      );
      return byCell(taken);
    },
    () => at,
  );
}

/** The samples of groups, of which a round has one for each cell. */
function byCell(taken: Map<Cell[], FleetSample[][]>): Map<Cell, FleetSample[]> {
  return new Map(
    [...taken].flatMap(([group, byRound]) =>
      group.map((cell, index) => [cell, byRound.flatMap((samples) => samples[index] ?? [])] as const),
    ),
  );
}

/** What did something else than it was to do is not to be measured. */
function refuseSurprises(up: Taken, preview: Taken | undefined): void {
  const others = [
    ...Object.keys(up.changes).filter((change) => change !== "create"),
    ...Object.keys(preview?.changes ?? {}).filter((change) => change !== "same"),
  ];
  if (others.length > 0) throw new Error(`an operation did what it was not to do: ${others.join(", ")}`);
}

/** Every way in every size. */
export function cellsOf(ways: readonly Way[], sizes: readonly SizeName[] = SIZE_NAMES): Cell[] {
  return sizes.flatMap((size) => ways.map((way) => ({ way, size })));
}
