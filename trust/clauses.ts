import { compareText, isRecord, repeatedName, stringsOf } from "./values";

/** One operator on one key. */
export interface Clause {
  operator: string;
  key: string;
  values: string[];
}

/** Values in alphabetical order, as JSON, by `<operator> on <key>` in lower case. */
export type ConditionTable = ReadonlyMap<string, string>;

const ELEMENTS = new Set(["Sid", "Effect", "Principal", "Action", "Condition"]);

/** Says why a statement is no Allow of the plainest kind, or undefined. */
export function plainProblem(statement: unknown): string | undefined {
  if (!isRecord(statement) || statement.Effect !== "Allow") {
    return "is not an Allow";
  }
  const strange = Object.keys(statement).find((element) => !ELEMENTS.has(element));
  return strange === undefined ? undefined : `has the element ${strange}`;
}

/** The names of a principal of one kind alone; undefined where there is another one, or none of them. */
export function namesAlone(principal: unknown, kind: string): string[] | undefined {
  return isRecord(principal) && Object.keys(principal).length === 1 ? stringsOf(principal[kind]) : undefined;
}

/** What a statement says whose conditions {@link clausesOf} cannot tell apart. */
export const UNREADABLE_CONDITIONS = "has conditions that cannot be read, or that differ in case alone";

/** Undefined for what cannot be read, or has two names that differ in case alone. */
export function clausesOf(condition: unknown): Clause[] | undefined {
  if (!isRecord(condition) || repeatedName(Object.keys(condition)) !== undefined) {
    return undefined;
  }
  const clauses: Clause[] = [];
  for (const [operator, keys] of Object.entries(condition)) {
    if (!isRecord(keys) || repeatedName(Object.keys(keys)) !== undefined) {
      return undefined;
    }
    for (const [key, wanted] of Object.entries(keys)) {
      const values = stringsOf(wanted);
      if (!values) return undefined;
      clauses.push({ operator, key, values });
    }
  }
  return clauses;
}

/** Conditions that a statement has beside its own, ready to be compared. */
export function tableOf(clauses: Clause[]): ConditionTable {
  return new Map(
    clauses.map(({ operator, key, values }) => [
      `${operator} on ${key}`.toLowerCase(),
      JSON.stringify([...new Set(values)].sort(compareText)),
    ]),
  );
}

/** Says where conditions are not exactly those that are asked for, or undefined. */
export function extraProblem(found: Clause[], wanted: ConditionTable): string | undefined {
  const table = tableOf(found);
  const missing = [...wanted].find(([name, values]) => table.get(name) !== values);
  if (missing) {
    return `lacks the extra condition ${missing[0]} with ${missing[1]}`;
  }
  const strange = [...table.keys()].find((name) => !wanted.has(name));
  return strange === undefined ? undefined : `has a condition that is not asked for: ${strange}`;
}
