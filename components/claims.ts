import * as pulumi from "@pulumi/pulumi";
import { oncePerProgram } from "./programs";

/** Who makes something that there can be once only. */
export interface Claimant {
  /** The component as the user wrote it. */
  what: string;
  /** Where it is asked for in the component's arguments. */
  propertyPath: string;
  resource: pulumi.Resource;
}

const claims = oncePerProgram(
  () => new Map<string, { thing: pulumi.Output<string>; claimant: Claimant }[]>(),
);

/**
 * Asks for a thing of AWS of which the program may make one only; it goes to the component that asks first.
 *
 * @param name by what it is known from the start.
 * @param thing by what it is known for sure, account included.
 * @returns the component that has it already, for another one.
 */
export function claim(
  name: string,
  thing: pulumi.Output<string>,
  claimant: Claimant,
): pulumi.Output<Claimant | undefined> {
  const all = claims();
  const before = (all.get(name) ?? []).filter((other) => other.claimant.resource !== claimant.resource);
  all.set(name, [...(all.get(name) ?? []), { thing, claimant }]);
  return pulumi
    .all([thing, pulumi.all(before.map((other) => other.thing))])
    .apply(([mine, theirs]) => before[theirs.indexOf(mine)])
    .apply((other) => other?.claimant);
}
