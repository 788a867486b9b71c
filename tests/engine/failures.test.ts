import assert from "node:assert/strict";
import { recoveryNames } from "../../lab/chaos/page";
import { SCENARIOS } from "../../lab/chaos/scenarios";
import type { Row } from "../../lab/chaos/trial";
import { describeEngine, engineLab } from "./lab";

/** The recoveries that only a killed engine needs: chaos.test.ts types them. */
const OF_KILLS = ["interrupted", "torn-checksum", "torn-state"];

describeEngine("engine: failures in the middle", () => {
  const typed = new Set<string>();

  for (const { title, run } of SCENARIOS.filter(({ long }) => !long)) {
    it(`converges when ${title}`, async () => {
      const rows = await run(await engineLab());
      assert.ok(rows.length > 0);
      assert.deepEqual(rows.filter(isDifferent), []);
      rows.forEach(({ recovery }) => typed.add(recovery));
    });
  }

  it("typed every recovery of the page", () => {
    const untyped = recoveryNames().filter((name) => !OF_KILLS.includes(name) && !typed.has(name));
    assert.deepEqual(untyped, []);
  });
});

function isDifferent({ faults }: Row): boolean {
  return faults.length > 0;
}
