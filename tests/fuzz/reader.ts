/**
 * A second reader of trust policies, by which the fuzz run judges the first: it shares no code with trust/, tries one request after
 * the other, and knows only the little that our documents are made of.
 */

/** A token that asks for the role. */
export interface Asking {
  providerArn: string;
  subject: string;
  audience: string;
}

/** `unknown`: the document has something that this reader leaves to others. */
export type Answer = "allow" | "deny" | "unknown";

/** How conditions on keys that no issuer has (`aws:SourceVpc`) are taken. */
export type Others = "hold" | "unknown";

type Json = { [key: string]: unknown };

/**
 * Says whether a document, parsed from JSON, admits a token.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function admits(document: unknown, asking: Asking, others: Others): Answer {
  if (
    !isObject(document) ||
    document.Version !== "2012-10-17" ||
    !onlyHas(document, ["Version", "Statement"])
  ) {
    return "unknown";
  }
  const statements: unknown[] = Array.isArray(document.Statement) ? document.Statement : [document.Statement];
  const answers = statements.map((statement) => statementAnswer(statement, asking, others));
  if (answers.includes("unknown")) return "unknown";
  return answers.includes("allow") ? "allow" : "deny";
}

function statementAnswer(statement: unknown, asking: Asking, others: Others): Answer {
  if (!isObject(statement) || !onlyHas(statement, ["Sid", "Effect", "Principal", "Action", "Condition"])) {
    return "unknown";
  }
  const { Sid = "", Effect, Principal, Action, Condition = {} } = statement;
  const actions = texts(Action);
  if (
    typeof Sid !== "string" ||
    Effect !== "Allow" ||
    !isObject(Principal) ||
    !actions ||
    !isObject(Condition)
  ) {
    return "unknown";
  }
  const principals = Object.entries(Principal).map(([kind, names]) => ({ kind, names: texts(names) }));
  if (
    principals.some(
      ({ kind, names }) => !["AWS", "Federated", "Service"].includes(kind) || !names || names.includes("*"),
    )
  ) {
    return "unknown";
  }
  if (actions.some((action) => /[*?]/.test(action))) return "unknown";
  const named = principals.some(
    ({ kind, names }) => kind === "Federated" && names?.includes(asking.providerArn),
  );
  const meant = actions.some((action) => action.toLowerCase() === "sts:assumerolewithwebidentity");
  const verdicts = conditionVerdicts(Condition, asking, others);
  if (verdicts.includes("unknown")) return "unknown";
  return named && meant && !verdicts.includes("deny") ? "allow" : "deny";
}

function conditionVerdicts(condition: Json, asking: Asking, others: Others): Answer[] {
  return Object.entries(condition).flatMap(([operator, keys]): Answer[] =>
    isObject(keys)
      ? Object.entries(keys).map(([key, values]) => keyVerdict(operator, key, values, asking, others))
      : ["unknown"],
  );
}

function keyVerdict(operator: string, key: string, values: unknown, asking: Asking, others: Others): Answer {
  const colon = key.lastIndexOf(":");
  const [issuer, claim] = [key.slice(0, colon).toLowerCase(), key.slice(colon + 1).toLowerCase()];
  if (/^(aws|sts)$/.test(issuer)) {
    return others === "hold" ? "allow" : "unknown";
  }
  const wanted = texts(values);
  const match = { stringequals: same, stringlike: like }[operator.toLowerCase().replace(/ifexists$/, "")];
  if (!wanted || !match || !issuer.includes(".") || !/^(sub|aud)$/.test(claim) || wanted.some(hasVariable)) {
    return "unknown";
  }
  const own = asking.providerArn.slice(
    asking.providerArn.indexOf(":oidc-provider/") + ":oidc-provider/".length,
  );
  if (issuer !== own.toLowerCase()) {
    return operator.toLowerCase().endsWith("ifexists") ? "allow" : "deny";
  }
  const found = claim === "sub" ? asking.subject : asking.audience;
  return wanted.some((value) => match(value, found)) ? "allow" : "deny";
}

function hasVariable(text: string): boolean {
  return text.includes("${");
}

function same(wanted: string, found: string): boolean {
  return wanted === found;
}

/** Whether a text fits a pattern in which `*` is any characters and `?` is one: letter by letter, which of its beginnings do. */
export function like(pattern: string, text: string): boolean {
  const letters = Array.from(text);
  let fits = new Uint8Array(letters.length + 1);
  fits[0] = 1;
  for (const part of pattern) {
    const reached = new Uint8Array(letters.length + 1);
    reached[0] = part === "*" ? (fits[0] ?? 0) : 0;
    for (let at = 0; at < letters.length; at++) {
      const without = part === "*" ? reached[at] || fits[at + 1] : fits[at];
      reached[at + 1] = without && (part === "*" || part === "?" || part === letters[at]) ? 1 : 0;
    }
    fits = reached;
  }
  return fits.at(-1) === 1;
}

function texts(value: unknown): string[] | undefined {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.every((one) => typeof one === "string") ? list : undefined;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function onlyHas(object: Json, names: string[]): boolean {
  return Object.keys(object).every((name) => names.includes(name));
}
