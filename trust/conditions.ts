import { isRecord, matchesPattern, stringsOf } from "./values";

/** The values of a condition key in the request; `unknown` when it cannot be told whether the key is there. */
export type KeyLookup = (key: string) => string[] | "absent" | "unknown";

/** `holds` is undefined when the block has something whose meaning is not known here. */
export interface ConditionVerdict {
  holds: boolean | undefined;
  why: string;
}

type Test = (value: string, wanted: string) => boolean;
interface Operator {
  test: Test;
  negated: boolean;
}

const equals: Test = (value, wanted) => value === wanted;
const equalsIgnoringCase: Test = (value, wanted) => value.toLowerCase() === wanted.toLowerCase();
const like: Test = (value, wanted) => matchesPattern(wanted, value);
/** On ARNs `*` must not run over a colon; that is not modelled, so ARN operators stay unknown. */
const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ["stringequals", { test: equals, negated: false }],
  ["stringnotequals", { test: equals, negated: true }],
  ["stringequalsignorecase", { test: equalsIgnoringCase, negated: false }],
  ["stringnotequalsignorecase", { test: equalsIgnoringCase, negated: true }],
  ["stringlike", { test: like, negated: false }],
  ["stringnotlike", { test: like, negated: true }],
]);

/**
 * Evaluates a statement's condition block: operators and keys are ANDed, the values of one key ORed.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
 */
export function conditionHolds(condition: unknown, lookup: KeyLookup): ConditionVerdict {
  if (condition === undefined) {
    return { holds: true, why: "has no condition" };
  }
  if (!isRecord(condition)) {
    return { holds: undefined, why: "condition cannot be read" };
  }
  const verdicts = Object.entries(condition).flatMap(([operator, keys]) =>
    operatorVerdicts(operator, keys, lookup),
  );
  // One false makes the whole false, whatever the unknown ones would say.
  const decisive =
    verdicts.find(({ holds }) => holds === false) ?? verdicts.find(({ holds }) => holds === undefined);
  return decisive ?? { holds: true, why: "its conditions hold" };
}

function operatorVerdicts(operator: string, keys: unknown, lookup: KeyLookup): ConditionVerdict[] {
  if (!isRecord(keys)) {
    return [{ holds: undefined, why: `${operator} cannot be read` }];
  }
  return Object.entries(keys).map(([key, wanted]) => {
    const holds = keyHolds(operator, wanted, lookup(key));
    const state = holds === undefined ? "has no meaning known here" : holds ? "holds" : "does not hold";
    return { holds, why: `${operator} on ${key} ${state}` };
  });
}

function keyHolds(operator: string, wanted: unknown, found: ReturnType<KeyLookup>): boolean | undefined {
  if (found === "unknown") {
    return undefined;
  }
  const name = operator.toLowerCase();
  const strings = stringsOf(wanted);
  const values = found === "absent" ? undefined : found;
  if (name === "null") {
    return nullHolds(wanted, values);
  }
  if (!strings || strings.some((text) => text.includes("${"))) {
    return undefined;
  }
  const [, quantifier, base = "", ifExists] =
    /^(?:(forallvalues|foranyvalue):)?(.*?)(ifexists)?$/.exec(name) ?? [];
  const known = OPERATORS.get(base);
  if (!known) {
    return undefined;
  }
  if (values === undefined && ifExists !== undefined) {
    return true;
  }
  return quantified(known, strings, values, quantifier);
}

function quantified(
  { test, negated }: Operator,
  wanted: string[],
  values: string[] | undefined,
  quantifier: string | undefined,
): boolean | undefined {
  const one = (value: string) => wanted.some((text) => test(value, text)) !== negated;
  if (quantifier === "forallvalues") {
    return (values ?? []).every(one);
  }
  if (quantifier === "foranyvalue") {
    return (values ?? []).some(one);
  }
  if (values === undefined) {
    return negated;
  }
  // How IAM compares a many-valued key without a quantifier is not documented.
  return values.length === 1 ? values.every(one) : undefined;
}

function nullHolds(wanted: unknown, values: string[] | undefined): boolean | undefined {
  const list: unknown[] = Array.isArray(wanted) ? wanted : [wanted];
  if (!list.every((entry) => entry === "true" || entry === "false" || entry === true || entry === false)) {
    return undefined;
  }
  return list.some((entry) => String(entry) === String(values === undefined));
}
