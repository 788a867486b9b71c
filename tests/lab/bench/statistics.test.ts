import assert from "node:assert/strict";
import { benchLine, missedLines } from "../../../lab/bench/lines";
import { estimate, growthExponent, median } from "../../../lab/bench/statistics";

/** 1 to so many, in an order that is not theirs. */
function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => ((index * 7) % count) + 1);
}

describe("the benchmark's statistics", () => {
  it("the median is the middle value, or the mean of the two in the middle", () => {
    assert.equal(median([9, 1, 5]), 5);
    assert.equal(median([9, 1, 5, 6]), 5.5);
    assert.equal(median([-10, -9]), -9.5);
    assert.throws(() => median([]), /no median/);
  });

  // The ranks that tables of the binomial distribution give for 95 % or more.
  for (const [count, low, high] of [
    [8, 1, 8],
    [9, 2, 8],
    [10, 2, 9],
    [11, 2, 10],
    [12, 3, 10],
    [15, 4, 12],
    [17, 5, 13],
    [20, 6, 15],
  ] as const) {
    it(`the median of ${count} rounds lies between the ${low}. and the ${high}. with 95 %`, () => {
      assert.deepEqual(estimate(upTo(count)), { median: (count + 1) / 2, low, high });
    });
  }

  it("with seven rounds the interval is from the smallest to the largest, and fewer are refused", () => {
    assert.deepEqual(estimate([3, 9, 4, 1, 5, 8, 2]), { median: 4, low: 1, high: 9 });
    assert.throws(() => estimate([1, 2, 3, 4, 5, 6]), /6 rounds are too few/);
  });

  it("a round without a figure is no round", () => {
    assert.throws(() => estimate([1, 2, 3, NaN, 5, 6, 7]), /no figure/);
    assert.throws(() => estimate([1, 2, 3, Infinity, 5, 6, 7]), /no figure/);
  });

  it("growth is 1 for what is linear, 2 for what is quadratic, 0 for what does not grow", () => {
    const close = (found: number, wanted: number) => {
      assert.ok(Math.abs(found - wanted) < 1e-12, `${found} for ${wanted}`);
    };
    close(growthExponent({ size: 10, time: 3 }, { size: 100, time: 30 }), 1);
    close(growthExponent({ size: 10, time: 3 }, { size: 100, time: 300 }), 2);
    close(growthExponent({ size: 3, time: 5 }, { size: 81, time: 5 }), 0);
    close(growthExponent({ size: 100, time: 1 }, { size: 400, time: 8 }), 1.5);
  });
});

describe("a goal of the benchmark", () => {
  const around = (middle: number) => [-3, -2, -1, 0, 1, 2, 3].map((step) => middle + step / 10);
  const line = (values: number[], goal?: number) => benchLine("name", "ratio", values, goal);

  it("is missed when the whole interval is over it, and only then", () => {
    assert.equal(line(around(1.5), 1.1).missed, true);
    assert.equal(line(around(1.4), 1.1).missed, false, "the interval's lower end is the goal itself");
    assert.equal(line(around(1.3), 1.1).missed, false, "the median alone is over the goal");
    assert.equal(line(around(0.5), 1.1).missed, false);
  });

  it("is not missed where there is none", () => {
    assert.deepEqual(line([7, 7, 7, 7, 7, 7, 7]), {
      name: "name",
      figure: "ratio",
      median: 7,
      low: 7,
      high: 7,
      rounds: 7,
      missed: false,
    });
  });

  it("is told of, of whatever part it is", () => {
    const part = (lines: ReturnType<typeof line>[]) => ({
      part: "p",
      title: "P",
      rounds: 7,
      seconds: 1,
      tables: [],
      notes: [],
      lines,
    });
    const missed = line(around(2), 1.1);
    assert.deepEqual(missedLines([part([line(around(1), 1.1)]), part([line(around(1)), missed])]), [missed]);
    assert.deepEqual(missedLines([part([line(around(1), 1.1)])]), []);
  });
});
