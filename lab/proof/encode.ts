import { ALWAYS, both, either, holds, matchesOneOf, neither, NEVER, type Formula } from "./cases";
import { unknown, type Condition, type Statement } from "./document";
import type { Operator } from "./operators";
import type { Key, Requests } from "./requests";
import { pattern } from "./smt";

/*
 * What a trust policy means for the requests of one provider, from AWS's documentation alone: IAM User Guide, "Policy evaluation
 * logic", "IAM JSON policy elements: Condition operators", "Single-valued vs. multivalued context keys". Nothing here is shared
 * with trust/ or with the judge in lab/aws: what is proved must not rest on a mistake of theirs.
 */

/** Does the policy admit a request: by one Allow, and by no Deny? */
export function admittedBy(statements: Statement[], requests: Requests): Formula {
  const applying = (effect: Statement["effect"]) =>
    statements
      .filter((statement) => statement.effect === effect)
      .map((statement) => applies(statement, requests));
  return both(either(...applying("Allow")), neither(...applying("Deny")));
}

/** Do all of these conditions hold for a request? */
export function conditionsHold(conditions: Condition[], requests: Requests): Formula {
  return both(...conditions.map((condition) => conditionHolds(condition, requests)));
}

function applies({ principals, actions, conditions }: Statement, requests: Requests): Formula {
  if (!principals.everybody && !principals.federated.includes(requests.provider.arn)) {
    return NEVER;
  }
  const action = matchesOneOf(
    requests.action,
    actions.patterns.map((one) => pattern(one.toLowerCase())),
  );
  return both(actions.negated ? neither(action) : action, conditionsHold(conditions, requests));
}

function conditionHolds(condition: Condition, requests: Requests): Formula {
  const key = requests.key(condition.key);
  const there = key.kind === "free" ? key.there : key.kind === "claim" ? ALWAYS : NEVER;
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
  const compared = compare(key.kind === "free" ? key.value() : key.value, values);
  return negated ? neither(compared) : compared;
}
