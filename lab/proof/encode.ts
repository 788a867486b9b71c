import { ALWAYS, askedOfPart, both, butNot, either, holds, neither, NEVER, type Formula } from "./cases";
import type { Condition, Statement } from "./document";
import type { Operator } from "./operators";
import { isAmong } from "./principals";
import { unknown } from "./read";
import { isThere, type Key, type Requests } from "./requests";

/*
 * What a trust policy means for requests of one kind, from AWS's documentation alone: IAM User Guide, "Policy evaluation
 * logic", "IAM JSON policy elements: Condition operators", "Single-valued vs. multivalued context keys". Nothing here is shared
 * with trust/ or with the judge in lab/aws: what is proved must not rest on a mistake of theirs.
 */

/** Those among the requests that the policy admits: each action by one Allow, and by no Deny. */
export function admittedBy(statements: Statement[], requests: Requests, among = ALWAYS): Formula {
  return requests.actions.reduce((admitted, action) => {
    const { allowed, denied } = applying(statements, requests, action);
    return butNot(either(...allowed.map((one) => both(admitted, one))), ...denied);
  }, among);
}

/** Those among the requests that it does not admit: one action is allowed by no statement, or denied. */
export function refusedBy(statements: Statement[], requests: Requests, among = ALWAYS): Formula {
  return either(
    ...requests.actions.flatMap((action) => {
      const { allowed, denied } = applying(statements, requests, action);
      return [butNot(among, ...allowed), ...denied.map((one) => both(among, one))];
    }),
  );
}

/** Do all of these conditions hold for a request? */
export function conditionsHold(conditions: Condition[], requests: Requests): Formula {
  return requests.once(conditions, () =>
    both(...conditions.map((condition) => conditionHolds(condition, requests))),
  );
}

/** When does each statement apply that is about who asks, and about the action? */
function applying(
  statements: Statement[],
  requests: Requests,
  action: string,
): { allowed: Formula[]; denied: Formula[] } {
  const about = statements.filter(
    ({ principals, actions }) =>
      isAmong(requests.caller, principals) &&
      actions.patterns.some((one) => isLike(action, one.toLowerCase())) !== actions.negated,
  );
  const of = (effect: Statement["effect"]) =>
    about
      .filter((statement) => statement.effect === effect)
      .map(({ conditions }) => conditionsHold(conditions, requests));
  return { allowed: of("Allow"), denied: of("Deny") };
}

function isLike(text: string, pattern: string): boolean {
  const escaped = pattern.replace(/[\\^$.*+?()[\]{}|]/g, (one) =>
    one === "*" ? ".*" : one === "?" ? "." : `\\${one}`,
  );
  return new RegExp(`^${escaped}$`, "s").test(text);
}

function conditionHolds(condition: Condition, requests: Requests): Formula {
  const key = requests.key(condition.key);
  const there = isThere(key);
  if (condition.operator.base === "Null") {
    return either(...condition.values.map((value) => (isMissing(value) ? neither(there) : there)));
  }
  const missing = both(neither(there), holdsWithoutKey(condition.operator) ? ALWAYS : NEVER);
  return key.kind === "missing" ? missing : either(both(there, holdsFor(condition, key, requests)), missing);
}

/** `Null` asks whether the key is missing. */
function isMissing(value: string): boolean {
  if (value !== "true" && value !== "false") {
    throw unknown(`Null with value ${value}`);
  }
  return value === "true";
}

/** A key that is missing fails a positive operator and satisfies a negated one, unless the operator says otherwise itself. */
function holdsWithoutKey({ quantifier, ifExists, negated }: Operator): boolean {
  return ifExists || quantifier === "ForAllValues" || (negated && quantifier === undefined);
}

function holdsFor(
  { operator, values }: Condition,
  key: Exclude<Key, { kind: "missing" }>,
  requests: Requests,
): Formula {
  const { name, compare, quantifier, base, negated } = operator;
  if (key.kind === "free" && (compare === undefined || quantifier !== undefined)) {
    // An address, a date, a list: whether it holds is left open, so that what is proved is proved for either answer. It is
    // the same answer wherever the same is asked.
    const asked = [...(quantifier ? [quantifier] : []), base, key.name, ...[...values].sort()];
    return holds(requests.variables.truth(asked.join(" ")));
  }
  if (compare === undefined) {
    throw unknown(`${name} on ${key.name}`);
  }
  if (values.some((value) => value.includes("${"))) {
    throw unknown(`${key.name}: a policy variable`);
  }
  if (negated && values.length === 0) {
    throw unknown(`${name} on ${key.name} with no value`);
  }
  const asked = compare(key.kind === "free" ? key.value() : key.value, values);
  const compared = key.kind === "known" && key.around ? askedOfPart(asked, key.around) : asked;
  return negated ? neither(compared) : compared;
}
