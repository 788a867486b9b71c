import type { FleetSize } from "../fleet/fleet";
import { CALLED, type Way, WAYS } from "../fleet/ways";
import { GROWTH_GOAL, OVERHEAD_GOAL } from "../goals";
import { benchLine, type BenchLine, type BenchTable } from "../lines";
import { ratios } from "../rounds";
import { growthExponent, median } from "../statistics";
import { FLEETS, IDENTITIES, LARGEST, type MeasuredProgram, type ProgramSample } from "./samples";

type Fleet = Omit<FleetSize, "identity">;
type Identity = FleetSize["identity"];
type Figure = "processor" | "heap";
/** Two fleets that differ in one thing alone. */
type Step = readonly [small: Fleet, large: Fleet];

const FIGURES: Record<Figure, string> = { processor: "time", heap: "heap" };
const IDENTITY: Record<Identity, string> = { Irsa: "IRSA", PodIdentity: "Pod Identity" };
const { small, medium, thin } = FLEETS;

/** Ratios of slopes, and how the time grows, of all that was measured. */
export function programLines(measured: readonly MeasuredProgram[]): BenchLine[] {
  return IDENTITIES.flatMap((identity) => {
    const of = valuesIn(measured, identity);
    return [
      ...slopeLines(of, identity, "byHand", [small, LARGEST[identity]]),
      ...slopeLines(of, identity, "enclosed", [small, medium]),
      ...growthLines(of, identity),
    ];
  });
}

/** The figures of a program, round by round. */
type ValuesOf = (way: Way, fleet: Fleet, figure: keyof ProgramSample) => number[];

function valuesIn(measured: readonly MeasuredProgram[], identity: Identity): ValuesOf {
  return (way, { clusters, serviceAccounts }, figure) => {
    const found = measured.find(
      (one) =>
        one.way === way &&
        one.identity === identity &&
        one.clusters === clusters &&
        one.serviceAccounts === serviceAccounts,
    );
    return (found?.samples ?? []).map((sample) => sample[figure]);
  };
}

/** What each cluster more, and each ServiceAccount more, costs as so many times what it costs by hand. */
function slopeLines(of: ValuesOf, identity: Identity, beside: Way, clusters: Step): BenchLine[] {
  const steps = { cluster: clusters, ServiceAccount: [thin, medium] as Step };
  return (["processor", "heap"] as const).flatMap((figure) =>
    Object.entries(steps).map(([unit, step]) => {
      const slopes = (way: Way) =>
        slopesOf(of(way, step[0], figure), of(way, step[1], figure), unitsOf(step));
      return benchLine(
        `${IDENTITY[identity]}: ${FIGURES[figure]} per ${unit}`,
        `times ${CALLED[beside]}`,
        ratios(slopes("component"), slopes(beside)),
        // Only what is flat and by hand is the measure; the other says how much of it a component takes at all.
        ...(beside === "byHand" ? [OVERHEAD_GOAL] : []),
      );
    }),
  );
}

/** How many clusters, or where these are as many, how many ServiceAccounts the large fleet has more. */
export function unitsOf([few, many]: Step): number {
  return many.clusters === few.clusters
    ? many.clusters * (many.serviceAccounts - few.serviceAccounts)
    : many.clusters - few.clusters;
}

/** What one unit more costs, round by round. */
export function slopesOf(few: readonly number[], many: readonly number[], units: number): number[] {
  return many.map((value, round) => (value - (few[round] ?? NaN)) / units);
}

/** What is there however few clusters there are: where the straight line through two fleets begins. */
export function fixedOf([few, many]: Step, [atFew, atMany]: readonly [number, number]): number {
  return atFew - ((atMany - atFew) / (many.clusters - few.clusters)) * few.clusters;
}

function growthLines(of: ValuesOf, identity: Identity): BenchLine[] {
  return (["component", "byHand"] as const).flatMap((way) =>
    ([[small, medium] as const, [medium, LARGEST[identity]] as const] satisfies Step[]).map(([few, many]) => {
      const [atFew, atMany] = [of(way, few, "processor"), of(way, many, "processor")];
      const exponents = atMany.map((time, round) =>
        growthExponent({ size: few.clusters, time: atFew[round] ?? NaN }, { size: many.clusters, time }),
      );
      return benchLine(
        `${IDENTITY[identity]}: time, ${few.clusters} → ${many.clusters} clusters, ${CALLED[way]}`,
        "growth exponent",
        exponents,
        way === "component" ? GROWTH_GOAL : undefined,
      );
    }),
  );
}

/** Medians of everything, and what does not grow. */
export function programTables(measured: readonly MeasuredProgram[]): BenchTable[] {
  return [mediansTable(measured), fixedTable(measured)];
}

function mediansTable(measured: readonly MeasuredProgram[]): BenchTable {
  return {
    title: "A program that is run to its end, medians",
    columns: [
      "clusters × ServiceAccounts",
      "",
      "resources",
      "ms of processor time",
      "ms of it per resource",
      "MiB of heap",
      "KiB of it per resource",
      "MiB resident, at most",
    ],
    rows: measured.map(({ way, identity, clusters, serviceAccounts, samples }) => {
      const typical = (figure: keyof ProgramSample) => median(samples.map((sample) => sample[figure]));
      const resources = typical("resources");
      return [
        `${clusters} × ${serviceAccounts}, ${IDENTITY[identity]}`,
        CALLED[way],
        resources,
        Math.round(typical("processor")),
        (typical("processor") / resources).toFixed(2),
        typical("heap").toFixed(1),
        ((typical("heap") * 1024) / resources).toFixed(1),
        Math.round(typical("peak")),
      ];
    }),
  };
}

function fixedTable(measured: readonly MeasuredProgram[]): BenchTable {
  return {
    title: `The fixed part: what would be left without a cluster, by the line through ${small.clusters} and ${medium.clusters} clusters, medians`,
    columns: ["", "", "ms of processor time", "MiB of heap"],
    rows: IDENTITIES.flatMap((identity) =>
      WAYS.map((way) => {
        const of = valuesIn(measured, identity);
        const fixed = (figure: Figure) => {
          const atMany = of(way, medium, figure);
          const atFew = of(way, small, figure);
          return median(atMany.map((value, round) => fixedOf([small, medium], [atFew[round] ?? NaN, value])));
        };
        return [IDENTITY[identity], CALLED[way], Math.round(fixed("processor")), fixed("heap").toFixed(1)];
      }),
    ),
  };
}

/** What the lines do not say by themselves. */
export const PROGRAM_NOTES = [
  `Per cluster is with its ${medium.serviceAccounts} ServiceAccounts, from ${small.clusters} clusters to ${LARGEST.Irsa.clusters} (Pod Identity: ${LARGEST.PodIdentity.clusters}), or to ${medium.clusters} beside those in a component.`,
  `Per ServiceAccount is between ${thin.serviceAccounts} and ${medium.serviceAccounts} of them in each of ${medium.clusters} clusters.`,
];
