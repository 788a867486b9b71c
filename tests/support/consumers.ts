import { appendFileSync } from "node:fs";
import type { Suite } from "mocha";

/** Who uses the published package, in the order of the table at the end of `npm test`. */
export type Consumer = "TypeScript strict" | "ESM" | "JavaScript" | "YAML" | "Python" | "Construct";

/** A line of the file that TEST_CONSUMERS names. The last one of a suite counts; if that is `begun`, it did not come to its end. */
export interface ConsumerLine {
  consumer: Consumer;
  suite: string;
  outcome: "begun" | "passed" | "failed" | "not run";
}

/**
 * Says that the tests of a `describe` are those of a consumer, who is then in the table at the end of `npm test`: passed when each
 * of them has passed, failed when one of them or of their hooks has failed, and not run when some were left out. Several
 * `describe`s, of different titles, may be of one consumer. Call it once, anywhere in the `describe`.
 *
 * @example
 * describe("plugin: Construct", () => {
 *   consumer("Construct");
 *   it("…", () => …);
 * });
 */
export function consumer(name: Consumer): void {
  const say = (suite: Suite | undefined, outcome: ConsumerLine["outcome"]) => {
    const file = process.env.TEST_CONSUMERS;
    if (!suite || !file) return;
    const line: ConsumerLine = { consumer: name, suite: suite.fullTitle(), outcome };
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  };
  before(function () {
    say(this.test?.parent, "begun");
  });
  after(function () {
    const suite = this.test?.parent;
    if (suite) say(suite, outcomeOf(suite));
  });
}

function outcomeOf(suite: Suite): ConsumerLine["outcome"] {
  const states: (string | undefined)[] = [];
  suite.eachTest(({ state }) => states.push(state));
  if (states.includes("failed") || hookFailed(suite)) return "failed";
  return states.length > 0 && states.every((state) => state === "passed") ? "passed" : "not run";
}

/** Mocha keeps hooks in lists that its types do not have. */
type Hooks = Record<"_beforeAll" | "_beforeEach" | "_afterEach" | "_afterAll", { state?: string }[]>;

function hookFailed(suite: Suite): boolean {
  const { _beforeAll, _beforeEach, _afterEach, _afterAll } = suite as unknown as Hooks;
  const own = [..._beforeAll, ..._beforeEach, ..._afterEach, ..._afterAll];
  return own.some(({ state }) => state === "failed") || suite.suites.some(hookFailed);
}
