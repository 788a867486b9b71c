import fc from "fast-check";
import type { Outcome } from "./outcome";
import { TARGETS, type TargetName } from "./targets";

/** A fault, with the smallest case that was found to show it. */
export interface Fault {
  target: TargetName;
  seed: number;
  path: string;
  message: string;
  /** The case as it would be written down. */
  value: string;
}

export interface Hunt {
  cases: number;
  /** How many cases came out how: a run in which nothing was ever built has shown nothing. */
  labels: Map<string, number>;
  faults: Fault[];
}

export interface HuntLimits {
  seed: number;
  runs: number | undefined;
  milliseconds: number;
  path: string | undefined;
  /** Go on after a fault; cases that show a fault again are passed over. */
  all: boolean;
}

/** Milliseconds in which a case is made smaller. */
const SHRINKING = 10_000;

type Judge = (target: TargetName, value: unknown) => Promise<Outcome>;

/** Tries cases of a target until one is wrong, and makes that one smaller. */
export async function hunt(target: TargetName, limits: HuntLimits, judge: Judge): Promise<Hunt> {
  const found: Hunt = { cases: 0, labels: new Map(), faults: [] };
  const known = new Set<string>();
  const until = Date.now() + limits.milliseconds;
  let { seed } = limits;
  for (;;) {
    const outcome = await round(
      target,
      { ...limits, seed, milliseconds: until - Date.now() },
      judge,
      known,
      found,
    );
    if (outcome === undefined) return found;
    found.faults.push(outcome.fault);
    known.add(outcome.kind);
    if (!limits.all) return found;
    seed++;
  }
}

async function round(
  target: TargetName,
  { seed, runs, milliseconds, path }: HuntLimits,
  judge: Judge,
  known: ReadonlySet<string>,
  found: Hunt,
): Promise<{ fault: Fault; kind: string } | undefined> {
  // While it is made smaller a case may come to show another fault; that is another hunt's.
  let wanted: string | undefined;
  let until = Infinity;
  const property = fc.asyncProperty(TARGETS[target].cases, async (value) => {
    if (Date.now() > until) return;
    const outcome = await judge(target, value);
    found.cases++;
    if (outcome.kind === "fine") {
      found.labels.set(outcome.label, (found.labels.get(outcome.label) ?? 0) + 1);
      return;
    }
    if (known.has(outcome.fault) || (wanted ?? outcome.fault) !== outcome.fault) return;
    if (wanted === undefined) until = Date.now() + SHRINKING;
    wanted = outcome.fault;
    throw new Error(outcome.message);
  });
  const details = await fc.check(property, {
    seed,
    numRuns: runs ?? Number.MAX_SAFE_INTEGER,
    ...(path !== undefined && { path }),
    ...(Number.isFinite(milliseconds) && { interruptAfterTimeLimit: Math.max(milliseconds, 1) }),
  });
  const { counterexample, counterexamplePath, errorInstance } = details;
  if (counterexample === null) return undefined;
  if (wanted === undefined) throw errorInstance;
  const message = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  const value = fc.stringify(counterexample[0]);
  return { fault: { target, seed, path: counterexamplePath, message, value }, kind: wanted };
}
