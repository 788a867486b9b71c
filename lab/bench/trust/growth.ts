import { accessTable } from "../../../trust/access";
import { findMismatch } from "../../../trust/exact";
import { buildTrustPolicy } from "../../../trust/policy";
import { trustPolicySize } from "../../../trust/size";
import { parseSubject } from "../../../trust/subject";
import type { WrittenForm } from "../../../trust/types";
import { GROWTH_GOAL } from "../goals";
import { benchLine, type BenchContext, type BenchLine, type BenchTable } from "../lines";
import { processorTime, timeSideBySide, type Candidate } from "../measure";
import { growthExponent, median } from "../statistics";
import { FORMS } from "./capacity";
import { fleetOf, readers, US_EAST_1 } from "./fleet";

/** Clusters of a fleet. The limit of IAM is left aside: here it is the functions that are measured. */
const SIZES = [10, 100, 1000] as const;
const SERVICE_ACCOUNTS = 20;

const BUILD = "build and size";
const EVALUATE = "evaluate every pair";
const CHECK = "self-check";
const STEPS = [BUILD, EVALUATE, CHECK] as const;
type Step = (typeof STEPS)[number];

/** Milliseconds of one step for one form: for each size, round by round. */
interface Times {
  form: WrittenForm;
  step: Step;
  bySize: number[][];
}

/** What one form's step does with a fleet of one size. Everything that it is given is made beforehand. */
function candidate(form: WrittenForm, step: Step, size: number): Candidate {
  const subjects = readers(SERVICE_ACCOUNTS);
  const clusters = fleetOf(size, US_EAST_1, subjects);
  const policy = buildTrustPolicy(clusters, { form });
  const accounts = subjects.flatMap((subject) => parseSubject(subject) ?? []);
  const steps: Record<Step, () => number> = {
    [BUILD]: () => trustPolicySize(buildTrustPolicy(clusters, { form })),
    [EVALUATE]: () => {
      const rows = accessTable(policy, clusters, accounts);
      return rows.every(({ decision }) => decision === "allow") ? rows.length : NaN;
    },
    [CHECK]: () => (findMismatch(policy, clusters) === undefined ? 0 : NaN),
  };
  return { name: String(size), run: steps[step] };
}

async function timesOf(form: WrittenForm, step: Step, { rounds, during }: BenchContext): Promise<Times> {
  let at = "warming up";
  const taken = await during(
    `${form}: ${step}`,
    () =>
      timeSideBySide(
        SIZES.map((size) => candidate(form, step, size)),
        rounds,
        processorTime,
        (round, size) => (at = `round ${round + 1} of ${rounds}, ${size} clusters`),
      ),
    () => at,
  );
  return { form, step, bySize: SIZES.map((size) => taken.get(String(size)) ?? []) };
}

/** How much longer a step takes when there are more clusters, and how long for the largest fleet. */
export async function measureGrowth(
  context: BenchContext,
): Promise<{ lines: BenchLine[]; table: BenchTable }> {
  const all: Times[] = [];
  for (const form of FORMS) {
    for (const step of STEPS) {
      all.push(await timesOf(form, step, context));
    }
  }
  return {
    lines: [...all.flatMap(growthLines), ...FORMS.map((form) => wholeLine(form, all))],
    table: timeTable(all),
  };
}

function growthLines({ form, step, bySize }: Times): BenchLine[] {
  return SIZES.slice(1).map((large, index) => {
    const small = SIZES[index] ?? NaN;
    const exponents = (bySize[index + 1] ?? []).map((time, round) =>
      growthExponent({ size: small, time: bySize[index]?.[round] ?? NaN }, { size: large, time }),
    );
    const name = `${form}: ${step}, ${count(small)} → ${count(large)} clusters`;
    return benchLine(name, "growth exponent", exponents, GROWTH_GOAL);
  });
}

/** The time for the largest fleet, all that a component does with it. */
function wholeLine(form: WrittenForm, all: Times[]): BenchLine {
  const largest = (step: Step) =>
    all.find((one) => one.form === form && one.step === step)?.bySize.at(-1) ?? [];
  const checks = largest(CHECK);
  const sums = largest(BUILD).map((time, round) => time + (checks[round] ?? NaN));
  return benchLine(`${form}: ${fleetName()} built, sized and self-checked`, "ms", sums);
}

function timeTable(all: Times[]): BenchTable {
  return {
    title: `Milliseconds of processor time for so many clusters × ${SERVICE_ACCOUNTS} ServiceAccounts`,
    columns: ["form", "step", ...SIZES.map(count)],
    rows: all.map(({ form, step, bySize }) => [
      form,
      step,
      ...bySize.map((times) => milliseconds(median(times))),
    ]),
  };
}

function fleetName(): string {
  return `${count(SIZES.at(-1) ?? NaN)} × ${SERVICE_ACCOUNTS}`;
}

function count(size: number): string {
  return size.toLocaleString("en-US");
}

/** Three digits that count. */
function milliseconds(time: number): number {
  return Number(time.toPrecision(3));
}
