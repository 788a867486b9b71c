/**
 * A program that starts a lab, for tests that kill it: `labClient.ts <what then> [cluster …]`. It prints the lab's
 * description. `wait`: stays, with a process of its own that carries the run's mark, as the engine does. `detach`: lets
 * the lab run on, and ends.
 */
import { spawn } from "node:child_process";
import { type LabClusterName, startLab } from "../../lab/supervisor/client";
import { RUN_MARKER } from "../../lab/supervisor/marker";
import type { LabBinaries } from "../../lab/types";
import { exitWithParent } from "../../lab/supervisor/signals";

async function main(): Promise<void> {
  exitWithParent();
  const [then, ...clusters] = process.argv.slice(2);
  const binaries = JSON.parse(process.env.LAB_TEST_BINARIES ?? "") as LabBinaries;
  const lab = await startLab({ binaries, clusters: clusters as LabClusterName[], stranger: false });
  console.log(JSON.stringify(lab));
  if (then === "detach") {
    lab.detach();
    return;
  }
  spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"], {
    env: { ...process.env, [RUN_MARKER]: lab.runId },
    stdio: "ignore",
  });
}

void main();
