import type { Lab } from "../supervisor/client";
import { LEGS, rehearse } from "./course";
import { openFleet, type Variant } from "./fleet";
import { interrupt } from "./interrupted";
import { planOf } from "./seeds";
import type { Row } from "./trial";

/**
 * Kills the engine once for each seed. The operations follow each other on one fleet, each from where the one before has ended; one
 * that did not converge leaves its fleet behind. `begin` and `done` are told of each.
 */
export async function interruptAll(
  lab: Lab,
  seeds: readonly number[],
  told: { begin?: (what: string) => void; done?: (row: Row) => void } = {},
): Promise<Row[]> {
  const rows: Row[] = [];
  let fleet = await openFleet(lab);
  let at: Variant | undefined;
  try {
    told.begin?.("each operation in peace, for its calls");
    const calls = await rehearse(fleet);
    for (const seed of seeds) {
      const plan = planOf(seed, calls);
      told.begin?.(`seed ${seed}: ${plan.operation}, killed ${plan.when} ${plan.call}`);
      const row = await interrupt(fleet, plan, at);
      rows.push(row);
      told.done?.(row);
      at = LEGS[plan.operation].to;
      if (row.faults.length > 0) {
        await fleet.close();
        fleet = await openFleet(lab);
        at = undefined;
      }
    }
    return rows;
  } finally {
    await fleet.close();
  }
}
