import type * as pulumi from "@pulumi/pulumi";
import { lateProblems, problem } from "./problems";
import { oncePerProgram } from "./programs";
import type { ServiceAccountBinding } from "./types";

/** A component that makes ServiceAccounts in a cluster. */
export interface ServiceAccountOwner {
  /** The component as the user wrote it. */
  what: string;
  parent: pulumi.Resource;
  /** The cluster's name in its arguments. */
  cluster: string;
  issuerUrl: pulumi.Output<string>;
}

/** The issuer tells clusters apart, whatever each component calls them. */
interface Owned {
  owner: ServiceAccountOwner;
  path: string;
  issuer: { known?: string };
}

/** What is made in one run of a program, by namespace and name. */
const all = oncePerProgram(() => new Map<string, Owned[]>());

/**
 * Tells which ServiceAccounts another component of the program makes in the same cluster: the API server would refuse the second, and
 * only after all else was made.
 *
 * @returns gives the name of a ServiceAccount, and mostly as it is: nobody else has asked for one of that name. Else it is compared with
 * the clusters that are known by then: one that is not known, or has a fault of its own, is no reason to wait.
 */
export function serviceAccountClaims(
  owner: ServiceAccountOwner,
): (binding: ServiceAccountBinding, path: string) => pulumi.Input<string> {
  const owned = all();
  const issuer: Owned["issuer"] = {};
  owner.issuerUrl.apply((url) => (issuer.known = url));
  return ({ namespace, name }, path) => {
    const account = `${namespace}/${name}`;
    const before = owned.get(account) ?? [];
    owned.set(account, [...before, { owner, path, issuer }]);
    const others = before.filter((other) => other.owner.parent !== owner.parent);
    return others.length === 0
      ? name
      : owner.issuerUrl.apply((url) => {
          const other = others.find(({ issuer: its }) => its.known === url);
          if (other !== undefined) {
            throw lateProblems(owner.what, problem(path, ownedReason(account, owner, other)), owner.parent);
          }
          return name;
        });
  };
}

function ownedReason(account: string, { cluster }: ServiceAccountOwner, { owner, path }: Owned): string {
  return (
    `is ${account}, which ${owner.what} (${path}) makes in cluster "${cluster}" in this program already, and a ServiceAccount ` +
    "has one role: bind it in one of the two, or set ownership to None in the one whose role its pods are not to get"
  );
}
