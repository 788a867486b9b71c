import * as pulumi from "@pulumi/pulumi";
import { claim } from "./claims";
import { lateProblems } from "./problems";
import type { ServiceAccountBinding } from "./types";

/**
 * The name of a ServiceAccount, once no other component of the program was found to make it in the same cluster: the API server
 * would refuse the second, and only after all else was made.
 *
 * @returns the name as it is where nobody else has asked for one of that name: mostly so, and there are very many.
 */
export function claimedName(
  { namespace, name }: ServiceAccountBinding,
  cluster: string,
  issuerUrl: pulumi.Output<string>,
  { what, path, parent }: { what: string; path: string; parent: pulumi.Resource },
): pulumi.Input<string> {
  const account = `${namespace}/${name}`;
  const owner = claim(`ServiceAccount ${account}`, issuerUrl, {
    what,
    propertyPath: path,
    resource: parent,
  });
  return (
    owner?.apply((other) => {
      if (other === undefined) return name;
      const reason =
        `is ${account}, which ${other.what} (${other.propertyPath}) makes in cluster "${cluster}" in this program already, and a ServiceAccount ` +
        "has one role: bind it in one of the two, or set ownership to None in the one whose role its pods are not to get";
      throw lateProblems(what, [{ propertyPath: path, reason }], parent);
    }) ?? name
  );
}
