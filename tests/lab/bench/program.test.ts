import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fixedOf, programLines, programTables, slopesOf, unitsOf } from "../../../lab/bench/program/figures";
import { compile } from "../../../lab/bench/compile";
import {
  FLEETS,
  LARGEST,
  programs,
  SAMPLE,
  sampleOf,
  type MeasuredProgram,
  type SampleRequest,
} from "../../../lab/bench/program/samples";
import { IdentityMode } from "../../../trust/types";

/** Programs that cost so much at all, so much for each cluster, and so much for each ServiceAccount in one. */
function measuredBy(cost: (request: SampleRequest) => [fixed: number, cluster: number, account: number]) {
  return programs().map((request): MeasuredProgram => {
    const [fixed, cluster, account] = cost(request);
    const { clusters, serviceAccounts } = request;
    const samples = Array.from({ length: 7 }, (_, round) => {
      // A machine that gets slower, for all of them alike.
      const whole = (fixed + clusters * (cluster + serviceAccounts * account)) * (1 + round);
      return { resources: clusters * 20, processor: whole, heap: whole, peak: 100 };
    });
    return { ...request, samples };
  });
}

const lineOf = (measured: MeasuredProgram[], name: string, figure: string) => {
  const found = programLines(measured).filter((line) => line.name === name && line.figure === figure);
  assert.equal(found.length, 1, `${found.length} lines of ${name}, ${figure}`);
  return found[0]!;
};

describe("the program part of the benchmark", () => {
  it("gives the slope per unit, and where the line begins", () => {
    assert.deepEqual(slopesOf([10, 20], [40, 80], 15), [2, 4]);
    assert.ok(Number.isNaN(slopesOf([], [40], 15)[0]), "a round that lacks one of the two has no slope");
    assert.equal(unitsOf([FLEETS.small, LARGEST.Irsa]), 390);
    assert.equal(unitsOf([FLEETS.thin, FLEETS.medium]), 1500);
    const line = (clusters: number) => 7 + 3 * clusters;
    assert.equal(fixedOf([FLEETS.small, FLEETS.medium], [line(10), line(100)]), 7);
  });

  it("holds slopes against each other, so that a fixed part is in none of them", () => {
    const measured = measuredBy(({ way }) => (way === "component" ? [5000, 20, 2] : [10, 20, 2]));
    for (const unit of ["cluster", "ServiceAccount"]) {
      for (const beside of ["times by hand", "times by hand, in a component"]) {
        for (const figure of ["time", "heap"]) {
          const line = lineOf(measured, `IRSA: ${figure} per ${unit}`, beside);
          assert.ok(Math.abs(line.median - 1) < 1e-9, `${line.name}: ${line.median}`);
          assert.equal(line.missed, false);
        }
      }
    }
    const fixed = programTables(measured)[1]?.rows ?? [];
    assert.deepEqual(fixed.slice(0, 2), [
      ["IRSA", "MultiClusterIrsa", 20_000, "20000.0"],
      ["IRSA", "by hand", 40, "40.0"],
    ]);
  });

  it("misses the goal of the unit that costs more than by hand, and of that alone", () => {
    const measured = measuredBy(({ way, identity }) =>
      way === "component" && identity === IdentityMode.PodIdentity ? [10, 20, 2.4] : [10, 20, 2],
    );
    const account = lineOf(measured, "Pod Identity: heap per ServiceAccount", "times by hand");
    assert.ok(Math.abs(account.median - 1.2) < 1e-9, String(account.median));
    assert.equal(account.missed, true);
    // 20 + 20 × 2.4 of 20 + 20 × 2.
    const cluster = lineOf(measured, "Pod Identity: time per cluster", "times by hand");
    assert.ok(Math.abs(cluster.median - 68 / 60) < 1e-9, String(cluster.median));
    assert.equal(lineOf(measured, "IRSA: time per cluster", "times by hand").missed, false);
  });

  it("has a goal for the growth of the component, and none for that of what is written by hand", () => {
    const measured = measuredBy(({ clusters }) => [0, clusters, clusters]);
    const growth = (way: string) =>
      lineOf(measured, `IRSA: time, 100 → 400 clusters, ${way}`, "growth exponent");
    assert.ok(Math.abs(growth("MultiClusterIrsa").median - 2) < 1e-9);
    assert.equal(growth("MultiClusterIrsa").missed, true);
    assert.equal(growth("by hand").goal, undefined);
    assert.equal(growth("by hand").missed, false);
  });

  it("takes a sample in a process of its own, of as many resources as there are", async () => {
    const folder = mkdtempSync(join(tmpdir(), "eks-irsa-bench-test-"));
    try {
      const script = await compile(SAMPLE, folder);
      const fleet = { clusters: 2, serviceAccounts: 3, identity: IdentityMode.Irsa } as const;
      const byHand = await sampleOf(script, { way: "byHand", ...fleet });
      // A role and its policy; of each cluster the OIDC provider, the Kubernetes provider and its ServiceAccounts.
      assert.equal(byHand.resources, 2 + 2 * (2 + 3));
      const component = await sampleOf(script, { way: "component", ...fleet });
      assert.equal(component.resources, byHand.resources + 1, "and the component itself");
      for (const { processor, heap, peak } of [byHand, component]) {
        assert.ok(processor > 0 && heap > 0 && peak > heap);
      }
      await assert.rejects(sampleOf(script, { way: "none", ...fleet } as never));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
