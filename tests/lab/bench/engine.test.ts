import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { longestChain, type StateResource } from "../../../lab/bench/engine/longestChain";
import { Samples, STATE } from "../../../lab/bench/engine/overhead";
import { sizeName, slopes, type Sizes } from "../../../lab/bench/engine/slopes";
import { measuredCli, readUsage, usageEnvironment } from "../../../lab/bench/engine/usage";
import type { Taken } from "../../../lab/bench/engine/operation";
import { IdentityMode } from "../../../trust/types";

const identity = IdentityMode.Irsa;
const SIZES: Sizes = {
  small: { clusters: 2, serviceAccounts: 1, identity },
  wide: { clusters: 5, serviceAccounts: 1, identity },
  deep: { clusters: 5, serviceAccounts: 3, identity },
};

describe("what a fleet takes, by its parts", () => {
  it("is taken apart into a cluster, a ServiceAccount and what is fixed", () => {
    const of = ({ clusters, serviceAccounts }: Sizes["small"]) =>
      100 + 7 * clusters + 3 * clusters * serviceAccounts;
    const taken = { small: of(SIZES.small), wide: of(SIZES.wide), deep: of(SIZES.deep) };
    // A cluster comes with its one ServiceAccount.
    assert.deepEqual(slopes(SIZES, taken), { perServiceAccount: 3, perCluster: 10, fixed: 100 });
    assert.equal(sizeName(SIZES.deep), "5 × 3");
  });

  it("is held against what the same takes by hand, without what is fixed", () => {
    const taken: Taken = {
      command: "up",
      seconds: 1,
      processorSeconds: 1,
      peakMiB: 1,
      programMiB: 1,
      changes: {},
    };
    const rounds = (bytes: number) => Array.from({ length: 7 }, () => ({ up: taken, bytes }));
    const samples = new Samples(
      SIZES,
      new Map([
        [{ way: "component" as const, size: "small" as const }, rounds(10_000)],
        [{ way: "component" as const, size: "wide" as const }, rounds(16_000)],
        [{ way: "component" as const, size: "deep" as const }, rounds(28_000)],
        [{ way: "byHand" as const, size: "small" as const }, rounds(1_000)],
        [{ way: "byHand" as const, size: "wide" as const }, rounds(4_000)],
        [{ way: "byHand" as const, size: "deep" as const }, rounds(14_000)],
      ]),
    );
    const [cluster, account] = samples.slopeLines("IRSA", STATE);
    assert.deepEqual([cluster?.median, cluster?.missed, cluster?.goal], [2, true, 1.15]);
    assert.deepEqual([account?.median.toFixed(3), account?.missed], ["1.200", true]);
    assert.equal(samples.totalLines("IRSA", "deep", STATE)[0]?.median, 2);
    assert.deepEqual(samples.table("t", [STATE]).rows[1]?.slice(0, 3), ["checkpoint, KiB", "by hand", 0.977]);
  });
});

describe("the longest chain in a state", () => {
  const resource = (urn: string, more: Partial<StateResource> = {}): StateResource => ({
    urn,
    type: "t",
    ...more,
  });
  const urns = (resources: StateResource[]) => longestChain(resources).map(({ urn }) => urn);

  it("goes over parents, providers, dependencies and properties, in whatever order they stand", () => {
    const resources = [
      resource("e", { propertyDependencies: { a: null, b: ["d"] } }),
      resource("d", { provider: "c::an-id" }),
      resource("c", { dependencies: ["b", "other"] }),
      resource("b", { parent: "a" }),
      resource("a"),
      resource("other"),
    ];
    assert.deepEqual(urns(resources), ["a", "b", "c", "d", "e"]);
  });

  it("is as long for many that wait for one as for one", () => {
    const waiting = (count: number) => [
      resource("first"),
      ...Array.from({ length: count }, (_, index) => resource(`${index}`, { dependencies: ["first"] })),
    ];
    assert.equal(urns(waiting(1)).length, 2);
    assert.equal(urns(waiting(50)).length, 2);
    assert.deepEqual(longestChain([]), []);
  });
});

describe("the CLI that is measured", () => {
  it("is the CLI, and tells what each command took", () => {
    const folder = mkdtempSync(join(tmpdir(), "measured-"));
    try {
      mkdirSync(join(folder, "real", "bin"), { recursive: true });
      const real = join(folder, "real", "bin", "pulumi");
      writeFileSync(real, '#!/bin/sh\necho "said $*"\nsleep 0.2\n[ "$1" != fail ]\n', { mode: 0o755 });
      const root = measuredCli(join(folder, "cli"), { python: python(), pulumiRoot: join(folder, "real") });
      const file = join(folder, "usage.jsonl");
      const run = (command: string) =>
        execFileSync(join(root, "bin", "pulumi"), [command, "now"], {
          env: { ...process.env, ...usageEnvironment(file) },
          encoding: "utf8",
        });
      assert.equal(run("up"), "said up now\n");
      assert.throws(() => run("fail"), { status: 1 });
      const { seconds, peakMiB, processorSeconds } = readUsage(file, "up");
      assert.equal(seconds >= 0.2 && processorSeconds < seconds && peakMiB > 0, true);
      assert.throws(() => readUsage(file, "preview"), /pulumi preview was not measured/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

function python(): string {
  return execFileSync("sh", ["-c", "command -v python3"], { encoding: "utf8" }).trim();
}
