import type { AwsError } from "../aws/query";
import type { EngineStack } from "../engine/workspace";
import type { Lab } from "../supervisor/client";
import { faultsOf } from "./course";
import { CHANGED, FULL, isToStay, openFleet, type Fleet } from "./fleet";
import type { NamedCall } from "./gates";
import { realityOf } from "./reality";
import { harmed } from "./resources";
import { refused, SERVICE_FAILURE, slow, THROTTLED } from "./rules";
import { portionOf } from "./seeds";
import { Trial, type Row } from "./trial";

/** One call of two is refused, however often it is tried again. */
const HALF = 0.5;
const SLOW_MS = 300;

/** AWS throttles, fails and is slow: what a retry heals, and what outlasts the retries. */
export async function faultyAws(lab: Lab): Promise<Row[]> {
  const fleet = await openFleet(lab);
  const stack = await fleet.stack(FULL);
  try {
    return [
      await retriedAway(fleet, stack),
      await throttledForGood(fleet, stack),
      await failingForGood(fleet, stack),
    ];
  } finally {
    await fleet.close();
  }
}

/** Each call that changes something is throttled when it comes first, clusters are slow, and `up` succeeds all the same. */
async function retriedAway(fleet: Fleet, stack: EngineStack): Promise<Row> {
  const trial = new Trial();
  let throttled = 0;
  const first = (call: NamedCall) => {
    const isFirst = call.server === "aws" && call.writes && !call.key.includes("#");
    if (isFirst) throttled++;
    return isFirst;
  };
  fleet.gates.forget();
  fleet.gates.interfere(
    refused(first, THROTTLED),
    slow(({ server }) => server !== "aws", SLOW_MS),
  );
  await trial.succeeds("up", stack.up());
  trial.expect(throttled > 0, "no call was throttled");
  fleet.gates.interfere();
  trial.add(await faultsOf(fleet, stack));
  const trouble = "AWS throttles each write once, clusters are slow";
  return trial.row({ name: "retried", operation: "up", trouble, recovery: "none" });
}

/** The role's update is throttled for longer than the SDK tries. */
async function throttledForGood(fleet: Fleet, stack: EngineStack): Promise<Row> {
  const trial = new Trial();
  const before = await realityOf(fleet);
  fleet.gates.interfere(refused(({ name }) => name === "UpdateAssumeRolePolicy", THROTTLED));
  await trial.fails("up", stack.up(fleet.program(CHANGED)), said(THROTTLED));
  trial.add(harmed(before, await realityOf(fleet), (name) => isToStay(name, FULL)));
  fleet.gates.interfere();
  await trial.succeeds("up again", stack.up(fleet.program(CHANGED)));
  trial.add(await faultsOf(fleet, stack));
  trial.add(harmed(before, await realityOf(fleet), (name) => isToStay(name, CHANGED)));
  const trouble = "AWS throttles UpdateAssumeRolePolicy";
  return trial.row({ name: "throttled", operation: "change", trouble, recovery: "up again" });
}

/** The role's deletion fails for longer than the SDK tries. */
async function failingForGood(fleet: Fleet, stack: EngineStack): Promise<Row> {
  const trial = new Trial();
  fleet.gates.interfere(refused(({ name }) => name === "DeleteRole", SERVICE_FAILURE));
  await trial.fails("destroy", stack.destroy(), said(SERVICE_FAILURE));
  fleet.gates.interfere();
  await trial.succeeds("destroy again", stack.destroy());
  trial.add(await faultsOf(fleet, stack));
  const trouble = "AWS fails at DeleteRole";
  return trial.row({ name: "failing", operation: "destroy", trouble, recovery: "destroy again" });
}

/** Half of all calls to AWS fail, those that only read too: what was made and could not be read back is known all the same. */
export async function randomlyFaultyAws(lab: Lab): Promise<Row[]> {
  const fleet = await openFleet(lab);
  const stack = await fleet.stack(FULL);
  try {
    return [await failingAtRandom(fleet, stack, 0), await failingAtRandom(fleet, stack, 1)];
  } finally {
    await fleet.close();
  }
}

async function failingAtRandom(fleet: Fleet, stack: EngineStack, seed: number): Promise<Row> {
  const trial = new Trial();
  const chosen = ({ server, name }: NamedCall) =>
    server === "aws" && name !== "GetCallerIdentity" && portionOf(`${seed} ${name}`) < HALF;
  fleet.gates.interfere(refused(chosen, SERVICE_FAILURE));
  await stack.up().catch(() => undefined); // whether it gets through is chance
  fleet.gates.interfere();
  await trial.succeeds("up again", stack.up());
  trial.add(await faultsOf(fleet, stack));
  fleet.gates.interfere(refused(chosen, THROTTLED));
  await stack.destroy().catch(() => undefined);
  fleet.gates.interfere();
  await trial.succeeds("destroy again", stack.destroy());
  trial.add(await faultsOf(fleet, stack));
  const trouble = `AWS fails at half of its calls (seed ${seed})`;
  return trial.row({ name: "random", operation: "up, destroy", trouble, recovery: "the same again" });
}

function said({ code, message }: AwsError): string {
  return `${code}: ${message}`;
}
