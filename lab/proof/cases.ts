import { allOf, exactly, literal, noneOf, oneOf, sequence, type Term } from "./smt";

/*
 * Formulas as lists of cases. Z3 decides in milliseconds whether a text can be in one regular set, and takes minutes where it has
 * to find one that is in several at once: so what is asked of a text in one case is put together to one set.
 */

/** Something that is asked of a variable. */
export interface Literal {
  variable: Term;
  /** A text that is one of some, a text that matches a regular expression, or a truth. */
  kind: "is" | "matches" | "holds";
  /** The texts, or the expression. */
  what: readonly string[];
  negated: boolean;
  /** Splits the requests by this variable: what else is asked of it is decided by this where it can be. */
  settles?: boolean;
}

/** All of these must hold; by a name that is the same for the same literal. */
type Case = ReadonlyMap<string, Literal>;

/** One of these must hold. */
export type Formula = readonly Case[];

export const ALWAYS: Formula = [new Map()];
export const NEVER: Formula = [];

/** No trust policy comes near it. */
const MOST_CASES = 5000;

export function isOneOf(variable: Term, texts: string[]): Formula {
  return texts.length === 0
    ? NEVER
    : single({ variable, kind: "is", what: [...new Set(texts)].sort(), negated: false });
}

export function matchesOneOf(variable: Term, expressions: Term[]): Formula {
  return expressions.length === 0
    ? NEVER
    : single({ variable, kind: "matches", what: [oneOf(expressions)], negated: false });
}

export function holds(variable: Term): Formula {
  return single({ variable, kind: "holds", what: [], negated: false });
}

/** The variable is this text, and what is asked of it beside is decided. */
export function settledAs(variable: Term, text: string): Formula {
  return single({ variable, kind: "is", what: [text], negated: false, settles: true });
}

/** The variable is none of the texts, and what is asked of it beside about these texts alone is decided. */
export function settledOutside(variable: Term, texts: string[]): Formula {
  return texts.length === 0
    ? ALWAYS
    : single({ variable, kind: "is", what: [...new Set(texts)].sort(), negated: true, settles: true });
}

export function either(...formulas: Formula[]): Formula {
  return withoutImplied(formulas.flat());
}

export function both(...formulas: Formula[]): Formula {
  return formulas.reduce((sum, formula) => {
    const cases = sum.flatMap((a) => formula.map((b) => together(a, b)));
    return withoutImplied(cases.filter((one) => one !== undefined));
  }, ALWAYS);
}

export function neither(...formulas: Formula[]): Formula {
  return butNot(ALWAYS, ...formulas);
}

/** The first formula, and none of the others. */
export function butNot(formula: Formula, ...others: Formula[]): Formula {
  // What no case of the formula agrees with is excluded already.
  const possible = others.flat().filter((one) => formula.some((other) => together(other, one) !== undefined));
  const negations = possible.map((one) =>
    [...one.values()].flatMap((part) => single({ ...part, negated: !part.negated })),
  );
  return both(formula, ...negations);
}

/** The same, asked of a part of a longer text: no such part has a colon. */
export function askedOfPart(
  formula: Formula,
  [before, behind]: readonly [before: Term, behind: Term],
): Formula {
  return formula.map(
    (one) =>
      new Map(
        [...one.values()].map((part) => {
          const set = setOf({ ...part, negated: false });
          const whole: Literal = { ...part, kind: "matches", what: [sequence([before, set, behind])] };
          return [nameOf(whole), whole];
        }),
      ),
  );
}

/** The formula as a term. */
export function termOf(formula: Formula): Term {
  const cases = formula.map((one) => joined("and", caseTerms([...one.values()]), "true"));
  return joined("or", cases, "false");
}

function single(part: Literal): Formula {
  return [new Map([[nameOf(part), part]])];
}

function nameOf({ variable, kind, what, negated, settles = false }: Literal): string {
  return JSON.stringify([negated, variable, kind, what, settles]);
}

/** Both cases; undefined when a settled variable cannot be what they ask. */
function together(a: Case, b: Case): Case | undefined {
  const parts = new Map([...a, ...b]);
  for (const settling of [...parts.values()].filter(({ settles }) => settles)) {
    for (const [name, part] of parts) {
      const answer = part === settling ? undefined : decided(settling, part);
      if (answer === false) {
        return undefined;
      }
      if (answer === true) {
        parts.delete(name);
      }
    }
  }
  return parts;
}

function decided(settling: Literal, { variable, kind, what, negated }: Literal): boolean | undefined {
  if (variable !== settling.variable || kind !== "is") {
    return undefined;
  }
  if (!settling.negated) {
    return what.some((text) => settling.what.includes(text)) !== negated;
  }
  return what.every((text) => settling.what.includes(text)) ? negated : undefined;
}

/** A case that asks for more than another one does adds nothing. */
function withoutImplied(cases: Case[]): Formula {
  const kept: Case[] = [];
  for (const one of [...cases].sort((a, b) => a.size - b.size)) {
    if (!kept.some((other) => [...other.keys()].every((name) => one.has(name)))) {
      kept.push(one);
    }
  }
  if (kept.length > MOST_CASES) {
    throw new Error(`nothing is proved: the document has more than ${MOST_CASES} cases`);
  }
  return kept;
}

function caseTerms(parts: Literal[]): Term[] {
  return [...new Set(parts.map(({ variable }) => variable))].flatMap((variable) =>
    variableTerms(
      variable,
      parts.filter((part) => part.variable === variable),
    ),
  );
}

function variableTerms(variable: Term, parts: Literal[]): Term[] {
  if (parts.some(({ kind }) => kind === "holds")) {
    return parts.map(({ negated }) => (negated ? `(not ${variable})` : variable));
  }
  // Where it is one of a few texts, they are tried one by one.
  const listed = parts.some(({ kind, negated }) => kind === "is" && !negated);
  const lists = parts.filter(({ kind }) => kind === "is");
  const sets = (listed ? parts.filter(({ kind }) => kind === "matches") : parts).map(setOf);
  return [
    ...(listed ? lists.map((part) => listTerm(variable, part)) : []),
    ...(sets.length === 0 ? [] : [`(str.in_re ${variable} ${allOf(sets)})`]),
  ];
}

function listTerm(variable: Term, { what, negated }: Literal): Term {
  const term = joined(
    "or",
    what.map((text) => `(= ${variable} ${literal(text)})`),
    "false",
  );
  return negated ? `(not ${term})` : term;
}

function setOf({ kind, what, negated }: Literal): Term {
  const set = kind === "is" ? oneOf(what.map(exactly)) : oneOf([...what]);
  return negated ? noneOf(set) : set;
}

function joined(operator: string, terms: Term[], none: Term): Term {
  const [only = none, ...more] = terms;
  return more.length === 0 ? only : `(${operator} ${terms.join(" ")})`;
}
