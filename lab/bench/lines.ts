import { estimate, type Estimate } from "./statistics";

/** One line of the benchmark: a figure of several rounds, and what it is held against. */
export interface BenchLine extends Estimate {
  /** What was measured: `build and size, SubjectOnly, 100 → 1,000 clusters`. */
  name: string;
  /** What the figure is: `growth exponent`, `times by hand`. */
  figure: string;
  rounds: number;
  /** The most that the figure may be; absent where there is nothing to hold it against. */
  goal?: number;
  /** Even the interval's lower end is over the goal. */
  missed: boolean;
}

/** A table of facts that are counted, not measured. */
export interface BenchTable {
  title: string;
  columns: string[];
  rows: (string | number)[][];
}

/** What one part of the benchmark has found. */
export interface PartFindings {
  tables: BenchTable[];
  lines: BenchLine[];
  notes: string[];
}

/** One part of the benchmark. */
export interface BenchPart {
  /** As in `--part`. */
  part: string;
  title: string;
  /** Rounds where nobody says how many: fewer where one takes minutes. */
  rounds: number;
  run: (context: BenchContext) => Promise<PartFindings>;
}

export interface PartResult extends PartFindings {
  part: string;
  title: string;
  rounds: number;
  seconds: number;
}

export interface BenchContext {
  rounds: number;
  /** Does some work and says so, at its beginning and while it lasts. */
  during: <T>(what: string, work: () => T | Promise<T>, howFar?: () => string) => Promise<T>;
}

/** The machine by its size only. */
export interface Machine {
  cores: number;
  memoryGiB: number;
  node: string;
}

export interface BenchResult {
  /** No goal is missed. */
  ok: boolean;
  machine: Machine;
  seconds: number;
  parts: PartResult[];
}

/** A line from the figures of each round. A goal is missed only when the interval as a whole is over it. */
export function benchLine(name: string, figure: string, values: readonly number[], goal?: number): BenchLine {
  const estimated = estimate(values);
  const missed = goal !== undefined && estimated.low > goal;
  return { name, figure, ...estimated, rounds: values.length, ...(goal !== undefined && { goal }), missed };
}

export function missedLines(parts: readonly PartResult[]): BenchLine[] {
  return parts.flatMap(({ lines }) => lines.filter(({ missed }) => missed));
}
