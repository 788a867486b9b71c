import assert from "node:assert/strict";
import { withMemoryPlugins } from "../../../lab/bench/engine/fleets";
import { longestChain, type StateResource } from "../../../lab/bench/engine/longestChain";
import { fleetStack, type Bench } from "../../../lab/bench/engine/operation";
import type { FleetSize } from "../../../lab/bench/fleet/fleet";
import { WAYS, type Way } from "../../../lab/bench/fleet/ways";
import { IdentityMode } from "../../../trust/types";

const PATIENCE = 10 * 60_000;

interface Deployed {
  resources: StateResource[];
  bytes: number;
}

/** Deploys a fleet, and sees to it that a preview finds nothing to do. */
async function deploy(bench: Bench, way: Way, size: FleetSize): Promise<Deployed> {
  const stack = fleetStack(bench, way, size);
  const up = await stack.run("up");
  const resources = stack.resources();
  // The default provider is in the state, and not among the changes.
  assert.deepEqual(up.changes, { create: resources.length - 1 });
  assert.equal(up.seconds > 0 && up.peakMiB > 0 && up.programMiB > 0, true);
  const { changes } = await stack.run("preview");
  assert.deepEqual(changes, { same: resources.length - 1 }, `${way} previews a change`);
  const bytes = stack.stateBytes();
  stack.remove();
  return { resources, bytes };
}

describe("fleets that are deployed with plugins in memory", function () {
  this.timeout(PATIENCE);

  it("are there by each way, with the same resources, and previewed without a change", () =>
    withMemoryPlugins(async (bench) => {
      const size: FleetSize = { clusters: 2, serviceAccounts: 2, identity: IdentityMode.PodIdentity };
      const all: Deployed[] = [];
      for (const way of WAYS) all.push(await deploy(bench, way, size));
      const types = all.map(({ resources }) =>
        resources
          .map(({ type }) => type)
          .filter((type) => !/:index:/.test(type))
          .sort(),
      );
      assert.deepEqual(types[0], types[1]);
      assert.deepEqual(types[2], types[1]);
    }));

  it("have chains of dependencies that are no longer for more clusters", () =>
    withMemoryPlugins(async (bench) => {
      for (const identity of [IdentityMode.Irsa, IdentityMode.PodIdentity] as const) {
        const lengths: number[] = [];
        for (const clusters of [2, 7]) {
          const { resources } = await deploy(bench, "component", { clusters, serviceAccounts: 1, identity });
          lengths.push(longestChain(resources).length);
        }
        assert.equal(lengths[0], lengths[1], identity);
        assert.equal((lengths[0] ?? 0) > 3, true);
      }
    }));
});
