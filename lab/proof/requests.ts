import { ALWAYS, holds, NEVER, type Formula } from "./cases";
import { ACCOUNT_OF_PRINCIPAL, type Around } from "./arns";
import type { Caller } from "./principals";
import { unknown } from "./read";
import type { Term } from "./smt";
import { Variables } from "./variables";

/** A condition key in the requests that are asked about. */
export type Key =
  | { kind: "missing"; name: string }
  /** Each request has it, with what the variable says, or a part of it. */
  | { kind: "known"; name: string; value: Term; around?: Around }
  /** Nothing is known of it: there or not, of any value, of several values even. */
  | { kind: "free"; name: string; there: Formula; value: () => Term };

/** Ends the name of the variable that says whether a request has a key. */
export const THERE = " is there";

/** `aws:SourceVpc` and its like begin with a word; `https:` is none of AWS's. */
const OF_A_SERVICE = /^[\w-]+:(?!\/\/)/;

/** All requests of one kind: whatever a condition may ask for is a variable. */
export abstract class Requests {
  abstract readonly caller: Caller;
  /** In small letters. A request is admitted when all of them are allowed. */
  abstract readonly actions: string[];
  /** ARN of the user or role that asks, of whose session it is; undefined where it is none. */
  readonly principal: Term | undefined;
  readonly variables: Variables;
  readonly #formulas = new Map<object, Formula>();

  /**
   * @param place keeps apart what is asked together.
   * @param principal what the variable of the ARN is called.
   */
  constructor(place: number, principal?: string) {
    this.variables = new Variables(`q${place}_`);
    this.principal = principal === undefined ? undefined : this.variables.text(principal);
  }

  /** A formula of these requests, which is made once: they may be asked about in many parts. */
  once(what: object, make: () => Formula): Formula {
    const formula = this.#formulas.get(what) ?? make();
    this.#formulas.set(what, formula);
    return formula;
  }

  /** A condition key. AWS compares their names without regard to case. */
  key(written: string): Key {
    const name = written.toLowerCase();
    if (OF_A_SERVICE.test(name)) {
      return this.ofService(name);
    }
    const [issuer, claim] = issuerAndClaim(name);
    return this.ofIssuer(name, issuer, claim);
  }

  /** A key of a service's, such as AWS itself, in small letters. */
  protected ofService(name: string): Key {
    if (this.principal !== undefined && name === "aws:principalarn") {
      return { kind: "known", name, value: this.principal };
    }
    if (this.principal !== undefined && name === "aws:principalaccount") {
      return { kind: "known", name, value: this.principal, around: ACCOUNT_OF_PRINCIPAL };
    }
    const there = holds(this.variables.truth(name + THERE));
    return { kind: "free", name, there, value: () => this.variables.text(name) };
  }

  /** A key of an OIDC issuer's, in small letters: a request has those of its own token's and of no other. */
  protected ofIssuer(name: string, _issuer: string, _claim: string): Key {
    return { kind: "missing", name };
  }
}

/** Does a request have the key? */
export function isThere(key: Key): Formula {
  return key.kind === "free" ? key.there : key.kind === "known" ? ALWAYS : NEVER;
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
