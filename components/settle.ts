import { setTimeout as pause } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { resourceHook } from "./hooks";
import type { PodIdentitySettings } from "./podIdentityTypes";

const DEFAULT_SECONDS = 15;

/** What spreads slowly, as the user would call it, and which inputs it is made of. */
export interface Spreading {
  what: string;
  inputs: string[];
}

/** A role's trust policy. */
export const TRUST_POLICY: Spreading = { what: "the trust policy", inputs: ["assumeRolePolicy"] };

/** How long changes take to reach EKS and the nodes, in seconds. */
export function settleSecondsOf({ settleSeconds = DEFAULT_SECONDS }: PodIdentitySettings): number {
  return settleSeconds;
}

/**
 * Has everything that depends on a resource wait after it was made or changed, since IAM and EKS are eventually consistent. It waits
 * only where something was really done, so never in a preview, and each resource by itself.
 */
export function settle(
  name: string,
  changed: Spreading,
  settings: PodIdentitySettings,
  resource: pulumi.Resource,
): Pick<pulumi.ResourceHookBinding, "afterCreate" | "afterUpdate"> {
  const seconds = settleSecondsOf(settings);
  const wait = async ({ name: of, oldInputs, newInputs }: pulumi.ResourceHookArgs) => {
    const same = (input: string) => JSON.stringify(oldInputs?.[input]) === JSON.stringify(newInputs?.[input]);
    if (oldInputs !== undefined && changed.inputs.every(same)) {
      return;
    }
    await pulumi.log.info(
      `${of}: waiting ${seconds} s for ${changed.what} to spread`,
      resource,
      undefined,
      true,
    );
    await pause(seconds * 1000);
  };
  const hook = seconds === 0 ? undefined : resourceHook(`${name}/settle`, wait);
  return hook ? { afterCreate: [hook], afterUpdate: [hook] } : {};
}
