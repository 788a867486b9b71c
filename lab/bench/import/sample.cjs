// `node --expose-gc sample.cjs <module> …`: requires modules, and prints what that took as JSON. Plain JavaScript, for nothing else is
// to be loaded in the process.
const { performance } = require("node:perf_hooks");

const modules = process.argv.slice(2);
global.gc();
const before = process.memoryUsage();
const [processor, began] = [process.cpuUsage(), performance.now()];
for (const name of modules) require(name);
const milliseconds = performance.now() - began;
const { user, system } = process.cpuUsage(processor);
const { rss } = process.memoryUsage();
global.gc();
const { heapUsed } = process.memoryUsage();

const MIB = 1024 ** 2;
const sample = {
  milliseconds,
  processor: (user + system) / 1_000,
  heap: (heapUsed - before.heapUsed) / MIB,
  rss: (rss - before.rss) / MIB,
  // This file is one of them.
  files: Object.keys(require.cache).length - 1,
};
process.stdout.write(JSON.stringify(sample));
