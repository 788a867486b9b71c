import type { EngineStep, OperationResult } from "./types";

/** Which step is meant: `{ type: "aws:iam/role:Role", op: "update" }`. What is left out may be anything. */
export interface StepQuery {
  op?: string;
  type?: string;
  name?: string;
}

/** The steps that fit. */
export function stepsOf({ steps }: Pick<OperationResult, "steps">, query: StepQuery = {}): EngineStep[] {
  return steps.filter((step) => fits(step, query));
}

/** The one step that fits; an error that lists all of them unless it is exactly one. */
export function stepOf(result: Pick<OperationResult, "steps">, query: StepQuery): EngineStep {
  const found = stepsOf(result, query);
  const [step] = found;
  if (step === undefined || found.length > 1) {
    const all = result.steps.map((one) => `\n  ${one.op} ${one.type} ${one.name}`).join("");
    throw new Error(`${found.length} steps are ${JSON.stringify(query)}; there are${all || " none"}`);
  }
  return step;
}

/** The steps that change something. */
export function changesOf(result: Pick<OperationResult, "steps">): EngineStep[] {
  return result.steps.filter(({ op }) => op !== "same" && op !== "read" && op !== "refresh");
}

/** What was completed, in that order, each as `<op> <name>`; without what stayed the same. */
export function completedOps({ completed }: Pick<OperationResult, "completed">): string[] {
  return completed
    .filter(({ op }) => op !== "same")
    .map(({ op, urn }) => `${op} ${urn.slice(urn.lastIndexOf("::") + 2)}`);
}

/**
 * Was everything that fits `first` completed before anything that fits `second`? An error where either is nothing: such
 * an order would hold whatever was done.
 */
export function completedInOrder(result: OperationResult, first: StepQuery, second: StepQuery): boolean {
  const positions = (query: StepQuery): number[] => {
    const wanted = stepsOf(result, query);
    const found = result.completed.flatMap(({ op, urn }, index) =>
      wanted.some((step) => step.op === op && step.urn === urn) ? [index] : [],
    );
    if (found.length === 0) {
      throw new Error(`nothing completed is ${JSON.stringify(query)}: ${completedOps(result).join(", ")}`);
    }
    return found;
  };
  return Math.max(...positions(first)) < Math.min(...positions(second));
}

function fits(step: EngineStep, { op, type, name }: StepQuery): boolean {
  return (
    (op === undefined || step.op === op) &&
    (type === undefined || step.type === type) &&
    (name === undefined || step.name === name)
  );
}
