import { IdentityMode } from "../../../trust/types";
import type { FleetSize } from "../fleet/fleet";
import { benchLine, type BenchContext, type BenchTable, type PartFindings } from "../lines";
import { inRounds } from "../rounds";
import { fleetStack, type Bench } from "./operation";
import { longestChain } from "./longestChain";

const FEW = 2;
const MANY = 20;
const SERVICE_ACCOUNTS = 2;
/** Long enough to stand out of what an operation takes anyway. */
const SETTLE_SECONDS = 5;
/** The trust policy, and then the association. */
const WAITS_IN_TURN = 2;
/** Waits of one after the other would be as many times longer as there are clusters. */
const WAITS_GOAL = 1.2;

const sizeOf = (clusters: number, identity: FleetSize["identity"]): FleetSize => ({
  clusters,
  serviceAccounts: SERVICE_ACCOUNTS,
  identity,
});

/** What waits for what, and whether waits of several clusters run side by side. */
export async function chainFindings(bench: Bench, context: BenchContext): Promise<PartFindings> {
  const rows: BenchTable["rows"] = [];
  const lengths = new Map<string, number>();
  for (const identity of [IdentityMode.Irsa, IdentityMode.PodIdentity] as const) {
    for (const clusters of [FEW, MANY]) {
      const chain = await context.during(`longest chain, ${identity}, ${clusters} clusters`, () =>
        chainOf(bench, sizeOf(clusters, identity)),
      );
      lengths.set(`${identity} ${clusters}`, chain.length);
      rows.push([identity, clusters, chain.length, chain.join(" → ")]);
    }
  }
  const longer = [IdentityMode.Irsa, IdentityMode.PodIdentity].map((identity) => {
    const times = (lengths.get(`${identity} ${MANY}`) ?? NaN) / (lengths.get(`${identity} ${FEW}`) ?? NaN);
    // It is counted, so every round would have the same.
    const values = Array.from({ length: context.rounds }, () => times);
    return benchLine(
      `${identity}, longest chain of dependencies, ${FEW} → ${MANY} clusters`,
      "times",
      values,
      1,
    );
  });
  return {
    tables: [
      {
        title: "Longest chain of dependencies in the state",
        columns: ["", "clusters", "length", "chain"],
        rows,
      },
    ],
    lines: [...longer, await waitsLine(bench, context)],
    notes: [],
  };
}

/** The types along the longest chain of a fleet's state. */
async function chainOf(bench: Bench, size: FleetSize): Promise<string[]> {
  const stack = fleetStack(bench, "component", size);
  await stack.run("up");
  const resources = stack.resources();
  stack.remove();
  return longestChain(resources).map(({ type }) => type.replace(/^.*:/, ""));
}

/** How long an `up` waits for all clusters, by what one cluster's waits take one after the other. */
async function waitsLine(bench: Bench, { rounds, during }: BenchContext) {
  const size = sizeOf(MANY, IdentityMode.PodIdentity);
  const candidates = [0, SETTLE_SECONDS];
  const up = async (seconds: number) => {
    const stack = fleetStack(bench, "component", size, { settleSeconds: seconds });
    const taken = await stack.run("up", { PULUMI_SKIP_CHECKPOINTS: "true" });
    stack.remove();
    return taken.seconds;
  };
  let at = "";
  const taken = await during(
    "waits for trust policies and associations",
    () =>
      inRounds(
        candidates,
        rounds,
        (seconds, round) => ((at = `round ${round + 1} of ${rounds}`), up(seconds)),
      ),
    () => at,
  );
  const without = taken.get(0) ?? [];
  const waited = (taken.get(SETTLE_SECONDS) ?? []).map((seconds, round) => seconds - (without[round] ?? NaN));
  return benchLine(
    `Pod Identity, ${MANY} clusters, waits of ${SETTLE_SECONDS} s each`,
    "times one cluster's",
    waited.map((seconds) => seconds / (WAITS_IN_TURN * SETTLE_SECONDS)),
    WAITS_GOAL,
  );
}
