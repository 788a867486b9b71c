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

/** What a seed means; the same in every run. */
export function planOf(seed: number, calls: Readonly<Record<OperationName, readonly string[]>>): Plan {
  const hash = createHash("sha256").update(`chaos ${seed}`).digest();
  const operation = OPERATIONS[seed % OPERATIONS.length] ?? "up";
  const choice = calls[operation];
  const call = choice[hash.readUInt32BE(0) % choice.length];
  if (call === undefined) throw new Error(`${operation} makes no calls`);
  return {
    seed,
    operation,
    call,
    when: (hash[4] ?? 0) % 2 === 0 ? "before" : "after",
    pause: hash.readUInt32BE(8) % LONGEST_PAUSE,
  };
}
