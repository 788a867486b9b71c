import { createProgress } from "../../lab/setup/progress";
import { runCommandLine } from "../../lab/commandLine";
import { hunt, type Fault } from "./hunt";
import { readOptions, USAGE, type FuzzOptions } from "./options";
import { WatchedThread } from "./watched";

const LONGEST_TOLD = 4_000;

/** @returns the faults that were found. */
async function fuzz({ targets, seconds, ...limits }: FuzzOptions): Promise<Fault[]> {
  console.log(`seed ${limits.seed}`);
  const progress = createProgress(process.stdout);
  const thread = new WatchedThread();
  const faults: Fault[] = [];
  try {
    await thread.ready();
    for (const target of targets) {
      let tried = 0;
      const done = progress.step(target, { howFar: () => `${tried} cases` });
      const found = await hunt(
        target,
        { ...limits, milliseconds: (seconds * 1_000) / targets.length },
        (name, value) => {
          tried++;
          return thread.judge(name, value);
        },
      ).finally(done);
      const labels = [...found.labels].map(([label, times]) => `${times} ${label}`).join(", ");
      progress.line(`${target}: ${found.cases} cases (${labels}), ${found.faults.length} faults`);
      found.faults.forEach(tell);
      faults.push(...found.faults);
    }
  } finally {
    await thread.stop();
  }
  return faults;
}

function tell({ target, seed, path, message, value }: Fault): void {
  console.log(`\nFAULT ${shortened(message)}\n  case: ${shortened(value)}`);
  console.log(`  again: npm run fuzz -- --target ${target} --seed ${seed} --path ${path}\n`);
}

/** What is repeated many times is written once. */
function shortened(text: string): string {
  const once = text.replace(
    /(.{1,2}?)\1{30,}/gs,
    (all, part: string) => `${part}…×${all.length / part.length}…`,
  );
  return once.length > LONGEST_TOLD ? `${once.slice(0, LONGEST_TOLD)} … (${once.length} characters)` : once;
}

runCommandLine({
  name: "fuzz run",
  usage: USAGE,
  readOptions,
  run: async (options) => {
    const faults = await fuzz(options);
    console.log(faults.length === 0 ? "Nothing was found." : `${faults.length} faults were found.`);
    return faults.length === 0 ? 0 : 1;
  },
});
