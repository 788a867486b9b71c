import { groupedBy, isRecord, matchesPattern, repeatedName, stringsOf } from "./values";

/** The values of a condition key in the request; `unknown` when it cannot be told whether the key is there. */
export type KeyValues = string[] | "absent" | "unknown";

/** The condition keys of one request. */
export interface RequestKeys {
  /**
   * The token's issuer without `https://`, in lower case: of all issuers' keys only its own are in the request. Empty where no token
   * is, which has none of them.
   */
  issuer: string;
  /** Looks up a key, in lower case, that is not another issuer's. */
  lookup: (key: string) => KeyValues;
}

/** Keys that somebody tells of, in lower case. */
export function givenKeys(context: Record<string, string | string[]> = {}): Map<string, KeyValues> {
  const known = new Map<string, KeyValues>();
  for (const [key, values] of Object.entries(context)) {
    const name = key.toLowerCase();
    // Which of two spellings would count is not known.
    known.set(name, known.has(name) ? "unknown" : [values].flat());
  }
  return known;
}

/** `holds` is undefined when the block has something whose meaning is not known here. */
export interface ConditionVerdict {
  holds: boolean | undefined;
  why: string;
}

/** A condition block, ready to be asked of many requests. */
export type PreparedCondition = (keys: RequestKeys) => ConditionVerdict;

/** One operator on one key. */
interface Clause {
  /** In lower case. Empty when the clause cannot be read. */
  key: string;
  verdict: (found: KeyValues) => ConditionVerdict;
  /** Of a key that has one value this must be one of these, or the clause does not hold. Left out where that is not all. */
  required?: string[];
}
/** A clause at its place in the block, and whose key it is: undefined when no issuer's. */
type PlacedClause = Clause & { place: number; issuer: string | undefined };
type PlacedVerdict = ConditionVerdict & { place: number; issuer: string | undefined };

type Matcher = (wanted: string[]) => (value: string) => boolean;
interface Operator {
  matcher: Matcher;
  negated: boolean;
}

const equals: Matcher = (wanted) => {
  const values = new Set(wanted);
  return (value) => values.has(value);
};
const equalsIgnoringCase: Matcher = (wanted) => {
  const isOne = equals(wanted.map((text) => text.toLowerCase()));
  return (value) => isOne(value.toLowerCase());
};
const like: Matcher = (wanted) => {
  const patterns = wanted.filter((text) => /[*?]/.test(text));
  const isOne = equals(wanted);
  // A pattern's own text matches it, so that all of them may be looked up.
  return (value) => isOne(value) || patterns.some((pattern) => matchesPattern(pattern, value));
};
/** On ARNs `*` must not run over a colon; that is not modelled, so ARN operators stay unknown. */
const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ["stringequals", { matcher: equals, negated: false }],
  ["stringnotequals", { matcher: equals, negated: true }],
  ["stringequalsignorecase", { matcher: equalsIgnoringCase, negated: false }],
  ["stringnotequalsignorecase", { matcher: equalsIgnoringCase, negated: true }],
  ["stringlike", { matcher: like, negated: false }],
  ["stringnotlike", { matcher: like, negated: true }],
]);

/**
 * The issuer whose claim a condition key stands for, in lower case; undefined for keys of AWS's services (`aws:…`),
 * whose names begin with no host.
 *
 * @example issuerOfKey("oidc.eks.us-east-1.amazonaws.com/id/ABC:sub") // "oidc.eks.us-east-1.amazonaws.com/id/abc"
 */
export function issuerOfKey(key: string): string | undefined {
  return /^((?:https?:\/\/)?[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:\/[a-z0-9._~/-]*)?):/.exec(key.toLowerCase())?.[1];
}

/**
 * Prepares a statement's condition block: operators and keys are ANDed, the values of one key ORed. What another issuer's
 * keys make of a request is settled here, once, because they are in none: a request asks only for the rest.
 *
 * @param variables whether `${…}` is a policy variable, whose value is not known here.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
 */
export function prepareCondition(condition: unknown, variables: boolean): PreparedCondition {
  if (condition === undefined) {
    return () => ({ holds: true, why: "has no condition" });
  }
  const clauses = clausesOf(condition, variables).map((clause, place): PlacedClause => ({
    ...clause,
    place,
    issuer: issuerOfKey(clause.key),
  }));
  const byIssuer = groupedBy(clauses, ({ issuer }) => issuer);
  const absent = absentVerdicts(clauses);
  return ({ issuer, lookup }) => {
    const asked = [...(byIssuer.get(undefined) ?? []), ...(byIssuer.get(issuer) ?? [])];
    const verdicts = [
      ...asked.map((clause) => ({ place: clause.place, ...clause.verdict(lookup(clause.key)) })),
      ...absent.filter((verdict) => verdict.issuer !== issuer),
    ].sort((a, b) => a.place - b.place);
    // One false makes the whole false, whatever the unknown ones would say.
    const { holds, why } = verdicts.find((verdict) => verdict.holds === false) ??
      verdicts.find((verdict) => verdict.holds === undefined) ?? { holds: true, why: "its conditions hold" };
    return { holds, why };
  };
}

