import type { Formula } from "./cases";
import type { Reading } from "./counterexample";
import type { Requests } from "./requests";
import type { Example } from "./solver";

/** Requests of one kind, with what the claim says of them. */
export interface Family {
  requests: Requests;
  /** Those that can be made, or the part of them that is asked about. */
  possible: Formula;
  /** Those that the bindings admit. */
  claimed: Formula;
  /** What makes an example readable, the best first. */
  readable: Formula[];
  /** Whose request an example is. */
  read: (example: Example) => Reading;
}

/** Makes a family with variables of its own. */
export type FamilyMaker = (place: number) => Family;
