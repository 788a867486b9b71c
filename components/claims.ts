import type * as pulumi from "@pulumi/pulumi";
import { oncePerProgram } from "./programs";

/** Who makes something that there can be once only. */
export interface Claimant {
  /** The component as the user wrote it. */
  what: string;
  /** Where it is asked for in the component's arguments. */
  propertyPath: string;
  resource: pulumi.Resource;
}

const claims = oncePerProgram(() => new Map<string, Claimant>());

/**
 * Gives a thing of AWS to the component of this program that asks for it first.
 *
 * @param thing by what it is known, account included.
 * @returns the component that has it already, for another one.
 */
export function claim(thing: string, claimant: Claimant): Claimant | undefined {
  const all = claims();
  const owner = all.get(thing) ?? claimant;
  all.set(thing, owner);
  return owner.resource === claimant.resource ? undefined : owner;
}
