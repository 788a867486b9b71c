import type fc from "fast-check";
import type { Outcome } from "../outcome";
import { argumentCases, judgeArguments } from "./arguments";
import { builderCases, judgeBuilder } from "./builder";
import { evaluatorCases, judgeEvaluator } from "./evaluator";

/** One thing that is fuzzed: where its cases come from, and how one is judged. */
export interface Target {
  cases: fc.Arbitrary<unknown>;
  judge: (value: unknown) => Outcome;
}

export const TARGETS = {
  arguments: { cases: argumentCases, judge: judgeArguments },
  builder: { cases: builderCases, judge: judgeBuilder },
  evaluator: { cases: evaluatorCases, judge: judgeEvaluator },
} satisfies Record<string, Target>;

export type TargetName = keyof typeof TARGETS;
export const TARGET_NAMES = Object.keys(TARGETS) as TargetName[];
