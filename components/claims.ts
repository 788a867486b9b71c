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
 * @returns the component that has it already, for another one. Undefined, and no Output, where no other has asked for that name: of most
 * things none has, and a fleet asks for very many.
 */
export function claim(
  name: string,
  thing: pulumi.Output<string>,
  claimant: Claimant,
): pulumi.Output<Claimant | undefined> | undefined {
  const all = claims();
  const asked = all.get(name) ?? [];
  all.set(name, [...asked, { thing, claimant }]);
  const before = asked.filter((other) => other.claimant.resource !== claimant.resource);
  if (before.length === 0) {
    return undefined;
  }
  return pulumi
    .all([thing, pulumi.all(before.map((other) => other.thing))])
    .apply(([mine, theirs]) => before[theirs.indexOf(mine)])
    .apply((other) => other?.claimant);
}
