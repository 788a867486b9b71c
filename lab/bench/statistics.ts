/** A figure from several rounds: the median, and the interval in which the true median lies with 95 % or more. */
export interface Estimate {
  median: number;
  low: number;
  high: number;
}

/** Fewer rounds than this say too little to be judged by. */
export const FEWEST_ROUNDS = 7;
const CONFIDENCE = 0.95;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (low === undefined || high === undefined) {
    throw new Error("nothing has no median");
  }
  return (low + high) / 2;
}

/**
 * The median with its interval by order statistics, which asks nothing of how the values are spread: between the k-th smallest
 * and the k-th largest lies the true median but for the chance that fewer than k of the values fell on one side of it.
 * @see https://real-statistics.com/order-statistics/confidence-intervals-order-statistics
 */
export function estimate(values: readonly number[]): Estimate {
  if (values.length < FEWEST_ROUNDS) {
    throw new Error(`${values.length} rounds are too few for an interval: at least ${FEWEST_ROUNDS}`);
  }
  const sorted = [...values].sort((a, b) => a - b);
  const outside = valuesOutside(sorted.length);
  const [low, high] = [sorted[outside], sorted[sorted.length - 1 - outside]];
  if (low === undefined || high === undefined || sorted.some((value) => !Number.isFinite(value))) {
    throw new Error("a round has no figure");
  }
  return { median: median(sorted), low, high };
}

/** How many of the smallest, and of the largest, values may be left out of the interval. */
function valuesOutside(count: number): number {
  let tail = 0;
  let chance = 0.5 ** count;
  for (let outside = 0; ; outside++) {
    tail += chance;
    if (1 - 2 * tail < CONFIDENCE) {
      return outside - 1;
    }
    chance *= (count - outside) / (outside + 1);
  }
}

/** The exponent b of time = a × size^b between two sizes: 1 is linear, 2 quadratic. */
export function growthExponent(
  small: { size: number; time: number },
  large: { size: number; time: number },
): number {
  return Math.log(large.time / small.time) / Math.log(large.size / small.size);
}
