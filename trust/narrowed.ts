import type { CompiledStatement } from "./compiled";

/** A list of so many statements is walked through: to sort it out would cost more. */
const SHORT = 8;

/** The statements about one caller, in their order. Requests of which a key is known leave out those that surely do not match. */
export interface NarrowedStatements {
  all: CompiledStatement[];
  /**
   * Those that may match a request in which this key, in lower case, has one value, or is absent (undefined); and the first of all, which
   * is told of where none matches.
   */
  with: (key: string, value: string | undefined) => NarrowedStatements;
}

/** Statements sorted by the values that they want of one key. */
interface Sorted {
  byValue: Map<string, CompiledStatement[]>;
  /** They do not hang on the key, or not on it alone. */
  others: CompiledStatement[];
  found: Map<string | undefined, NarrowedStatements>;
}

/**
 * Prepares statements, each of which the caller is asked of: what is sorted is kept, so that of many requests each costs what its own
 * statements do.
 *
 * @param decides whether a condition that does not hold decides what becomes of the statement.
 */
export function narrowable(
  all: CompiledStatement[],
  decides: (statement: CompiledStatement) => boolean,
): NarrowedStatements {
  const sorted = new Map<string, Sorted>();
  const whole: NarrowedStatements = {
    all,
    with: (key, value) => {
      if (all.length <= SHORT) return whole;
      const by = sorted.get(key) ?? sortedBy(key, all, decides);
      sorted.set(key, by);
      // What no statement asks for is answered by one list, whatever it is.
      const asked = value !== undefined && by.byValue.has(value) ? value : undefined;
      const own = asked === undefined ? [] : (by.byValue.get(asked) ?? []);
      const found = by.found.get(asked) ?? narrowable(inOrder(all, by.others, own), decides);
      by.found.set(asked, found);
      return found;
    },
  };
  return whole;
}

function sortedBy(
  key: string,
  all: CompiledStatement[],
  decides: (statement: CompiledStatement) => boolean,
): Sorted {
  const by: Sorted = { byValue: new Map(), others: [], found: new Map() };
  for (const statement of all) {
    const wanted = decides(statement) ? statement.required().get(key) : undefined;
    if (wanted === undefined) by.others.push(statement);
    for (const value of wanted ?? []) {
      const same = by.byValue.get(value);
      if (same) same.push(statement);
      else by.byValue.set(value, [statement]);
    }
  }
  return by;
}

function inOrder(all: CompiledStatement[], ...lists: CompiledStatement[][]): CompiledStatement[] {
  return [...new Set([...all.slice(0, 1), ...lists.flat()])].sort((a, b) => a.index - b.index);
}
