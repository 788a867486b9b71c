/** `npm run lab:stop [run id …]`: stops labs that were kept, or the given ones. */
import { findLab, keptLabs, stopLab } from "./kept";

async function main(): Promise<void> {
  const ids = process.argv.slice(2);
  const found = ids.length === 0 ? keptLabs() : ids.map((id) => findLab(id) ?? id);
  for (const lab of found) {
    if (typeof lab === "string") {
      console.error(`no lab ${lab} is running`);
      process.exitCode = 1;
    } else {
      await stopLab(lab);
      console.log(`stopped lab ${lab.runId}`);
    }
  }
  if (found.length === 0) {
    console.log("no lab was kept running");
  }
}

void main();
