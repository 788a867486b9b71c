import { pause } from "../supervisor/processes";
import { unfinished } from "./checkpoint";
import { bring, faultsOf, LEGS } from "./course";
import { FULL, type Fleet, type Variant } from "./fleet";
import { killEngine } from "./processes";
import { realityOf } from "./reality";
import { harmed } from "./resources";
import { callNamed, held } from "./rules";
import type { Plan } from "./seeds";
import { recover } from "./terminal";

/** What came of one interruption. */
export interface Interruption extends Plan {
  /** What the kill left in the state that needs more than the operation again. */
  left: string[];
  /** What is wrong after the recovery; nothing if it converged. */
  faults: string[];
}

/** How long a call may take to come; a busy machine takes its time. */
const PATIENCE = 3 * 60_000;

/** Kills the engine as the plan says, recovers as the page says, and looks at what there is. The fleet is at `at` before. */
export async function interrupt(fleet: Fleet, plan: Plan, at: Variant | undefined): Promise<Interruption> {
  const { from, to } = LEGS[plan.operation];
  await bring(fleet, at, from);
  const before = await realityOf(fleet);
  await killAt(fleet, plan, to);
  const stack = await fleet.stack(to ?? FULL);
  const left = unfinished(await stack.exportState());
  const printed = await recover(fleet, "interrupted", {
    variant: to ?? FULL,
    ...(to === undefined ? { last: "pulumi destroy --yes" } : {}),
  });
  const failed = printed.filter((one) => one.failed).map(({ command, text }) => `${command} failed: ${text}`);
  const after = await realityOf(fleet);
  return {
    ...plan,
    left,
    faults: [
      ...failed,
      ...(await faultsOf(fleet, stack)),
      ...(to === undefined ? [] : harmed(before, after, (name) => isToStay(name, to))),
    ],
  };
}

/** Starts the operation, and kills its engine when the plan's call is there. */
async function killAt(fleet: Fleet, plan: Plan, to: Variant | undefined): Promise<void> {
  const stack = await fleet.stack(to ?? FULL);
  const hold = held(callNamed(plan.call), plan.when);
  fleet.gates.forget();
  fleet.gates.interfere(hold.rule);
  try {
    const ended = (to === undefined ? stack.destroy() : stack.up()).then(
      () => "succeeded" as const,
      (error: unknown) => error,
    );
    const first = await Promise.race([hold.reached, ended, pause(PATIENCE)]);
    if (typeof first !== "object" || first === null || !("key" in first)) {
      throw new Error(`the ${plan.operation} never came to "${plan.call}": ${String(first)}`);
    }
    await pause(plan.pause);
    await killEngine(fleet.project);
    hold.release();
    if ((await ended) === "succeeded")
      throw new Error(`the ${plan.operation} succeeded with its engine killed`);
  } finally {
    hold.release();
    fleet.gates.interfere();
  }
}

/** Is something of what was there before meant to be left alone? What belongs to a cluster or a binding that goes is not. */
function isToStay(name: string, { clusters, writers }: Variant): boolean {
  const [, cluster, binding] =
    /^(?:OIDC provider |ServiceAccount )([\w-]+)(?:\/.*\/([\w-]+))?$/.exec(name) ?? [];
  if (cluster !== undefined && !clusters.some((one) => one === cluster)) return false;
  return binding !== "writer" || writers;
}
