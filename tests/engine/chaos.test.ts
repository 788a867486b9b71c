import type { Deployment } from "@pulumi/pulumi/automation";
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { faultsOf, LEGS } from "../../lab/chaos/course";
import { ASSOCIATED, FULL, openFleet } from "../../lab/chaos/fleet";
import { healTornState, killAt, stateFile } from "../../lab/chaos/interrupted";
import { recovery } from "../../lab/chaos/page";
import { interruptAll } from "../../lab/chaos/seeded";
import { OPERATIONS } from "../../lab/chaos/seeds";
import { recover, type as typeCommand } from "../../lab/chaos/terminal";
import { describeEngine, engineLab } from "./lab";

/** A kill in each operation: `npm run chaos` has the others. */
const SEEDS = [3, 4, 5];

/** The role that an exported state has as pending. */
function pendingRole({ deployment }: Deployment): { urn: string; name: string } {
  const { pending_operations: pending } = deployment as {
    pending_operations: { type: string; resource: { urn: string; inputs: { name: string } } }[];
  };
  const [operation, ...others] = pending;
  assert.equal(operation?.type, "creating");
  assert.deepEqual(others, []);
  return { urn: operation.resource.urn, name: operation.resource.inputs.name };
}

describeEngine("engine: the engine is killed", () => {
  it("converges by what docs/recovery.md says, at each of some moments", async () => {
    const rows = await interruptAll(await engineLab(), SEEDS);
    const different = rows.filter(({ faults }) => faults.length > 0);
    assert.deepEqual(different, []);
    assert.deepEqual(new Set(rows.map(({ operation }) => operation)), new Set(OPERATIONS));
  });

  it("would lose a role by pulumi refresh alone, and not by what docs/recovery.md says", async () => {
    const fleet = await openFleet(await engineLab());
    try {
      await killAt(fleet, { operation: "up", call: "aws CreateRole", when: "after", pause: 0 }, LEGS.up.to);
      const stack = await fleet.stack(FULL);
      await stack.cancel();
      const { urn, name } = pendingRole(await stack.exportState());
      // `pulumi stack import` would drop what is pending.
      const file = stateFile(fleet);
      const interrupted = readFileSync(file);
      for (const options of [
        "--clear-pending-creates",
        `--import-pending-creates '${urn}' --import-pending-creates '${name}'`,
      ]) {
        const { failed, text } = await typeCommand(fleet, FULL, `pulumi refresh --yes ${options}`);
        assert.equal(failed, false, text);
        assert.deepEqual(await faultsOf(fleet, stack), [`role ${name} exists, and is not in the state`]);
        writeFileSync(file, interrupted);
      }
      const seesIt = async () => {
        const { text } = await typeCommand(fleet, FULL, "pulumi stack export");
        for (const seen of recovery("torn-state").seen) assert.ok(text.includes(seen), text);
      };
      // As if the next thing to be written had been torn: first its checksum, of which nothing is lost.
      writeFileSync(`${file}.attrs`, "");
      await seesIt();
      const healed = await healTornState(fleet, FULL);
      assert.deepEqual(
        healed.map(({ command, failed }) => ({ command, failed })),
        [{ command: `rm -f '${file}.attrs'`, failed: false }],
      );
      assert.deepEqual(readFileSync(file), interrupted);
      writeFileSync(`${file}.bak`, interrupted);
      writeFileSync(file, "");
      await seesIt();
      const printed = [
        ...(await recover(fleet, "torn-state", { variant: FULL, placeholders: { "state file": file } })),
        ...(await recover(fleet, "interrupted", { variant: FULL })),
      ];
      assert.deepEqual(
        printed.filter(({ failed }) => failed),
        [],
      );
      assert.deepEqual(await faultsOf(fleet, stack), []);
      assert.equal((await stack.outputs()).roleName, name);
      await stack.destroy();
    } finally {
      await fleet.close();
    }
  });

  for (const when of ["before", "after"] as const) {
    it(`finds an association whose id nobody was told, killed ${when} EKS had the call`, async () => {
      const fleet = await openFleet(await engineLab());
      try {
        const call = "aws POST pod-identity-associations ireland/reader";
        await killAt(fleet, { operation: "up", call, when, pause: 0 }, ASSOCIATED);
        const healed = await healTornState(fleet, ASSOCIATED);
        const printed = await recover(fleet, "interrupted", { variant: ASSOCIATED });
        assert.deepEqual(
          [...healed, ...printed].filter(({ failed }) => failed),
          [],
        );
        const [, , script] = printed;
        const said =
          when === "before" ? /^was never made: \S+reader$/m : /^to be looked up: \S+reader ireland,a-\w+@/m;
        assert.match(script?.text ?? "", said);
        const stack = await fleet.stack(ASSOCIATED);
        assert.deepEqual(await faultsOf(fleet, stack), []);
        await stack.destroy();
      } finally {
        await fleet.close();
      }
    });
  }
});
