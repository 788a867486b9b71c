import { startLab } from "../../supervisor/client";
import { pause } from "../../supervisor/processes";
import { benchLine, type BenchContext, type PartFindings } from "../lines";
import { FEWEST_ROUNDS } from "../statistics";
import { byKind, memoryOfRun, totalGibibytes, type ProcessMemory } from "./memory";

const CLUSTERS = 10;
const REGIONS = ["us-east-1", "eu-west-1"];
const MEMORY_GOAL = 5;
/** Milliseconds between two readings. */
const APART = 3_000;

/** The memory of a lab with ten clusters, each with its controllers, its webhook and its node. */
export async function measureTenClusters({ during }: BenchContext): Promise<PartFindings> {
  const started = Date.now();
  const lab = await during(`starting a lab of ${CLUSTERS} clusters`, () =>
    startLab({
      fleet: Array.from({ length: CLUSTERS }, (_, index) => ({
        name: `cluster-${index + 1}`,
        region: REGIONS[index % REGIONS.length] ?? "",
      })),
      stranger: false,
    }),
  );
  const seconds = (Date.now() - started) / 1_000;
  try {
    const readings = await during("reading its memory", () => readSeveralTimes(lab.runId));
    return {
      lines: [
        benchLine(
          `memory of a lab with ${CLUSTERS} clusters`,
          "GiB",
          readings.map(totalGibibytes),
          MEMORY_GOAL,
        ),
      ],
      tables: [
        {
          title: `The memory of a lab with ${CLUSTERS} clusters, by what its processes are`,
          columns: ["", "processes", "MiB together"],
          rows: byKind(readings.at(-1) ?? []).map(({ kind, count, mebibytes }) => [
            kind,
            count,
            Math.round(mebibytes),
          ]),
        },
      ],
      notes: [`The lab with ${CLUSTERS} clusters was ready after ${Math.round(seconds)} s.`],
    };
  } finally {
    await lab.stop();
  }
}

async function readSeveralTimes(runId: string): Promise<ProcessMemory[][]> {
  const readings: ProcessMemory[][] = [];
  while (readings.length < FEWEST_ROUNDS) {
    await pause(APART);
    readings.push(memoryOfRun(runId));
  }
  return readings;
}
