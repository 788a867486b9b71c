import { issuerOfKey } from "./conditions";
import type { TrustConditions } from "./extras";
import { STS_AUDIENCE, WEB_IDENTITY_ACTION } from "./types";
import { compareText, isRecord, repeatedName, stringsOf } from "./values";

/** Who is admitted of one issuer, as far as one statement goes. */
export interface SubjectCondition {
  /** In lower case. */
  issuer: string;
  /** Whether `*` in the values stands for any characters. */
  patterns: boolean;
  values: string[];
}

/** A statement that admits web identities, in the few words that the builder uses. */
export interface GeneratedStatement {
  /** ARNs of the OIDC providers that it names. */
  federated: string[];
  /** One for each issuer at most. */
  subjects: SubjectCondition[];
  /** The statement without its extra conditions. */
  withoutExtras: object;
}

/** Values in alphabetical order, as JSON, by `<operator> on <key>` in lower case. */
export type ConditionTable = ReadonlyMap<string, string>;

/** One operator on one key. */
interface Clause {
  operator: string;
  key: string;
  values: string[];
}

const ELEMENTS = new Set(["Sid", "Effect", "Principal", "Action", "Condition"]);
const OPERATOR = /^String(Equals|Like)(IfExists)?$/;

/** The extra conditions that each generated statement must have. Issuers' keys are never extra. */
export function extraConditions(conditions: TrustConditions): ConditionTable {
  return tableOf((clausesOf(conditions) ?? []).filter(({ key }) => issuerOfKey(key) === undefined));
}

/**
 * Reads a generated statement. It must be an Allow of the one action for OIDC providers alone, with `StringEquals` or
 * `StringLike` on issuers' subjects, once for each, and on the one audience, and with exactly the extra conditions.
 *
 * @returns what is wrong, as a text, for any other.
 */
export function readGenerated(statement: unknown, extra: ConditionTable): GeneratedStatement | string {
  if (!isRecord(statement) || statement.Effect !== "Allow") {
    return "is not an Allow";
  }
  const strange = Object.keys(statement).find((element) => !ELEMENTS.has(element));
  if (strange !== undefined) {
    return `has the element ${strange}`;
  }
  const { Principal: principal, Action: action, Condition: condition = {} } = statement;
  const alone = isRecord(principal) && Object.keys(principal).length === 1;
  const federated = alone ? stringsOf(principal.Federated) : undefined;
  if (!federated) {
    return "is not for OIDC providers alone";
  }
  if (stringsOf(action)?.join() !== WEB_IDENTITY_ACTION) {
    return `is not about ${WEB_IDENTITY_ACTION} alone`;
  }
  const clauses = clausesOf(condition);
  if (!clauses) {
    return "has conditions that cannot be read, or that differ in case alone";
  }
  const own = clauses.filter(({ key }) => issuerOfKey(key) !== undefined);
  const others = clauses.filter(({ key }) => issuerOfKey(key) === undefined);
  const problem = own.map(clauseProblem).find((text) => text !== undefined) ?? extraProblem(others, extra);
  if (problem !== undefined) {
    return problem;
  }
  const subjects = own.filter(({ key }) => key.toLowerCase().endsWith(":sub")).map(subjectCondition);
  const twice = repeatedName(subjects.map(({ issuer }) => issuer));
  return twice === undefined
    ? { federated, subjects, withoutExtras: { ...statement, Condition: conditionOf(own) } }
    : `has two conditions on the subject of ${twice}`;
}

/** Undefined for what cannot be read, or has two names that differ in case alone. */
function clausesOf(condition: unknown): Clause[] | undefined {
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

/** Says why a condition on an issuer's key is none that the builder writes, or undefined. */
function clauseProblem({ operator, key, values }: Clause): string | undefined {
  const claim = key.slice(key.lastIndexOf(":") + 1).toLowerCase();
  const subject = claim === "sub" && !(isLike(operator) && values.some((value) => value.includes("?")));
  const audience = claim === "aud" && values.length === 1 && values[0] === STS_AUDIENCE;
  const known = OPERATOR.test(operator) && (subject || audience);
  return known ? undefined : `has a condition of another kind: ${operator} on ${key}`;
}

function extraProblem(found: Clause[], wanted: ConditionTable): string | undefined {
  const table = tableOf(found);
  const missing = [...wanted].find(([name, values]) => table.get(name) !== values);
  if (missing) {
    return `lacks the extra condition ${missing[0]} with ${missing[1]}`;
  }
  const strange = [...table.keys()].find((name) => !wanted.has(name));
  return strange === undefined ? undefined : `has a condition that is not asked for: ${strange}`;
}

function tableOf(clauses: Clause[]): ConditionTable {
  return new Map(
    clauses.map(({ operator, key, values }) => [
      `${operator} on ${key}`.toLowerCase(),
      JSON.stringify([...new Set(values)].sort(compareText)),
    ]),
  );
}

function subjectCondition({ operator, key, values }: Clause): SubjectCondition {
  return { issuer: issuerOfKey(key) ?? "", patterns: isLike(operator), values };
}

function isLike(operator: string): boolean {
  return operator.startsWith("StringLike");
}

function conditionOf(clauses: Clause[]): TrustConditions {
  const condition: TrustConditions = {};
  for (const { operator, key, values } of clauses) {
    (condition[operator] ??= {})[key] = values;
  }
  return condition;
}
