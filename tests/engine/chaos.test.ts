import assert from "node:assert/strict";
import { faultsOf, LEGS } from "../../lab/chaos/course";
import { FULL, openFleet } from "../../lab/chaos/fleet";
import { killAt } from "../../lab/chaos/interrupted";
import { interruptAll } from "../../lab/chaos/seeded";
import { OPERATIONS } from "../../lab/chaos/seeds";
import { type as typeCommand } from "../../lab/chaos/terminal";
import { describeEngine, engineLab } from "./lab";

/** A kill in each operation: `npm run chaos` has the others. */
const SEEDS = [3, 4, 5];

describeEngine("engine: the engine is killed", () => {
  it("converges by what docs/recovery.md says, at each of some moments", async () => {
    const rows = await interruptAll(await engineLab(), SEEDS);
    assert.deepEqual(
      rows.filter(({ faults }) => faults.length > 0),
      [],
    );
    assert.deepEqual(new Set(rows.map(({ operation }) => operation)), new Set(OPERATIONS));
  });

  it("is told by the comparison when the recovery is left out: a role is lost", async () => {
    const fleet = await openFleet(await engineLab());
    try {
      await killAt(fleet, { operation: "up", call: "aws CreateRole", when: "after", pause: 0 }, LEGS.up.to);
      for (const command of [
        "pulumi cancel --yes",
        "pulumi refresh --yes --clear-pending-creates",
        "pulumi up",
      ]) {
        const { failed, text } = await typeCommand(fleet, FULL, command);
        assert.equal(failed, false, text);
      }
      const stack = await fleet.stack(FULL);
      const [fault = "", ...others] = await faultsOf(fleet, stack);
      assert.match(fault, /^role chaos-\S+ exists, and is not in the state$/);
      assert.deepEqual(others, []);
      await stack.destroy();
    } finally {
      await fleet.close();
    }
  });
});
