import type { EngineStack } from "../engine/workspace";
import { recordedOf, unfinished } from "./checkpoint";
import { CHANGED, FULL, type Fleet, type Variant } from "./fleet";
import { realityOf } from "./reality";
import { differences } from "./resources";
import { callsToChooseFrom, OPERATIONS, type OperationName } from "./seeds";

/** Where an operation begins and where it ends; nothing: no stack is up. */
interface Leg {
  from: Variant | undefined;
  to: Variant | undefined;
}

export const LEGS: Readonly<Record<OperationName, Leg>> = {
  up: { from: undefined, to: FULL },
  change: { from: FULL, to: CHANGED },
  destroy: { from: CHANGED, to: undefined },
};

/** Runs an operation in peace. */
export async function operate(fleet: Fleet, { to }: Leg): Promise<void> {
  const stack = await fleet.stack(to ?? FULL);
  await (to === undefined ? stack.destroy() : stack.up());
}

/** Runs each operation in peace, and gives the calls that it makes. */
export async function rehearse(fleet: Fleet): Promise<Record<OperationName, string[]>> {
  const calls = { up: [], change: [], destroy: [] } as Record<OperationName, string[]>;
  for (const operation of OPERATIONS) {
    fleet.gates.forget();
    await operate(fleet, LEGS[operation]);
    calls[operation] = callsToChooseFrom(fleet.gates.seen());
  }
  return calls;
}

/** Brings a fleet from one variant to another in peace, by as few operations as that takes. */
export async function bring(fleet: Fleet, from: Variant | undefined, to: Variant | undefined): Promise<void> {
  if (from !== to) await operate(fleet, { from, to });
}

/**
 * What keeps a stack from being converged, a line each: what its last operation left unfinished, and where state and reality differ.
 * `clusters`: only these can be asked.
 */
export async function faultsOf(
  fleet: Fleet,
  stack: EngineStack,
  clusters = fleet.clusters,
): Promise<string[]> {
  const state = await stack.exportState();
  return [...unfinished(state), ...differences(recordedOf(state, fleet), await realityOf(fleet, clusters))];
}
