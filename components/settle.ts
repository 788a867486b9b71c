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

/**
 * Has everything that depends on a resource wait after it was made or changed, since IAM and EKS are eventually consistent. It waits
 * only where something was really done, so never in a preview, and each resource by itself.
 */
export function settle(
  name: string,
  changed: Spreading,
  settings: PodIdentitySettings,
  watcher: Watcher,
): Pick<pulumi.ResourceHookBinding, "afterCreate" | "afterUpdate"> {
  const seconds = settleSecondsOf(settings);
  const wait = async ({ name: of, oldInputs, newInputs }: pulumi.ResourceHookArgs) => {
    const same = (input: string) => JSON.stringify(oldInputs?.[input]) === JSON.stringify(newInputs?.[input]);
    if (oldInputs !== undefined && changed.inputs.every(same)) {
      return;
    }
    await pulumi.log.info(
      `${of}: waiting ${seconds} s for ${changed.what} to spread`,
      watcher.component,
      undefined,
      true,
    );
    await pause(seconds * 1000);
  };
  const waiting = sharedHook<undefined, pulumi.ResourceHook>(watcher, `settle-${changed.kind}`, (hookName) =>
    resourceHook(hookName, wait),
  );
  const hook = seconds === 0 ? undefined : waiting(name, undefined);
  return hook ? { afterCreate: [hook], afterUpdate: [hook] } : {};
}
