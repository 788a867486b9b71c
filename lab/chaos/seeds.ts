import { createHash } from "node:crypto";

/** What is interrupted: a first deployment, a change of everything, the end. Each begins where the one before has ended. */
export const OPERATIONS = ["up", "change", "destroy"] as const;
export type OperationName = (typeof OPERATIONS)[number];

/** When the engine is killed. */
export interface Plan {
  seed: number;
  operation: OperationName;
  /** At this call of a plugin. */
  call: string;
  /** Before the server has it; or when it is done, and the engine has not heard of it. */
  when: "before" | "after";
  /** Milliseconds for what goes on beside the call. */
  pause: number;
}

const LONGEST_PAUSE = 200;

/** The calls at which an operation can be interrupted: those that come in every run of it, in alphabetical order. */
export function callsToChooseFrom(seen: readonly string[]): string[] {
  // How often something is looked at until it is gone differs from run to run.
  return [...new Set(seen)].filter((call) => !call.includes("#")).sort();
}

/** A number from 0 to 1 that comes of a text, the same in every run. */
export function portionOf(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32BE(0) / 2 ** 32;
}

/** What a seed means; the same in every run. */
export function planOf(seed: number, calls: Readonly<Record<OperationName, readonly string[]>>): Plan {
  const operation = OPERATIONS[seed % OPERATIONS.length] ?? "up";
  const choice = calls[operation];
  const call = choice[Math.floor(portionOf(`call ${seed}`) * choice.length)];
  if (call === undefined) throw new Error(`${operation} makes no calls`);
  return {
    seed,
    operation,
    call,
    when: portionOf(`when ${seed}`) < 0.5 ? "before" : "after",
    pause: Math.floor(portionOf(`pause ${seed}`) * LONGEST_PAUSE),
  };
}
