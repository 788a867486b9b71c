import { holds, type Formula } from "./cases";
import { unknown } from "./document";
import type { Term } from "./smt";
import { Variables } from "./variables";

/** A provider whose tokens are asked about. */
export interface Provider {
  arn: string;
  /** Its issuer without `https://`. */
  hostPath: string;
}

/** A condition key in the requests that are asked about. */
export type Key =
  | { kind: "missing"; name: string }
  /** The token's own. */
  | { kind: "claim"; name: string; value: Term }
  /** Nothing is known of it: there or not, of any value, of several values even. */
  | { kind: "free"; name: string; there: Formula; value: () => Term };

/** Ends the name of the variable that says whether a request has a key. */
export const THERE = " is there";

/** `aws:SourceVpc` and its like begin with a word; `https:` is none of AWS's. */
const OF_A_SERVICE = /^[\w-]+:(?!\/\/)/;

/**
 * All requests that can be made with tokens of one provider: subject and audience are variables, and so is whatever else a
 * condition may ask for.
 */
export class Requests {
  readonly variables: Variables;
  readonly subject: Term;
  readonly audience: Term;
  /** In small letters. */
  readonly action: Term;

  /** @param place keeps apart what is asked together. */
  constructor(
    readonly provider: Provider,
    place = 0,
  ) {
    this.variables = new Variables(`q${place}_`);
    this.subject = this.variables.text("subject");
    this.audience = this.variables.text("audience");
    this.action = this.variables.text("action");
  }

  /**
   * A condition key. AWS compares their names without regard to case, and gives a request the keys of its own token's issuer and
   * of no other.
   */
  key(written: string): Key {
    const name = written.toLowerCase();
    if (OF_A_SERVICE.test(name)) {
      const there = holds(this.variables.truth(name + THERE));
      return { kind: "free", name, there, value: () => this.variables.text(name) };
    }
    const [issuer, claim] = issuerAndClaim(name);
    if (issuer !== this.provider.hostPath.toLowerCase()) {
      return { kind: "missing", name };
    }
    // `amr`, `email` and `oaud` may be in a token or not; what a trust policy wants with them is not known here.
    if (claim !== "sub" && claim !== "aud") {
      throw unknown(`condition key ${written}`);
    }
    return { kind: "claim", name, value: claim === "sub" ? this.subject : this.audience };
  }
}

/** The issuer that a condition key belongs to; undefined for a key of AWS's own, or of what cannot be an issuer. */
export function issuerOfKey(name: string): string | undefined {
  if (OF_A_SERVICE.test(name)) {
    return undefined;
  }
  const [issuer] = issuerAndClaim(name);
  return issuer.includes("://") ? undefined : issuer;
}

function issuerAndClaim(name: string): [issuer: string, claim: string] {
  const [, issuer, claim] = /^(.+):([^:]*)$/.exec(name) ?? [];
  if (issuer === undefined || claim === undefined) {
    throw unknown(`condition key ${name}`);
  }
  return [issuer, claim];
}
