import { parseOperator, type Operator } from "./operators";

/*
 * Reads a trust policy into what the encoder takes. Whatever could mean something that the encoder does not know is an error:
 * a proof about half of a document is none.
 */

/** One statement of a trust policy. */
export interface Statement {
  /** Place in the document, from 1. */
  place: number;
  effect: "Allow" | "Deny";
  principals: Principals;
  actions: { patterns: string[]; negated: boolean };
  conditions: Condition[];
}

/** Whom a statement is about, as far as web identities are concerned. */
export interface Principals {
  everybody: boolean;
  /** ARNs of OIDC providers. */
  federated: string[];
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
/** Who calls with a session or keys of his own, or is a service of AWS's: never a web identity. */
const OTHER_PRINCIPALS = ["AWS", "Service", "CanonicalUser"];

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

/** An error for what the encoder has no meaning for. */
export function unknown(what: string): Error {
  return new Error(`nothing is proved: ${what} is not known`);
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
  const { Condition: conditions = {} } = statement;
  return {
    place,
    effect,
    principals: readPrincipals(statement.Principal, where),
    actions: {
      patterns: textsOf(actions ?? notActions, false, `${where}, Action`),
      negated: actions === undefined,
    },
    conditions: readConditions(conditions, `${where}, Condition`),
  };
}

function readPrincipals(written: unknown, where: string): Principals {
  if (written === "*") {
    return { everybody: true, federated: [] };
  }
  const principals: Principals = { everybody: false, federated: [] };
  const kinds = entriesOf(written, `${where}, Principal`);
  if (kinds.length === 0) {
    throw unknown(`${where}: whom an empty Principal means`);
  }
  for (const [kind, value] of kinds) {
    for (const name of textsOf(value, false, `${where}, Principal, ${kind}`)) {
      if (kind === "AWS" && name === "*") {
        principals.everybody = true;
      } else if (kind === "Federated" && parseProvider(name) !== undefined) {
        principals.federated.push(name);
      } else if (!OTHER_PRINCIPALS.includes(kind) || /[*?]/.test(name)) {
        throw unknown(`${where}: principal ${kind} "${name}"`);
      }
    }
  }
  return principals;
}

/** The issuer without `https://` that the ARN of an OIDC provider ends with; undefined for any other text. */
export function parseProvider(arn: string): string | undefined {
  return /^arn:[a-z-]+:iam::\d{12}:oidc-provider\/([^*?\s]+)$/.exec(arn)?.[1];
}

function parse(text: string): Record<string, unknown> {
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch (error) {
    throw unknown(`a document that is no JSON (${error instanceof Error ? error.message : String(error)})`);
  }
  // JSON.parse keeps the last of two equal keys. In a text that it takes, a string before a colon is a key, and nothing else is.
  const strings = text.match(/"(?:[^"\\]|\\.)*"\s*:?/g) ?? [];
  if (strings.filter((one) => one.endsWith(":")).length !== countKeys(policy)) {
    throw unknown("which of two equal keys of one object counts");
  }
  return recordOf(policy, "the document");
}

function countKeys(value: unknown): number {
  if (typeof value !== "object" || value === null) {
    return 0;
  }
  const inside = Object.values(value).reduce<number>((sum, one) => sum + countKeys(one), 0);
  return inside + (Array.isArray(value) ? 0 : Object.keys(value).length);
}

function refuseUnknown(record: Record<string, unknown>, known: string[], where: string): void {
  const strange = Object.keys(record).find((element) => !known.includes(element));
  if (strange !== undefined) {
    throw unknown(`${where}: element ${strange}`);
  }
}

function recordOf(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw unknown(`${where}: ${JSON.stringify(value)}, where an object should be,`);
  }
  return value as Record<string, unknown>;
}

function entriesOf(value: unknown, where: string): [string, unknown][] {
  return Object.entries(recordOf(value, where));
}

function textsOf(value: unknown, orBooleans: boolean, where: string): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.map((one) => {
    if (typeof one === "string") {
      return one;
    }
    if (orBooleans && typeof one === "boolean") {
      return String(one);
    }
    throw unknown(`${where}: value ${JSON.stringify(one)}`);
  });
}
