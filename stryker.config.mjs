/**
 * The mutation check (`npm run mutation`): are there tests that notice when the code of trust/ changes its meaning?
 * All kinds of mutants are made, those of texts too: what an error says is what a user has to go by.
 * @see https://stryker-mutator.io/docs/stryker-js/configuration/
 */
export default {
  mutate: ["trust/**/*.ts"],
  plugins: ["./tests/mutation/mochaRunner.mjs"],
  testRunner: "mocha",
  mochaOptions: {
    spec: ["tests/unit/**/*.test.ts"],
    extension: ["ts"],
    require: ["./tests/mutation/seed.cjs"],
  },
  testRunnerNodeArgs: ["--import", "tsx"],
  coverageAnalysis: "perTest",
  concurrency: 2,
  thresholds: { high: 95, low: 90, break: 90 },
  reporters: ["clear-text", "progress", "json"],
  clearTextReporter: { reportTests: false },
  jsonReporter: { fileName: ".stryker/report.json" },
  tempDirName: ".stryker/sandbox",
  ignorePatterns: ["tests/artefacts"],
};
