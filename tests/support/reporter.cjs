"use strict";
const { appendFileSync } = require("node:fs");
const { reporters, Runner } = require("mocha");

/** Mocha's own report, and its figures and failures in the file that TEST_FIGURES names, for the sum at the end of `npm test`. */
module.exports = class FiguresReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const titles = [];
    runner.on(Runner.constants.EVENT_TEST_FAIL, (test, { message }) => {
      // The first line, for a log of which only the end is kept.
      titles.push(`${test.fullTitle()}: ${String(message).split("\n")[0]}`);
    });
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = runner.stats;
      if (process.env.TEST_FIGURES) {
        appendFileSync(
          process.env.TEST_FIGURES,
          `${JSON.stringify({ passes, failures, pending, titles })}\n`,
        );
      }
    });
  }
};
