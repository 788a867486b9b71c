import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { endOf, runCommand } from "../../setup/command";
import { OVERHEAD_GOAL } from "../goals";
import { benchLine, type BenchContext, type BenchLine, type BenchPart, type BenchTable } from "../lines";
import { inRounds, ratios } from "../rounds";
import { median } from "../statistics";
import { pulumiModules } from "./modules";

const ROOT = join(__dirname, "..", "..", "..");

/** What it takes to require some modules, in a process of its own; memory is what the process has grown by. */
export interface ImportSample {
  milliseconds: number;
  /** Milliseconds of processor time. */
  processor: number;
  /** MiB, after a garbage collection. */
  heap: number;
  /** MiB, at once. */
  rss: number;
  /** Modules that were loaded. */
  files: number;
}

/** Modules that are required together. */
interface Imported {
  name: string;
  modules: string[];
}

/** All that is said of an import, of the package and of what it is held against. */
export interface ImportSamples {
  name: string;
  samples: ImportSample[];
}

/** The import of the package, beside that of the modules without which it could do nothing. */
export const importPart: BenchPart = {
  part: "import",
  title: "Import",
  rounds: 15,
  run: async (context) => {
    const entry = await context.during("building the package", buildPackage);
    const modules = pulumiModules(entry);
    const [ours, theirs, ...others] = await sampleAll(
      [
        { name: "the package", modules: [entry] },
        { name: "the modules that it must have", modules },
        { name: "of these, @pulumi/pulumi alone", modules: ["@pulumi/pulumi"] },
        {
          name: "the SDKs by their indexes",
          modules: ["@pulumi/pulumi", "@pulumi/aws", "@pulumi/kubernetes"],
        },
      ],
      context,
    );
    if (!ours || !theirs) {
      throw new Error("nothing was imported");
    }
    return {
      tables: [importTable([ours, theirs, ...others])],
      lines: importLines(ours.samples, theirs.samples),
      notes: [`The modules that it must have: ${modules.join(", ")}.`],
    };
  },
};

/** Builds the package as it is published. Returns the path of what `require("eks-irsa")` loads. */
async function buildPackage(): Promise<string> {
  const { exitCode, output } = await runCommand(process.execPath, [join("tools", "build.mjs")], {
    cwd: ROOT,
    env: process.env,
  });
  if (exitCode !== 0) {
    throw new Error(`the package cannot be built:\n${endOf(output)}`);
  }
  const { exports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    exports: { ".": { default: string } };
  };
  return join(ROOT, exports["."].default);
}

async function sampleAll(imports: Imported[], { rounds, during }: BenchContext): Promise<ImportSamples[]> {
  let at = "warming up";
  return during(
    "requiring it, each time in a process of its own",
    async () => {
      // The files come from the disk once.
      for (const one of imports) await sampleImport(one);
      const samples = await inRounds(imports, rounds, (one, round) => {
        at = `round ${round + 1} of ${rounds}, ${one.name}`;
        return sampleImport(one);
      });
      return imports.map((one) => ({ name: one.name, samples: samples.get(one) ?? [] }));
    },
    () => at,
  );
}

async function sampleImport({ modules }: Imported): Promise<ImportSample> {
  // NODE_OPTIONS was made for this process: it may have tsx loaded in each.
  const env = { ...process.env, NODE_OPTIONS: undefined };
  const args = ["--expose-gc", join(__dirname, "sample.cjs"), ...modules];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, env });
  return JSON.parse(stdout) as ImportSample;
}

/** The package's figures as so many times those of its modules. */
export function importLines(ours: readonly ImportSample[], theirs: readonly ImportSample[]): BenchLine[] {
  const line = (name: string, figure: (sample: ImportSample) => number, goal?: number) =>
    benchLine(
      `require the package: ${name}`,
      "times its modules",
      ratios(ours.map(figure), theirs.map(figure)),
      goal,
    );
  return [
    line("time", ({ milliseconds }) => milliseconds, OVERHEAD_GOAL),
    line("processor time", ({ processor }) => processor),
    line("heap", ({ heap }) => heap, OVERHEAD_GOAL),
    line("resident memory", ({ rss }) => rss, OVERHEAD_GOAL),
  ];
}

/** Medians of everything. */
export function importTable(imports: readonly ImportSamples[]): BenchTable {
  return {
    title: "What requiring takes, medians",
    columns: ["", "ms", "ms of processor time", "MiB of heap", "MiB resident", "files"],
    rows: imports.map(({ name, samples }) => {
      const typical = (figure: (sample: ImportSample) => number) => median(samples.map(figure));
      return [
        name,
        Math.round(typical(({ milliseconds }) => milliseconds)),
        Math.round(typical(({ processor }) => processor)),
        typical(({ heap }) => heap).toFixed(1),
        typical(({ rss }) => rss).toFixed(1),
        typical(({ files }) => files),
      ];
    }),
  };
}
