import assert from "node:assert/strict";
import { cellsOf, compareVersions, lowestOf, newestOf, NODES } from "../../../tools/matrix/combinations";
import { readReleases } from "../../../tools/matrix/programs";
import { readOptions } from "../../../tools/matrix/options";
import { allPassed } from "../../../tools/matrix/table";
import { manifest } from "../manifest";

describe("matrix: what is run together", () => {
  it("begins at the lowest versions that package.json allows, and at the oldest Node", () => {
    const { dependencies, engines } = manifest();
    assert.deepEqual(Object.values(dependencies).map(lowestOf), ["7.40.0", "4.29.0", "3.245.0"]);
    assert.equal(engines.node, `>=${NODES[0]}`);
  });

  it("refuses a range whose lowest version it cannot tell", () => {
    assert.throws(() => lowestOf(">=7"), /"\S+" is no caret range/);
  });

  it("takes the newest release that runs on the Node, by number, and no pre-release", () => {
    const releases = [
      { version: "3.9.0", node: ">=20" },
      { version: "3.248.0", node: ">=20" },
      { version: "3.250.0", node: ">=22" },
      { version: "3.251.0", node: "lts/*" },
      { version: "4.0.0-alpha.1" },
    ];
    assert.equal(newestOf(releases, 20), "3.248.0");
    assert.equal(newestOf(releases, 22), "3.250.0");
    assert.equal(newestOf([{ version: "1.0.0" }], 20), "1.0.0");
    assert.throws(() => newestOf([{ version: "1.0.0", node: ">=24" }], 20), /no release runs on Node 20/);
    assert.ok(compareVersions("3.9.0", "3.10.0") < 0);
  });

  it("runs the engine with the lowest SDKs on the oldest Node, and with the newest on the newest", () => {
    const cells = cellsOf([24, 20], { sdk: "^1.2.0" }, { sdk: [{ version: "1.3.0" }] }, true);
    assert.deepEqual(
      cells.map(({ node, kind, sdks, engine }) => [node, kind, sdks.sdk, engine]),
      [
        [20, "lowest", "1.2.0", true],
        [20, "newest", "1.3.0", false],
        [24, "lowest", "1.2.0", false],
        [24, "newest", "1.3.0", true],
      ],
    );
  });

  it("reads each form of what npm says of releases", () => {
    assert.deepEqual(readReleases('"1.0.0"'), [{ version: "1.0.0" }]);
    assert.deepEqual(readReleases('["1.0.0", { "version": "1.1.0", "engines": { "node": ">=22" } }]'), [
      { version: "1.0.0" },
      { version: "1.1.0", node: ">=22" },
    ]);
  });

  it("fails when one outcome of all failed, or nothing ran", () => {
    const [good, bad] = [true, false].map((ok) => ({ ok, text: "" })) as [
      { ok: boolean; text: string },
      { ok: boolean; text: string },
    ];
    const cell = { node: "20", kind: "lowest" as const, sdks: {}, install: good, types: good };
    const consumer = { typescript: "5.9", sdks: {}, outcome: bad };
    assert.ok(allPassed({ cells: [cell], consumers: [] }));
    assert.ok(!allPassed({ cells: [{ ...cell, tests: bad }], consumers: [] }));
    assert.ok(!allPassed({ cells: [cell], consumers: [consumer] }));
    assert.ok(!allPassed({ cells: [], consumers: [] }));
  });

  it("says which Node there is where another is asked for", () => {
    assert.deepEqual(readOptions(["--node", "22"]).nodes, [22]);
    assert.throws(() => readOptions(["--node", "18"]), /--node is "18": there is 20, 22, 24/);
  });
});
