import {
  type Clause,
  clausesOf,
  type ConditionTable,
  extraProblem,
  namesAlone,
  plainProblem,
  tableOf,
  UNREADABLE_CONDITIONS,
} from "./clauses";
import { issuerOfKey } from "./conditions";
import type { TrustConditions } from "./extras";
import { STS_AUDIENCE, WEB_IDENTITY_ACTION } from "./types";
import { isRecord, repeatedName, stringsOf } from "./values";

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
  const problem = plainProblem(statement);
  if (!isRecord(statement) || problem !== undefined) {
    return problem ?? "";
  }
  const { Principal: principal, Action: action, Condition: condition = {} } = statement;
  const federated = namesAlone(principal, "Federated");
  if (!federated) {
    return "is not for OIDC providers alone, nor for Pod Identity alone";
  }
  if (stringsOf(action)?.join() !== WEB_IDENTITY_ACTION) {
    return `is not about ${WEB_IDENTITY_ACTION} alone`;
  }
  const clauses = clausesOf(condition);
  if (!clauses) {
    return UNREADABLE_CONDITIONS;
  }
  const own = clauses.filter(({ key }) => issuerOfKey(key) !== undefined);
  const others = clauses.filter(({ key }) => issuerOfKey(key) === undefined);
  const fault = own.map(clauseProblem).find((text) => text !== undefined) ?? extraProblem(others, extra);
  if (fault !== undefined) {
    return fault;
  }
  const subjects = own.filter(({ key }) => key.toLowerCase().endsWith(":sub")).map(subjectCondition);
  const twice = repeatedName(subjects.map(({ issuer }) => issuer));
  return twice === undefined
    ? { federated, subjects, withoutExtras: { ...statement, Condition: conditionOf(own) } }
    : `has two conditions on the subject of ${twice}`;
}

/** Says why a condition on an issuer's key is none that the builder writes, or undefined. */
function clauseProblem({ operator, key, values }: Clause): string | undefined {
  const claim = key.slice(key.lastIndexOf(":") + 1).toLowerCase();
  const subject = claim === "sub" && !(isLike(operator) && values.some((value) => value.includes("?")));
  const audience = claim === "aud" && values.length === 1 && values[0] === STS_AUDIENCE;
  const known = OPERATOR.test(operator) && (subject || audience);
  return known ? undefined : `has a condition of another kind: ${operator} on ${key}`;
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
