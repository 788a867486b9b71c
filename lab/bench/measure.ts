import { setImmediate as nextTurn } from "node:timers/promises";

/** Something whose time is taken. It returns a number of what it made, so that nothing of it is optimised away. */
export interface Candidate<Name extends string = string> {
  name: Name;
  run: () => number;
}

/** A clock in milliseconds. */
export type Clock = () => number;

/** Time that this process has had of the processors: what else the machine is busy with is not in it. For work that waits for nothing. */
export const processorTime: Clock = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

/** Milliseconds that one sample lasts at least: short work is done several times in it. */
const SHORTEST_SAMPLE = 20;

/**
 * Takes the time of each candidate once a round, one after the other, so that whatever slows the machine down for a while
 * slows all of them. Every second round goes backwards: none is always the one after the largest.
 *
 * @param told is called before each sample.
 * @returns for each candidate its milliseconds for one run, round by round.
 */
export async function timeSideBySide<Name extends string>(
  candidates: readonly Candidate<Name>[],
  rounds: number,
  now: Clock,
  told: (round: number, name: Name) => void = () => undefined,
): Promise<Map<Name, number[]>> {
  const repeats = new Map(candidates.map(({ name, run }) => [name, repeatsFor(run, now)]));
  const times = new Map(candidates.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, run } of round % 2 === 0 ? candidates : [...candidates].reverse()) {
      told(round, name);
      // For timers and signals.
      await nextTurn();
      times.get(name)?.push(sample(run, repeats.get(name) ?? 1, now));
    }
  }
  return times;
}

/** Runs it until it is warm, and says how often it fits in a sample. */
function repeatsFor(run: () => number, now: Clock): number {
  for (let repeats = 1; ; repeats *= 2) {
    if (sample(run, repeats, now) * repeats >= SHORTEST_SAMPLE) {
      return repeats;
    }
  }
}

function sample(run: () => number, repeats: number, now: Clock): number {
  let sum = 0;
  const started = now();
  for (let done = 0; done < repeats; done++) {
    sum += run();
  }
  const time = (now() - started) / repeats;
  if (!Number.isFinite(sum)) {
    throw new Error("what was timed gave no number");
  }
  return time;
}
