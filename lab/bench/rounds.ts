/**
 * Takes a sample of each candidate once a round, one after the other, for what is no function of this process: other processes, a
 * lab. Every second round goes backwards, as in `timeSideBySide`.
 *
 * @returns for each candidate its samples, round by round.
 */
export async function inRounds<Candidate, Sample>(
  candidates: readonly Candidate[],
  rounds: number,
  sample: (candidate: Candidate, round: number) => Promise<Sample>,
): Promise<Map<Candidate, Sample[]>> {
  const samples = new Map(candidates.map((candidate) => [candidate, [] as Sample[]]));
  for (let round = 0; round < rounds; round++) {
    for (const candidate of round % 2 === 0 ? candidates : [...candidates].reverse()) {
      const taken = await sample(candidate, round);
      samples.get(candidate)?.push(taken);
    }
  }
  return samples;
}

/** How many times the one is of the other, round by round. */
export function ratios(of: readonly number[], to: readonly number[]): number[] {
  return of.map((value, round) => value / (to[round] ?? NaN));
}
