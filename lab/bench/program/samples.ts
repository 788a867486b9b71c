import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { IdentityMode } from "../../../trust/types";
import type { FleetSize } from "../fleet/fleet";
import { WAYS, type Way } from "../fleet/ways";
import type { BenchContext } from "../lines";
import { compile, withPackages } from "../compile";
import { inRounds } from "../rounds";

/** What a program takes, from its first line until all that it asks for was answered. */
export interface ProgramSample {
  /** Resources that were registered, without the stack. */
  resources: number;
  /** Milliseconds of processor time. */
  processor: number;
  /** MiB of the heap that the program and its resources hold at the end. */
  heap: number;
  /** MiB that the whole process had in memory at most. */
  peak: number;
}

/** A program that is measured. */
export interface SampleRequest extends FleetSize {
  way: Way;
}

/** A program with what was measured of it, round by round. */
export interface MeasuredProgram extends SampleRequest {
  samples: ProgramSample[];
}

/** The program that is measured, in TypeScript. */
export const SAMPLE = join(__dirname, "sample.ts");

/** The fleets, each declared in each way. Slopes are taken between them. */
export const FLEETS = {
  small: { clusters: 10, serviceAccounts: 20 },
  medium: { clusters: 100, serviceAccounts: 20 },
  /** As many clusters as `medium`, for the slope per ServiceAccount. */
  thin: { clusters: 100, serviceAccounts: 5 },
} as const;
/** The largest. With Pod Identity there are twice as many resources for each ServiceAccount, so it is half as many clusters. */
export const LARGEST = {
  Irsa: { clusters: 400, serviceAccounts: 20 },
  PodIdentity: { clusters: 200, serviceAccounts: 20 },
} as const;
export const IDENTITIES = [IdentityMode.Irsa, IdentityMode.PodIdentity] as const;

/** A fleet, and how it is declared. */
interface MeasuredFleet extends FleetSize {
  ways: Way[];
}

/** All fleets that are measured. The largest takes half a minute, and so is measured in the two ways that are compared at all sizes. */
function fleets(): MeasuredFleet[] {
  return IDENTITIES.flatMap((identity) =>
    [...Object.values(FLEETS), LARGEST[identity]].map((fleet) => ({
      ...fleet,
      identity,
      ways: WAYS.filter((way) => way !== "enclosed" || fleet !== LARGEST[identity]),
    })),
  );
}

/** All programs that are measured. */
export function programs(): SampleRequest[] {
  return fleets().flatMap(({ ways, ...size }) => ways.map((way) => ({ way, ...size })));
}

/**
 * Measures each program in a process of its own, so that none finds a heap that another has filled or code that another has
 * warmed up. Those that declare the same fleet run at the same time: whatever slows the machine down slows all of them.
 */
export function measurePrograms({ rounds, during }: BenchContext): Promise<MeasuredProgram[]> {
  let at = "";
  return during(
    `${programs().length} programs, each time in a process of its own`,
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "eks-irsa-bench-"));
      try {
        const script = await compile(SAMPLE, folder);
        const all = fleets();
        const samples = await inRounds(all, rounds, ({ ways, ...size }, round) => {
          at = `round ${round + 1} of ${rounds}: ${size.clusters} × ${size.serviceAccounts}, ${size.identity}`;
          return Promise.all(ways.map((way) => sampleOf(script, { way, ...size })));
        });
        return all.flatMap((fleet) => withSamples(fleet, samples.get(fleet) ?? []));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    () => at,
  );
}

/** Each program of a fleet with its samples, of which a round has one for each way. */
function withSamples({ ways, ...size }: MeasuredFleet, byRound: ProgramSample[][]): MeasuredProgram[] {
  return ways.map((way, index) => ({
    way,
    ...size,
    samples: byRound.flatMap((round) => round[index] ?? []),
  }));
}

/** Runs one program in a process of its own. */
export async function sampleOf(script: string, request: SampleRequest): Promise<ProgramSample> {
  const env = withPackages(process.env);
  const args = ["--expose-gc", script, JSON.stringify(request)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  return JSON.parse(stdout) as ProgramSample;
}
