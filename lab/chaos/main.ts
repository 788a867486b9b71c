import { runCommandLine } from "../commandLine";
import { setUp } from "../setup";
import { createProgress, formatDuration, type Progress } from "../setup/progress";
import { startLab, type Lab } from "../supervisor/client";
import { readOptions, USAGE, type ChaosOptions } from "./options";
import { SCENARIOS } from "./scenarios";
import { interruptAll } from "./seeded";
import { renderTable } from "./table";
import type { Row } from "./trial";

async function chaos(options: ChaosOptions): Promise<Row[]> {
  const out = options.json ? process.stderr : process.stdout;
  const progress = createProgress(out);
  const binaries = await setUp({ progress });
  const started = Date.now();
  const lab = await during(progress, "starting the lab", "10 s", () => startLab({ binaries }));
  try {
    const rows = [
      ...(options.scenarios ? await troubles(lab, progress) : []),
      ...(options.seeds.length > 0 ? await kills(lab, options.seeds, progress) : []),
    ];
    const failed = rows.filter(({ faults }) => faults.length > 0).length;
    const sum =
      failed === 0 ? `All ${rows.length} converged` : `${failed} of ${rows.length} did not converge`;
    out.write(`\n${renderTable(rows)}\n\n${sum}, in ${formatDuration(Date.now() - started)}.\n`);
    if (options.json) {
      process.stdout.write(`${JSON.stringify({ ok: failed === 0, rows }, null, 2)}\n`);
    }
    return rows;
  } finally {
    await lab.stop();
  }
}

async function troubles(lab: Lab, progress: Progress): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [index, { title, usually, run }] of SCENARIOS.entries()) {
    const what = `${index + 1} of ${SCENARIOS.length}: ${title}`;
    const found = await during(progress, what, usually, () => run(lab));
    found.forEach((row) => {
      tell(progress, row);
    });
    rows.push(...found);
  }
  return rows;
}

async function kills(lab: Lab, seeds: readonly number[], progress: Progress): Promise<Row[]> {
  let end: () => void = () => undefined;
  let count = 0;
  try {
    return await interruptAll(lab, seeds, {
      begin: (what) => {
        end();
        end = progress.step(what, {
          usually: "15 s",
          howFar: () => `${count} of ${seeds.length} seeds done`,
        });
      },
      done: (row) => {
        count++;
        tell(progress, row);
      },
    });
  } finally {
    end();
  }
}

function tell(progress: Progress, { operation, trouble, faults }: Row): void {
  const result = faults.length === 0 ? "converged" : `DIFFERENT: ${faults.join("; ")}`;
  progress.line(`${operation}, ${trouble}: ${result}`);
}

async function during<T>(
  progress: Progress,
  what: string,
  usually: string,
  work: () => Promise<T>,
): Promise<T> {
  const done = progress.step(what, { usually });
  try {
    return await work();
  } finally {
    done();
  }
}

runCommandLine({
  name: "chaos run",
  usage: USAGE,
  readOptions,
  run: async (options) => ((await chaos(options)).every(({ faults }) => faults.length === 0) ? 0 : 1),
});
