import { IdentityMode } from "../../../trust/types";
import { CALLED } from "../fleet/ways";
import { benchLine, type BenchContext, type BenchPart, type PartFindings } from "../lines";
import { FEWEST_ROUNDS } from "../statistics";
import { cellsOf, sampleFleets, withMemoryPlugins } from "./fleets";
import { chainFindings } from "./chain";
import { MEMORY, PREVIEW, Samples, STATE, UP } from "./overhead";
import { sizeName, type SizeName, type Sizes } from "./slopes";

const IRSA: Sizes = {
  small: { clusters: 20, serviceAccounts: 5, identity: IdentityMode.Irsa },
  wide: { clusters: 50, serviceAccounts: 5, identity: IdentityMode.Irsa },
  deep: { clusters: 50, serviceAccounts: 20, identity: IdentityMode.Irsa },
};
/** Twice as many resources for each ServiceAccount, so smaller fleets. */
const POD_IDENTITY: Sizes = {
  small: { clusters: 20, serviceAccounts: 5, identity: IdentityMode.PodIdentity },
  wide: { clusters: 40, serviceAccounts: 5, identity: IdentityMode.PodIdentity },
  deep: { clusters: 40, serviceAccounts: 10, identity: IdentityMode.PodIdentity },
};

/** The engine with plugins in memory, of which only the last checkpoint is written; with it the state, and what waits for what. */
export const enginePart: BenchPart = {
  part: "engine",
  title: "The engine",
  rounds: FEWEST_ROUNDS,
  run: (context) =>
    withMemoryPlugins(async (bench) => {
      const sampling = { skipCheckpoints: true, preview: true };
      const irsaCells = cellsOf(["component", "byHand", "enclosed"]);
      const irsa = new Samples(IRSA, await sampleFleets(bench, context, IRSA, irsaCells, sampling));
      const podCells = cellsOf(["component", "byHand"]);
      const pods = new Samples(
        POD_IDENTITY,
        await sampleFleets(bench, context, POD_IDENTITY, podCells, sampling),
      );
      const chain = await chainFindings(bench, context);
      const metrics = [UP, PREVIEW, MEMORY, STATE];
      return {
        tables: [
          irsa.table("IRSA, clusters × ServiceAccounts, medians", metrics),
          pods.table("Pod Identity, clusters × ServiceAccounts, medians", metrics),
          ...chain.tables,
        ],
        lines: [
          ...metrics.flatMap((metric) => irsa.slopeLines("IRSA", metric)),
          ...metrics.flatMap((metric) => pods.slopeLines("Pod Identity", metric)),
          ...chain.lines,
        ],
        notes: chain.notes,
      };
    }),
};

/** The same with a checkpoint at each step, as the file backend comes: most of it is the writing of checkpoints. */
export const shippedPart: BenchPart = {
  part: "checkpoints",
  title: "The engine with a file backend as shipped",
  rounds: FEWEST_ROUNDS,
  run: (context) => measureShipped(context, ["small", "wide"]),
};

/** Apart, since it takes a quarter of an hour. */
export const largeShippedPart: BenchPart = {
  part: "checkpoints-large",
  title: "The engine with a file backend as shipped, the largest fleet",
  rounds: FEWEST_ROUNDS,
  run: (context) => measureShipped(context, ["deep"]),
};

function measureShipped(context: BenchContext, sizes: SizeName[]): Promise<PartFindings> {
  return withMemoryPlugins(async (bench) => {
    const sampling = { skipCheckpoints: false, preview: false, together: true };
    const cells = cellsOf(["component", "byHand"], sizes);
    const samples = new Samples(IRSA, await sampleFleets(bench, context, IRSA, cells, sampling));
    const lines = sizes.flatMap((size) =>
      [UP, MEMORY].flatMap((metric) => [
        ...samples.totalLines(`IRSA, ${sizeName(IRSA[size])}`, size, metric),
        benchLine(
          `IRSA, ${sizeName(IRSA[size])}, ${metric.name}, ${CALLED.component}`,
          metric.unit,
          samples.of("component", size, metric),
        ),
      ]),
    );
    return { tables: [], lines, notes: [] };
  });
}
