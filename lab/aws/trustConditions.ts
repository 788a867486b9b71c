import { allOf, anyOf, matchesPattern, truth, type Truth } from "./truth";

/*
 * Condition blocks, from the IAM User Guide: "IAM JSON policy elements: Condition", "Condition operators", "Conditions with
 * multiple context keys or values", "Single-valued vs. multivalued context keys".
 */

/** The values of a condition key in one request; "absent" where AWS has none; "unknown" where AWS has one we do not. */
export type KeyValues = readonly string[] | "absent" | "unknown";

/** The condition keys of one request. */
export type ConditionKeys = (name: string) => KeyValues;

interface Operator {
  /** Does one value of the request equal, or match, one value of the policy? */
  compare: (ofRequest: string, ofPolicy: string) => boolean;
  negated: boolean;
}

const equal = (a: string, b: string) => a === b;
const equalIgnoringCase = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
const like = (text: string, pattern: string) => matchesPattern(pattern, text);
/** "Each of the six colon-delimited components of the ARN is checked separately and each can include" wildcards. */
const arnLike = (text: string, pattern: string) => {
  const [parts, patterns] = [arnParts(text), arnParts(pattern)];
  return (
    parts.length === 6 &&
    patterns.length === 6 &&
    patterns.every((one, index) => like(parts[index] ?? "", one))
  );
};

const operators = new Map<string, Operator>([
  ["StringEquals", { compare: equal, negated: false }],
  ["StringNotEquals", { compare: equal, negated: true }],
  ["StringEqualsIgnoreCase", { compare: equalIgnoringCase, negated: false }],
  ["StringNotEqualsIgnoreCase", { compare: equalIgnoringCase, negated: true }],
  ["StringLike", { compare: like, negated: false }],
  ["StringNotLike", { compare: like, negated: true }],
  // "The ArnEquals and ArnLike condition operators behave identically."
  ["ArnEquals", { compare: arnLike, negated: false }],
  ["ArnLike", { compare: arnLike, negated: false }],
  ["ArnNotEquals", { compare: arnLike, negated: true }],
  ["ArnNotLike", { compare: arnLike, negated: true }],
]);

/** Does a whole Condition block hold? Operators are ANDed, and so are the keys inside one. */
export function conditionHolds(condition: unknown, keys: ConditionKeys): Truth {
  if (condition === undefined) return "yes";
  if (!isObject(condition)) return "unknown";
  return allOf(
    Object.entries(condition).map(([operator, block]) =>
      isObject(block)
        ? allOf(Object.entries(block).map(([key, values]) => elementHolds(operator, values, keys(key))))
        : "unknown",
    ),
  );
}

function elementHolds(written: string, policyValues: unknown, values: KeyValues): Truth {
  const wanted = stringList(policyValues);
  if (values === "unknown" || wanted === undefined) return "unknown";
  if (written === "Null") return nullHolds(wanted, values);

  const [, quantifier, name = "", ifExists] =
    /^(ForAllValues:|ForAnyValue:)?(.*?)(IfExists)?$/.exec(written) ?? [];
  const operator = operators.get(name);
  // ${…} is a policy variable, or text in the older policy language: neither is needed here.
  if (operator === undefined || wanted.some((value) => value.includes("${"))) return "unknown";
  if (values === "absent") return absentHolds(quantifier, operator, ifExists !== undefined);
  // Nothing compared with no value: AWS documents this for IfExists only.
  if (wanted.length === 0) return operator.negated ? "unknown" : "no";

  const one = (value: string) => truth(wanted.some((w) => operator.compare(value, w)) !== operator.negated);
  if (quantifier === "ForAllValues:") return allOf(values.map(one));
  if (quantifier === "ForAnyValue:") return anyOf(values.map(one));
  const [only, ...others] = values;
  // "Multivalued context keys require a condition set operator": without one the outcome is not documented.
  return only === undefined || others.length > 0 ? "unknown" : one(only);
}

/** A key that the request does not have: a positive operator fails, a negated one holds, IfExists always holds. */
function absentHolds(quantifier: string | undefined, operator: Operator, ifExists: boolean): Truth {
  if (ifExists || quantifier === "ForAllValues:") return "yes";
  return quantifier === "ForAnyValue:" ? "no" : truth(operator.negated);
}

/** `Null`: "true" wants the key to be absent, "false" wants it present. */
function nullHolds(wanted: string[], values: readonly string[] | "absent"): Truth {
  const absent = values === "absent" || values.length === 0;
  return anyOf(
    wanted.map((value) => {
      if (!/^(true|false)$/i.test(value)) return "unknown";
      return truth((value.toLowerCase() === "true") === absent);
    }),
  );
}

/** Five single components; the sixth takes the rest, colons included. */
function arnParts(arn: string): string[] {
  const parts = arn.split(":");
  return parts.length < 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(":")];
}

function stringList(value: unknown): string[] | undefined {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  const texts = list.map((item) => (typeof item === "boolean" ? String(item) : item));
  return texts.every((item): item is string => typeof item === "string") ? texts : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
