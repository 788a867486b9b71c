import { parseOperator, type Operator } from "./operators";
import { readPrincipals, type Principals } from "./principals";
import { entriesOf, parse, recordOf, refuseUnknown, textsOf, unknown } from "./read";

/** One statement of a trust policy. */
export interface Statement {
  /** Place in the document, from 1. */
  place: number;
  effect: "Allow" | "Deny";
  principals: Principals;
  actions: { patterns: string[]; negated: boolean };
  conditions: Condition[];
}

/** One key under one operator. */
export interface Condition {
  operator: Operator;
  key: string;
  values: string[];
}

const VERSIONS = [undefined, "2008-10-17", "2012-10-17"];
const POLICY_ELEMENTS = ["Version", "Id", "Statement"];
const STATEMENT_ELEMENTS = ["Sid", "Effect", "Principal", "Action", "NotAction", "Condition"];
/** Operators whose values may be written without quotes. */
const BOOLEAN = ["Null", "Bool"];

/**
 * The statements of a trust policy.
 * @throws Error that says what is not known, when anything is not.
 */
export function readDocument(text: string): Statement[] {
  const policy = parse(text);
  refuseUnknown(policy, POLICY_ELEMENTS, "the document");
  if (!VERSIONS.includes(policy.Version as string | undefined)) {
    throw unknown(`Version ${JSON.stringify(policy.Version)}`);
  }
  const { Statement: written } = policy;
  const statements: unknown[] = Array.isArray(written) ? written : [written];
  return statements.map((statement, index) => readStatement(statement, index + 1));
}

/** One entry for each key under each operator: all of them must hold. */
export function readConditions(block: unknown, where: string): Condition[] {
  return entriesOf(block, where).flatMap(([name, keys]) => {
    const operator = parseOperator(name);
    if (operator === undefined) {
      throw unknown(`${where}: operator ${name}`);
    }
    const elements = entriesOf(keys, `${where}, ${name}`).map(([key, values]) => ({
      operator,
      key,
      values: textsOf(values, BOOLEAN.includes(operator.base), `${where}, ${name}, ${key}`),
    }));
    if (new Set(elements.map(({ key }) => key.toLowerCase())).size < elements.length) {
      throw unknown(`${where}, ${name}: what two spellings of one key mean`);
    }
    return elements;
  });
}

function readStatement(written: unknown, place: number): Statement {
  const where = `statement ${place}`;
  const statement = recordOf(written, where);
  refuseUnknown(statement, STATEMENT_ELEMENTS, where);
  const { Effect: effect, Action: actions, NotAction: notActions } = statement;
  if (effect !== "Allow" && effect !== "Deny") {
    throw unknown(`${where}: Effect ${JSON.stringify(effect)}`);
  }
  if ((actions === undefined) === (notActions === undefined)) {
    throw unknown(`${where}: a statement with both or neither of Action and NotAction`);
  }
  const principals = readPrincipals(statement.Principal, where);
  if (effect === "Deny" && principals.arns.some((arn) => arn.includes(":assumed-role/"))) {
    // Whether it reaches a base role depends on the name that EKS gives to the session.
    throw unknown(`${where}: whom a Deny for one session of a role reaches`);
  }
  const { Condition: conditions = {} } = statement;
  return {
    place,
    effect,
    principals,
    actions: {
      patterns: textsOf(actions ?? notActions, false, `${where}, Action`),
      negated: actions === undefined,
    },
    conditions: readConditions(conditions, `${where}, Condition`),
  };
}
