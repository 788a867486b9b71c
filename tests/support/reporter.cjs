"use strict";
const { appendFileSync } = require("node:fs");
const { reporters, Runner } = require("mocha");

/** Mocha's own report, and its figures in the file that TEST_FIGURES names, for the sum at the end of `npm test`. */
module.exports = class FiguresReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = runner.stats;
      if (process.env.TEST_FIGURES) {
        appendFileSync(process.env.TEST_FIGURES, `${JSON.stringify({ passes, failures, pending })}\n`);
      }
    });
  }
};