/**
 * What a condition block wants of a request, whatever else it asks for: for each key, in lower case, the values of which one must be the
 * key's, where that has one value or none. Keys of issuers are not in it.
 */
export function requiredValues(
  condition: unknown,
  variables: boolean,
): ReadonlyMap<string, ReadonlySet<string>> {
  const clauses = condition === undefined ? [] : clausesOf(condition, variables);
  return new Map(
    clauses.flatMap(({ key, required }) =>
      required === undefined || issuerOfKey(key) !== undefined ? [] : [[key, new Set(required)] as const],
    ),
  );
}

/** What decides for requests of which an issuer's keys are absent: of each verdict, the first of two issuers is enough. */
function absentVerdicts(clauses: PlacedClause[]): PlacedVerdict[] {
  const verdicts = clauses.flatMap(({ place, issuer, verdict }) =>
    issuer === undefined ? [] : [{ place, issuer, ...verdict("absent") }],
  );
  return [false, undefined].flatMap((holds) => {
    const all = verdicts.filter((verdict) => verdict.holds === holds);
    const first = all[0];
    const second = all.find(({ issuer }) => issuer !== first?.issuer);
    return [first, second].filter((verdict) => verdict !== undefined);
  });
}

function clausesOf(condition: unknown, variables: boolean): Clause[] {
  if (!isRecord(condition)) {
    return [unreadable("condition cannot be read")];
  }
  const twice = repeatedName(Object.keys(condition));
  if (twice !== undefined) {
    return [unreadable(`${twice} stands twice`)];
  }
  return Object.entries(condition).flatMap(([operator, keys]) => operatorClauses(operator, keys, variables));
}

function operatorClauses(operator: string, keys: unknown, variables: boolean): Clause[] {
  if (!isRecord(keys)) {
    return [unreadable(`${operator} cannot be read`)];
  }
  const twice = repeatedName(Object.keys(keys));
  if (twice !== undefined) {
    return [unreadable(`${operator} on ${twice} stands twice`)];
  }
  return Object.entries(keys).map(([key, wanted]) => {
    const test = testOf(operator, wanted, variables);
    const values = operator.toLowerCase() === "stringequals" ? readableTexts(wanted, variables) : undefined;
    return {
      key: key.toLowerCase(),
      ...(values && { required: values }),
      verdict: (found) => {
        const holds = found === "unknown" ? undefined : test(found === "absent" ? undefined : found);
        const state = holds === undefined ? "has no meaning known here" : holds ? "holds" : "does not hold";
        return { holds, why: `${operator} on ${key} ${state}` };
      },
    };
  });
}

function unreadable(why: string): Clause {
  return { key: "", verdict: () => ({ holds: undefined, why }) };
}

/** Whether a key's values, undefined where the key is missing, are as wanted; undefined when that is not known. */
type Test = (values: string[] | undefined) => boolean | undefined;
const UNKNOWN: Test = () => undefined;

function testOf(operator: string, wanted: unknown, variables: boolean): Test {
  const name = operator.toLowerCase();
  if (name === "null") {
    return nullTest(wanted);
  }
  const strings = readableTexts(wanted, variables);
  if (!strings) {
    return UNKNOWN;
  }
  const [, quantifier, base = "", ifExists] =
    /^(?:(forallvalues|foranyvalue):)?(.*?)(ifexists)?$/.exec(name) ?? [];
  const known = OPERATORS.get(base);
  if (!known) {
    return UNKNOWN;
  }
  const test = quantified(known, strings, quantifier);
  return ifExists === undefined ? test : (values) => values === undefined || test(values);
}

/** Undefined for what is no text, and for texts with variables in them. */
function readableTexts(wanted: unknown, variables: boolean): string[] | undefined {
  const strings = stringsOf(wanted);
  return variables && strings?.some((text) => text.includes("${")) ? undefined : strings;
}

function quantified({ matcher, negated }: Operator, wanted: string[], quantifier: string | undefined): Test {
  const matches = matcher(wanted);
  const one = (value: string) => matches(value) !== negated;
  if (quantifier === undefined) {
    // How IAM compares a many-valued key without a quantifier is not documented.
    return (values) => (values === undefined ? negated : values.length === 1 ? values.every(one) : undefined);
  }
  const all = quantifier === "forallvalues";
  return (values = []) =>
    // An empty text may count as no value at all, which is another answer.
    values.includes("") ? undefined : all ? values.every(one) : values.some(one);
}

function nullTest(wanted: unknown): Test {
  const list: unknown[] = Array.isArray(wanted) ? wanted : [wanted];
  if (list.length === 0 || !list.every((entry) => [true, false, "true", "false"].includes(entry as string))) {
    return UNKNOWN;
  }
  const answers = new Set(list.map(String));
  // Whether a key of no values is there is not documented.
  return (values) => (values?.length === 0 ? undefined : answers.has(String(values === undefined)));
}
