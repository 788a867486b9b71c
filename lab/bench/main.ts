import { availableParallelism, totalmem } from "node:os";
import { createProgress, type Progress } from "../setup/progress";
import { runCommandLine } from "../commandLine";
import { writeResult } from "./document";
import { missedLines, type BenchContext, type BenchResult, type PartResult } from "./lines";
import { readOptions, usage, type BenchOptions } from "./options";
import { renderMarkdown, renderResult } from "./table";
import { enginePart, largeShippedPart, shippedPart } from "./engine";
import { realPart } from "./engine/real";
import { importPart } from "./import";
import { labPart } from "./lab";
import { programPart } from "./program";
import { trustPart } from "./trust";

/** All parts of the benchmark, in the order in which they run. */
const PARTS = [
  trustPart,
  importPart,
  programPart,
  realPart,
  enginePart,
  shippedPart,
  largeShippedPart,
  labPart,
];
const NAMES = PARTS.map(({ part }) => part);

async function bench({ rounds: wanted, parts: names, json, write }: BenchOptions): Promise<BenchResult> {
  const out = json ? process.stderr : process.stdout;
  const progress = createProgress(out);
  const started = Date.now();
  const machine = {
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    node: process.versions.node,
  };
  const parts: PartResult[] = [];
  for (const { part, title, rounds: usual, run } of PARTS.filter(({ part }) => names.includes(part))) {
    progress.line(`${title}:`);
    const began = Date.now();
    const rounds = wanted ?? usual;
    const findings = await run({ rounds, during: duringOn(progress) });
    const measured = { part, title, rounds, seconds: (Date.now() - began) / 1_000, ...findings };
    parts.push(measured);
    // At once: the parts after it take up to an hour, and may fail.
    if (write) await writeResult(part, renderMarkdown(measured, machine));
  }
  const result: BenchResult = {
    ok: missedLines(parts).length === 0,
    machine,
    seconds: (Date.now() - started) / 1_000,
    parts,
  };
  out.write(`\n${renderResult(result)}\n\n${summary(result)}\n`);
  if (json) {
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  }
  return result;
}

function duringOn(progress: Progress): BenchContext["during"] {
  return async (what, work, howFar) => {
    const done = progress.step(what, { howFar });
    try {
      return await work();
    } finally {
      done();
    }
  };
}

function summary({ parts }: BenchResult): string {
  const held = parts.flatMap(({ lines }) => lines.filter(({ goal }) => goal !== undefined));
  const missed = missedLines(parts);
  return missed.length === 0
    ? `All ${held.length} goals are met.`
    : `${missed.length} of ${held.length} goals are missed: ${missed.map(({ name }) => name).join("; ")}`;
}

runCommandLine({
  name: "benchmark",
  usage: usage(NAMES),
  readOptions: (args) => readOptions(args, NAMES),
  run: async (options) => ((await bench(options)).ok ? 0 : 1),
});
