import { CALLED, type Way } from "../fleet/ways";
import { OVERHEAD_GOAL, STATE_GOAL } from "../goals";
import { benchLine, type BenchLine, type BenchTable } from "../lines";
import { ratios } from "../rounds";
import { median } from "../statistics";
import type { Cell, FleetSample } from "./fleets";
import { SIZE_NAMES, sizeName, slopes, type SizeName, type Sizes, type Slopes } from "./slopes";

/** A figure of each sample. */
export interface Metric {
  name: string;
  unit: string;
  of: (sample: FleetSample) => number;
  /** What the component may have of it, by hand being 1. */
  goal: number;
}

export const UP: Metric = { name: "up", unit: "s", of: ({ up }) => up.seconds, goal: OVERHEAD_GOAL };
export const PREVIEW: Metric = {
  name: "preview without changes",
  unit: "s",
  of: ({ preview }) => preview?.seconds ?? NaN,
  goal: OVERHEAD_GOAL,
};
export const MEMORY: Metric = {
  name: "the engine's memory in up",
  unit: "MiB",
  of: ({ up }) => up.peakMiB,
  goal: OVERHEAD_GOAL,
};
export const STATE: Metric = {
  name: "checkpoint",
  unit: "KiB",
  of: ({ bytes }) => bytes / 1024,
  goal: STATE_GOAL,
};

/** Samples of one kind of operation, by way and size. */
export class Samples {
  constructor(
    private readonly sizes: Sizes,
    private readonly samples: Map<Cell, FleetSample[]>,
  ) {}

  /** A metric in each round. */
  of(way: Way, size: SizeName, { of }: Metric): number[] {
    const found = [...this.samples].find(([cell]) => cell.way === way && cell.size === size);
    return (found?.[1] ?? []).map(of);
  }

  /** A metric's slopes in each round. */
  slopes(way: Way, metric: Metric): Slopes[] {
    const taken = SIZE_NAMES.map((size) => this.of(way, size, metric));
    return (taken[0] ?? []).map((small, round) =>
      slopes(this.sizes, { small, wide: taken[1]?.[round] ?? NaN, deep: taken[2]?.[round] ?? NaN }),
    );
  }

  /** The ways of which there are figures. */
  ways(metric: Metric): Way[] {
    const all = new Set([...this.samples.keys()].map(({ way }) => way));
    return [...all].filter((way) => this.of(way, "small", metric).every(Number.isFinite));
  }

  /** What a further cluster and a further ServiceAccount take, as a ratio to each other way. */
  slopeLines(label: string, metric: Metric): BenchLine[] {
    return this.ways(metric)
      .filter((way) => way !== "component")
      .flatMap((way) =>
        (["perCluster", "perServiceAccount"] as const).map((key) => {
          const values = (one: Way) => this.slopes(one, metric).map((slope) => slope[key]);
          return this.line(`${label}, ${metric.name}, ${KEYS[key]}`, way, metric, values);
        }),
      );
  }

  /** The same of all that one size takes, fixed part included. */
  totalLines(label: string, size: SizeName, metric: Metric): BenchLine[] {
    return this.ways(metric)
      .filter((way) => way !== "component")
      .map((way) => this.line(`${label}, ${metric.name}`, way, metric, (one) => this.of(one, size, metric)));
  }

  private line(name: string, way: Way, { goal }: Metric, values: (way: Way) => number[]): BenchLine {
    // Only what is flat and by hand is the measure; the other says how much of it a component takes at all.
    const held = way === "byHand" ? [goal] : [];
    return benchLine(name, `times ${CALLED[way]}`, ratios(values("component"), values(way)), ...held);
  }

  /** Medians, with the fixed part and what each further one takes. */
  table(title: string, metrics: Metric[]): BenchTable {
    return {
      title,
      columns: [
        "",
        "declared",
        ...SIZE_NAMES.map((size) => sizeName(this.sizes[size])),
        "fixed",
        ...Object.values(KEYS),
      ],
      rows: metrics.flatMap((metric) =>
        this.ways(metric).map((way) => {
          const all = this.slopes(way, metric);
          const slope = (key: keyof Slopes) => digits(median(all.map((one) => one[key])));
          return [
            `${metric.name}, ${metric.unit}`,
            CALLED[way],
            ...SIZE_NAMES.map((size) => digits(median(this.of(way, size, metric)))),
            slope("fixed"),
            slope("perCluster"),
            slope("perServiceAccount"),
          ];
        }),
      ),
    };
  }
}

const KEYS = { perCluster: "a cluster more", perServiceAccount: "a ServiceAccount more" };

function digits(value: number): number {
  return Number(value.toPrecision(3));
}
