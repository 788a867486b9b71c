import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signal } from "../../supervisor/processes";
import { onEnd } from "../../supervisor/signals";
import { tether } from "../../supervisor/tether";
import { benchLine, type BenchContext, type BenchTable, type PartFindings } from "../lines";
import { FEWEST_ROUNDS, median } from "../statistics";

const ROOT = join(__dirname, "..", "..", "..");
const DEMO_GOAL = 60;

/** One run of the demo, in seconds. */
export interface DemoTimes {
  all: number;
  /** By title, in their order. */
  stages: Record<string, number>;
}

/** The demo as `npm run demo` runs it, from its start to its end, when everything that it needs is in the cache. */
export async function measureDemo({ during }: BenchContext): Promise<PartFindings> {
  let at = "";
  const runs = await during(
    `the demo, ${FEWEST_ROUNDS} times`,
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "eks-irsa-bench-"));
      const taken: DemoTimes[] = [];
      try {
        while (taken.length < FEWEST_ROUNDS) {
          const tell = (stage: string) => (at = `round ${taken.length + 1} of ${FEWEST_ROUNDS}, ${stage}`);
          taken.push(await runDemo(join(folder, "report.html"), tell));
        }
        return taken;
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    () => at,
  );
  const line = benchLine(
    "warm demo, three clusters with pods",
    "s",
    runs.map(({ all }) => all),
    DEMO_GOAL,
  );
  return { lines: [line], tables: [stageTable(runs)], notes: [] };
}

/** Runs the demo to its end. `tell` hears of each stage that begins. */
async function runDemo(report: string, tell: (stage: string) => void): Promise<DemoTimes> {
  tell("starting");
  const started = Date.now();
  const args = [join("lab", "start.mjs"), "demo", "--json", "--report", report];
  const child = spawn(...tether(process.execPath, args), {
    cwd: ROOT,
    // NODE_OPTIONS was made for this process.
    env: { ...process.env, NODE_OPTIONS: undefined },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const forget = onEnd(() => {
    if (child.pid !== undefined) signal(child.pid, "SIGTERM");
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    const stage = /^\[\d+\] (.*)$/m.exec(text)?.[1];
    if (stage !== undefined) tell(stage);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const all = (Date.now() - started) / 1_000;
  forget();
  if (code !== 0) {
    throw new Error(`the demo ended with exit code ${code ?? "none"}:\n${stderr.slice(-2_000)}`);
  }
  return { all, stages: (JSON.parse(stdout) as { seconds: DemoTimes["stages"] }).seconds };
}

/** What the demo's time goes to: medians of each stage, and of what is before the first and after the last. */
export function stageTable(runs: readonly DemoTimes[]): BenchTable {
  const titles = Object.keys(runs[0]?.stages ?? {});
  const rest = runs.map(({ all, stages }) => all - Object.values(stages).reduce((sum, one) => sum + one, 0));
  const row = (title: string, seconds: readonly number[]) => [title, median(seconds).toFixed(1)];
  return {
    title: "The warm demo's stages, medians",
    columns: ["", "s"],
    rows: [
      ...titles.map((title) =>
        row(
          title,
          runs.map(({ stages }) => stages[title] ?? NaN),
        ),
      ),
      row("loading programs, opening the stack, ending the lab", rest),
    ],
  };
}
