import { IdentityMode } from "../../../trust/types";
import { startLab, type Lab } from "../../supervisor/client";
import { silentProgress } from "../../setup/progress";
import { setUp } from "../../setup";
import { CALLED, type Way } from "../fleet/ways";
import { OVERHEAD_GOAL } from "../goals";
import { benchLine, type BenchLine, type BenchPart } from "../lines";
import { inRounds, ratios } from "../rounds";
import { FEWEST_ROUNDS } from "../statistics";
import { join } from "node:path";
import { compileWorker, fleetStack, type Bench, type Taken } from "./operation";
import { measuredCli } from "./usage";

const SIZE = { clusters: 3, serviceAccounts: 2, identity: IdentityMode.Irsa } as const;
const WAYS: Way[] = ["component", "byHand"];

interface RealSample {
  up: Taken;
  preview: Taken;
}

/** Three clusters with API servers of their own, and plugins in processes of their own, as a user has them. */
export const realPart: BenchPart = {
  part: "small",
  title: "Three clusters in the lab",
  rounds: FEWEST_ROUNDS,
  run: async ({ rounds, during }) => {
    const binaries = await setUp({ progress: silentProgress });
    const lab = await during("starting the lab", () => startLab({ stranger: false, binaries }));
    try {
      const cli = measuredCli(join(lab.directory, "bench-cli"), binaries);
      const bench: Bench = {
        lab,
        binaries: { ...binaries, pulumiRoot: cli },
        environment: {},
        worker: await compileWorker(lab.directory),
      };
      let at = "";
      const samples = await during(
        "up, preview without changes and destroy",
        () =>
          inRounds(WAYS, rounds, (way, round) => {
            at = `round ${round + 1} of ${rounds}, ${CALLED[way]}`;
            return sample(bench, way, lab.clusters);
          }),
        () => at,
      );
      return { tables: [], lines: linesOf(samples), notes: [] };
    } finally {
      await lab.stop();
    }
  },
};

async function sample(bench: Bench, way: Way, labs: Lab["clusters"]): Promise<RealSample> {
  const clusters = labs.map(({ name, issuerUrl, kubeconfig }) => ({ name, issuerUrl, kubeconfig }));
  const stack = fleetStack(bench, way, SIZE, { clusters });
  const up = await stack.run("up");
  const preview = await stack.run("preview");
  // An account has one OIDC provider for each issuer: the next one wants its own.
  await stack.run("destroy");
  stack.remove();
  return { up, preview };
}

function linesOf(samples: Map<Way, RealSample[]>): BenchLine[] {
  const metrics: [string, (sample: RealSample) => number][] = [
    ["up", ({ up }) => up.seconds],
    ["preview without changes", ({ preview }) => preview.seconds],
    ["the engine's memory in up", ({ up }) => up.peakMiB],
  ];
  const size = `${SIZE.clusters} × ${SIZE.serviceAccounts}`;
  return metrics.flatMap(([name, of]) => {
    const values = (way: Way) => (samples.get(way) ?? []).map(of);
    return [
      benchLine(
        `${size}, ${name}`,
        `times ${CALLED.byHand}`,
        ratios(values("component"), values("byHand")),
        OVERHEAD_GOAL,
      ),
      benchLine(
        `${size}, ${name}, ${CALLED.component}`,
        name.includes("memory") ? "MiB" : "s",
        values("component"),
      ),
    ];
  });
}
