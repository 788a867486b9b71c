import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as timer } from "node:timers/promises";
import { projectFolders } from "../engine/environment";
import { pause } from "../supervisor/processes";
import { unfinished } from "./checkpoint";
import { bring, faultsOf, LEGS } from "./course";
import { FULL, isToStay, type Fleet, type Variant } from "./fleet";
import { killEngine } from "./processes";
import { realityOf } from "./reality";
import { harmed } from "./resources";
import { callNamed, held } from "./rules";
import type { Plan } from "./seeds";
import { recover, type Printed } from "./terminal";
import { Trial, type Row } from "./trial";

/** How long a call may take to come; a busy machine takes its time. */
const PATIENCE = 3 * 60_000;

/** Kills the engine as the plan says, recovers as the page says, and looks at what there is. The fleet is at `at` before. */
export async function interrupt(fleet: Fleet, plan: Plan, at: Variant | undefined): Promise<Row> {
  const trial = new Trial();
  const { from, to } = LEGS[plan.operation];
  await bring(fleet, at, from);
  const before = await realityOf(fleet);
  await killAt(fleet, plan, to);
  const torn = await healTornState(fleet, to ?? FULL);
  trial.typed(torn);
  const stack = await fleet.stack(to ?? FULL);
  const left = unfinished(await stack.exportState());
  trial.typed(
    await recover(fleet, "interrupted", {
      variant: to ?? FULL,
      ...(to === undefined ? { last: "pulumi destroy --yes" } : {}),
    }),
  );
  trial.add(await faultsOf(fleet, stack));
  if (to !== undefined) trial.add(harmed(before, await realityOf(fleet), (name) => isToStay(name, to)));
  return trial.row({
    name: `seed ${plan.seed}`,
    operation: plan.operation,
    trouble: `engine killed ${plan.when} ${plan.call}`,
    recovery:
      (torn.length > 0 ? "torn-state, " : "") +
      (left.length === 0 ? "interrupted" : `interrupted (${left.map(inShort).join(", ")})`),
  });
}

/** Types what the page says of a state, or of the checksum beside it, that the kill has torn; nothing where both are whole. */
export async function healTornState(fleet: Fleet, variant: Variant): Promise<Printed[]> {
  const file = stateFile(fleet);
  const asked = { variant, placeholders: { "state file": file } };
  return [
    ...(isJson(`${file}.attrs`) ? [] : await recover(fleet, "torn-checksum", asked)),
    ...(isJson(file) ? [] : await recover(fleet, "torn-state", asked)),
  ];
}

/** Where the state of a fleet's stack is. */
export function stateFile(fleet: Fleet): string {
  return join(projectFolders(fleet.options(FULL)).state, ".pulumi", "stacks", fleet.project, "lab.json");
}

function isJson(file: string): boolean {
  try {
    JSON.parse(readFileSync(file, "utf8"));
    return true;
  } catch {
    return false;
  }
}

/** `urn:…$aws:iam/role:Role::app was interrupted while creating`: `creating app` */
function inShort(line: string): string {
  return line.replace(/^\S*::(\S+) was interrupted while (\S+)$/, "$2 $1");
}

/** Starts the operation, and kills its engine when the plan's call is there. */
export async function killAt(fleet: Fleet, plan: Omit<Plan, "seed">, to: Variant | undefined): Promise<void> {
  const stack = await fleet.stack(to ?? FULL);
  const hold = held(callNamed(plan.call), plan.when);
  fleet.gates.forget();
  fleet.gates.interfere(hold.rule);
  try {
    const ended = (to === undefined ? stack.destroy() : stack.up()).then(
      () => "succeeded" as const,
      (error: unknown) => error,
    );
    // It must not keep the process alive when the call has come.
    const patience = timer(PATIENCE, undefined, { ref: false });
    const first = await Promise.race([hold.reached, ended, patience]);
    if (typeof first !== "object" || first === null || !("key" in first)) {
      throw new Error(`the ${plan.operation} never came to "${plan.call}": ${String(first)}`);
    }
    await pause(plan.pause);
    await killEngine(fleet.project);
    hold.drop();
    if ((await ended) === "succeeded")
      throw new Error(`the ${plan.operation} succeeded with its engine killed`);
  } finally {
    hold.drop();
    fleet.gates.interfere();
  }
}
