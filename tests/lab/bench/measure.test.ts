import assert from "node:assert/strict";
import { timeSideBySide } from "../../../lab/bench/measure";

/** Work that takes so many milliseconds of a clock that only work moves. */
function workshop() {
  let time = 0;
  const done: string[] = [];
  return {
    done,
    now: () => time,
    takes: (name: string, milliseconds: () => number) => ({
      name,
      run: () => {
        time += milliseconds();
        done.push(name);
        return 1;
      },
    }),
  };
}

describe("measuring side by side", () => {
  it("gives each candidate its own time for one run, round by round", async () => {
    const { takes, now } = workshop();
    let grown = 30;
    const times = await timeSideBySide([takes("a", () => 25), takes("b", () => grown++)], 3, now);
    assert.deepEqual(times.get("a"), [25, 25, 25]);
    assert.deepEqual(times.get("b"), [31, 32, 33], "the first run, which warms up, is not counted");
  });

  it("alternates, and goes backwards every second round", async () => {
    const { takes, now, done } = workshop();
    const order: string[] = [];
    const candidates = [takes("a", () => 50), takes("b", () => 50), takes("c", () => 50)];
    await timeSideBySide(candidates, 3, now, (round, name) => order.push(`${round}${name}`));
    assert.deepEqual(order, ["0a", "0b", "0c", "1c", "1b", "1a", "2a", "2b", "2c"]);
    assert.equal(done.slice(3).join(""), "abccbaabc");
  });

  it("does short work so often that its sample lasts, and gives the time of one run all the same", async () => {
    const { takes, now, done } = workshop();
    const times = await timeSideBySide([takes("a", () => 0.25)], 7, now);
    assert.deepEqual(times.get("a"), [0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25]);
    const warmingUp = 1 + 2 + 4 + 8 + 16 + 32 + 64 + 128;
    assert.equal(done.length, warmingUp + 7 * 128);
  });

  it("refuses work that went wrong", async () => {
    const { now, takes } = workshop();
    const wrong = { ...takes("a", () => 1), run: () => NaN };
    await assert.rejects(timeSideBySide([wrong], 7, now), /gave no number/);
  });
});
