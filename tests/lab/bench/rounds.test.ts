import assert from "node:assert/strict";
import { inRounds, ratios } from "../../../lab/bench/rounds";

describe("samples in rounds", () => {
  it("alternate, go backwards every second round, and never overlap", async () => {
    const told: string[] = [];
    await inRounds(["a", "b", "c"], 3, async (name, round) => {
      told.push(`${round}${name}`);
      await new Promise(setImmediate);
      told.push(name);
    });
    assert.equal(told.join(" "), "0a a 0b b 0c c 1c c 1b b 1a a 2a a 2b b 2c c");
  });

  it("are given for each candidate, in the order of the rounds", async () => {
    const [one, other] = [{ is: 10 }, { is: 20 }];
    const samples = await inRounds([one, other], 3, ({ is }, round) => Promise.resolve(is + round));
    assert.deepEqual(samples.get(one), [10, 11, 12]);
    assert.deepEqual(samples.get(other), [20, 21, 22]);
  });

  it("end at the first that fails", async () => {
    let taken = 0;
    const failing = inRounds([1, 2], 7, (name) => {
      taken++;
      return name === 2 ? Promise.reject(new Error("no sample")) : Promise.resolve(0);
    });
    await assert.rejects(failing, /no sample/);
    assert.equal(taken, 2);
  });

  it("are set against each other within their round; one that has no partner gives no figure", () => {
    assert.deepEqual(ratios([2, 9], [1, 3]), [2, 3]);
    assert.deepEqual(ratios([2, 9], [1]), [2, NaN]);
  });
});
