import { setTimeout as pause } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { shown } from "../trust/values";
import { resourceHook, sharedHook, type Watcher } from "./hooks";
import type { PodIdentitySettings } from "./podIdentityTypes";

const DEFAULT_SECONDS = 15;
const LONGEST_SECONDS = 300;

/** What spreads slowly, as the user would call it, and which inputs it is made of. */
export interface Spreading {
  /** In the names of hooks. */
  kind: string;
  what: string;
  inputs: string[];
}

/** A role's trust policy. */
export const TRUST_POLICY: Spreading = {
  kind: "trust",
  what: "the trust policy",
  inputs: ["assumeRolePolicy"],
};

/** How long changes take to reach EKS and the nodes, in seconds. */
export function settleSecondsOf({ settleSeconds = DEFAULT_SECONDS }: PodIdentitySettings): number {
  return settleSeconds;
}

/** Says why something cannot be the seconds to wait, or undefined. */
export function settleProblem(seconds: unknown): string | undefined {
  return Number.isInteger(seconds) && Number(seconds) >= 0 && Number(seconds) <= LONGEST_SECONDS
    ? undefined
    : `is ${shown(seconds)}: write seconds, a whole number from 0 to ${LONGEST_SECONDS}`;
}

type SettleHooks = Pick<pulumi.ResourceHookBinding, "afterCreate" | "afterUpdate">;

/**
 * Has everything that depends on a resource wait after it was made or changed, since IAM and EKS are eventually consistent. It waits
 * only where something was really done, so never in a preview. The wait takes up one of the engine's places for operations (`--parallel`).
 */
export function settle(
  name: string,
  changed: Spreading,
  settings: PodIdentitySettings,
  watcher: Watcher,
): SettleHooks {
  const seconds = settleSecondsOf(settings);
  return hooksFor(name, `settle-${changed.kind}`, changed, settings, watcher, (of) =>
    wait(of, seconds * 1000, changed, settings, watcher),
  );
}

/** When what was made or changed has spread, by resource, in milliseconds since 1970. */
const deadlines = new WeakMap<pulumi.Resource, Map<string, number>>();

/**
 * The same for a resource of which there are many: the engine goes on with the others, and the program waits before it declares what comes
 * after. With a thousand waits in the engine's places, a few at a time, an update would take an hour.
 *
 * @returns the hooks, and what turns the resource into one to depend on, which is there when it has spread.
 */
export function settleApart(
  name: string,
  changed: Spreading,
  settings: PodIdentitySettings,
  watcher: Watcher,
): { hooks: SettleHooks; settled: (resource: pulumi.Resource) => pulumi.Input<pulumi.Resource> } {
  const ofComponent = deadlines.get(watcher.component) ?? new Map<string, number>();
  deadlines.set(watcher.component, ofComponent);
  const noted = (of: string) => {
    ofComponent.set(of, Date.now() + settleSecondsOf(settings) * 1000);
    return Promise.resolve();
  };
  const hooks = hooksFor(name, `spread-${changed.kind}`, changed, settings, watcher, noted);
  const rest = async (resource: pulumi.Resource) => {
    // The engine calls the hook before it tells the program that the resource is there.
    const left = (ofComponent.get(name) ?? 0) - Date.now();
    if (left > 0) await wait(name, left, changed, settings, watcher);
    return resource;
  };
  return {
    hooks,
    settled: (resource) => (hooks.afterCreate ? resource.urn.apply(() => rest(resource)) : resource),
  };
}

function hooksFor(
  name: string,
  kind: string,
  { inputs }: Spreading,
  settings: PodIdentitySettings,
  watcher: Watcher,
  onChange: (name: string) => Promise<void>,
): SettleHooks {
  const called = async ({ name: of, oldInputs, newInputs }: pulumi.ResourceHookArgs) => {
    const same = (input: string) => JSON.stringify(oldInputs?.[input]) === JSON.stringify(newInputs?.[input]);
    if (oldInputs === undefined || !inputs.every(same)) await onChange(of);
  };
  const shared = sharedHook<undefined, pulumi.ResourceHook>(watcher, kind, (hookName) =>
    resourceHook(hookName, called),
  );
  const hook = settleSecondsOf(settings) === 0 ? undefined : shared(name, undefined);
  return hook ? { afterCreate: [hook], afterUpdate: [hook] } : {};
}

async function wait(
  name: string,
  milliseconds: number,
  changed: Spreading,
  settings: PodIdentitySettings,
  { component }: Watcher,
): Promise<void> {
  const text = `${name}: waiting ${settleSecondsOf(settings)} s for ${changed.what} to spread`;
  await pulumi.log.info(text, component, undefined, true);
  await pause(milliseconds);
}
