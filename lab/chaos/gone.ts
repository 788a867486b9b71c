import type { EngineStack } from "../engine/workspace";
import type { Lab, LabClusterName } from "../supervisor/client";
import { urnsOf } from "./checkpoint";
import { faultsOf } from "./course";
import { FULL, isToStay, openFleet, type Fleet, type Variant } from "./fleet";
import { realityOf } from "./reality";
import { harmed } from "./resources";
import { recovery } from "./page";
import { recover, type Placeholders } from "./terminal";
import { Trial, type Row } from "./trial";

/** Two clusters go for good, one after the other: their API servers never come back, and the program lists them no more. */
export async function clustersGone(lab: Lab): Promise<Row[]> {
  const fleet = await openFleet(lab);
  try {
    await (await fleet.stack(FULL)).up();
    const two = { ...FULL, clusters: ["virginia-blue", "virginia-green"] } as const;
    const one = { ...FULL, clusters: ["virginia-blue"] } as const;
    const stack = await fleet.stack(one);
    const rows = [
      await gone(fleet, stack, { cluster: "ireland", variant: two, by: "cluster-gone" }),
      await gone(fleet, stack, { cluster: "virginia-green", variant: one, by: "cluster-gone-by-state" }),
    ];
    const end = new Trial();
    await end.succeeds("destroy", stack.destroy());
    end.add(await faultsOf(fleet, stack, reachable(fleet, one)));
    const trouble = "ireland and virginia-green are gone for good";
    return [...rows, end.row({ name: "gone", operation: "destroy", trouble, recovery: "none" })];
  } finally {
    await fleet.close();
  }
}

async function gone(
  fleet: Fleet,
  stack: EngineStack,
  { cluster, variant, by }: { cluster: LabClusterName; variant: Variant; by: string },
): Promise<Row> {
  const trial = new Trial();
  const others = reachable(fleet, variant);
  const before = await realityOf(fleet, others);
  await fleet.gates.of(cluster).close();
  await trial.fails("up without the cluster", stack.up(fleet.program(variant)), ...recovery(by).seen);
  const placeholders: Placeholders = {
    "URN of the cluster's provider": providerOf(fleet, await stack.exportState(), cluster),
  };
  trial.typed(await recover(fleet, by, { variant, placeholders }));
  trial.add(await faultsOf(fleet, stack, others));
  trial.add(harmed(before, await realityOf(fleet, others), (name) => isToStay(name, variant)));
  const left = urnsOf(await stack.exportState()).filter((urn) => urn.includes(`/${cluster}`));
  trial.expect(left.length === 0, `${left.join(", ")}: still in the state`);
  return trial.row({ name: "gone", operation: "up", trouble: `${cluster} is gone for good`, recovery: by });
}

function reachable({ clusters }: Fleet, variant: Variant): Fleet["clusters"] {
  return clusters.filter(({ name }) => variant.clusters.some((one) => one === name));
}

function providerOf({ project }: Fleet, state: Parameters<typeof urnsOf>[0], cluster: string): string {
  const end = `$pulumi:providers:kubernetes::${project}/${cluster}`;
  return urnsOf(state).find((urn) => urn.endsWith(end)) ?? `(no provider of ${cluster} is in the state)`;
}
