import assert from "node:assert/strict";
import { callsToChooseFrom, OPERATIONS, planOf } from "../../../lab/chaos/seeds";
import { readOptions } from "../../../lab/chaos/options";
import { again, renderTable } from "../../../lab/chaos/table";

const CALLS = { up: ["a", "b", "c"], change: ["d", "e"], destroy: ["f"] };
const SEEDS = Array.from({ length: 120 }, (_, seed) => seed);

describe("the seeds of a chaos run", () => {
  it("mean the same each time", () => {
    assert.deepEqual(planOf(17, CALLS), planOf(17, CALLS));
  });

  it("take the operations in turn, and reach every call, before and after", () => {
    const plans = SEEDS.map((seed) => planOf(seed, CALLS));
    assert.deepEqual(
      plans.slice(0, 4).map(({ operation }) => operation),
      [...OPERATIONS, "up"],
    );
    const moments = new Set(plans.map(({ call, when }) => `${when} ${call}`));
    assert.equal(moments.size, 12);
    for (const { operation, call } of plans) assert.ok(CALLS[operation].includes(call));
  });

  it("choose among calls that come in every run", () => {
    assert.deepEqual(callsToChooseFrom(["b", "a", "b#2"]), ["a", "b"]);
  });
});

describe("the command npm run chaos", () => {
  it("kills with 30 seeds unless told otherwise", () => {
    assert.deepEqual(readOptions([]), {
      seeds: SEEDS.slice(0, 30),
      scenarios: true,
      json: false,
      help: false,
    });
    assert.deepEqual(readOptions(["--seeds", "2", "--json"]).seeds, [0, 1]);
    const { seeds, scenarios } = readOptions(["--seed", "17"]);
    assert.deepEqual({ seeds, scenarios }, { seeds: [17], scenarios: false });
  });

  it("refuses what is no number, and both at once", () => {
    assert.throws(() => readOptions(["--seeds", "many"]), /--seeds is "many"/);
    assert.throws(() => readOptions(["--seed", "-1"]), /argument|--seed/);
    assert.throws(() => readOptions(["--seed", "1", "--seeds", "2"]), /do not go together/);
  });

  it("prints what differs, and how to see it again", () => {
    const row = { name: "seed 3", operation: "up", trouble: "engine killed", recovery: "interrupted" };
    assert.match(
      renderTable([{ ...row, faults: [] }]),
      /^seed 3 +up +engine killed +interrupted +converged$/m,
    );
    const text = renderTable([{ ...row, faults: ["role app is gone"] }]);
    assert.match(text, /DIFFERENT\n {4}role app is gone\n {4}again: npm run chaos -- --seed 3$/);
    assert.equal(again({ name: "outage" }), "npm run chaos -- --seeds 0");
  });
});
