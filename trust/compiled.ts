import { type PreparedCondition, prepareCondition, type RequestKeys } from "./conditions";
import type { PolicyDocument } from "./document";
import { groupedBy, isRecord, matchesPattern, stringsOf } from "./values";

/** What a statement is asked. */
export interface Asked {
  /** ARN of the token's OIDC provider. */
  arn: string;
  action: string;
  keys: RequestKeys;
}

/** `matches` is undefined when the statement has something whose meaning is not known here. */
export interface Verdict {
  matches: boolean | undefined;
  why: string;
}

/** A statement, ready to be asked of many requests. */
export interface CompiledStatement {
  /** Its position in the document, from 0. */
  index: number;
  /** Undefined when it is neither: then what the statement does is not known. */
  effect: "Allow" | "Deny" | undefined;
  /** The names under Federated; undefined when the statement may be about everyone. */
  federated: ReadonlySet<string> | undefined;
  /** Whether it is about an action. */
  covers: (action: string) => boolean | undefined;
  match: (asked: Asked) => Verdict;
}

/** A trust policy, ready to be asked of many requests: each finds its statements without a walk through the others. */
export interface CompiledTrust {
  statements: CompiledStatement[];
  /** The statements that are, or may be, about a provider's tokens, in their order. `hostPath` is its issuer's. */
  about: (arn: string, hostPath: string) => CompiledStatement[];
}

const ELEMENTS = new Set(["Sid", "Effect", "Principal", "Action", "Condition"]);
const KINDS = new Set(["AWS", "Service", "Federated", "CanonicalUser"]);

/** Prepares a document, in time that grows with its size. */
export function compileTrust({ variables, statements }: PolicyDocument): CompiledTrust {
  const compiled = statements.map((statement, index) => compileStatement(statement, index, variables));
  const everywhere = compiled.filter(({ federated }) => federated === undefined);
  const named = compiled.flatMap((statement) =>
    [...(statement.federated ?? [])].map((name) => ({ name, statement })),
  );
  const byName = groupedBy(named, ({ name }) => name);
  return {
    statements: compiled,
    about: (arn, hostPath) => {
      const naming = [...(byName.get(arn) ?? []), ...(byName.get(hostPath) ?? [])];
      const found = new Set([...everywhere, ...naming.map(({ statement }) => statement)]);
      return [...found].sort((a, b) => a.index - b.index);
    },
  };
}

function compileStatement(statement: unknown, index: number, variables: boolean): CompiledStatement {
  const elements = isRecord(statement) ? statement : {};
  const effect = effectOf(elements.Effect);
  const problem = isRecord(statement) ? elementsProblem(statement) : "is not an object";
  if (problem !== undefined) {
    const verdict = { matches: undefined, why: problem };
    return { index, effect, federated: undefined, covers: () => undefined, match: () => verdict };
  }
  const principal = principalOf(elements.Principal);
  const covers = actionsOf(elements.Action);
  const condition = prepareCondition(elements.Condition, variables);
  return {
    index,
    effect,
    federated: typeof principal === "string" ? undefined : principal,
    covers,
    match: (asked) => matchParts(principal, covers, condition, asked),
  };
}

function elementsProblem(statement: Record<string, unknown>): string | undefined {
  const strange = Object.keys(statement).find((element) => !ELEMENTS.has(element));
  if (strange !== undefined) {
    return `has the element ${strange}, whose effect is not known here`;
  }
  if (effectOf(statement.Effect) === undefined) {
    return "effect is neither Allow nor Deny";
  }
  return statement.Sid === undefined || typeof statement.Sid === "string" ? undefined : "Sid cannot be read";
}

function effectOf(effect: unknown): "Allow" | "Deny" | undefined {
  return effect === "Allow" || effect === "Deny" ? effect : undefined;
}

type Principal = "everyone" | "unreadable" | ReadonlySet<string>;

function principalOf(principal: unknown): Principal {
  if (principal === "*") {
    return "everyone";
  }
  if (!isRecord(principal)) {
    return "unreadable";
  }
  const kinds = Object.entries(principal).map(([kind, names]) => ({ kind, names: stringsOf(names) }));
  if (kinds.some(({ kind, names }) => !KINDS.has(kind) || !names)) {
    return "unreadable";
  }
  const namesOf = (wanted: string) => kinds.find(({ kind }) => kind === wanted)?.names ?? [];
  const federated = new Set(namesOf("Federated"));
  // `"AWS": "*"` is everyone.
  return namesOf("AWS").includes("*") || federated.has("*") ? "everyone" : federated;
}

function actionsOf(action: unknown): (asked: string) => boolean | undefined {
  const patterns = stringsOf(action)?.map((pattern) => pattern.toLowerCase());
  return (asked) => patterns?.some((pattern) => matchesPattern(pattern, asked.toLowerCase()));
}

function matchParts(
  principal: Principal,
  covers: (action: string) => boolean | undefined,
  condition: PreparedCondition,
  { arn, action, keys }: Asked,
): Verdict {
  // What a provider's bare name means, where IAM wants an ARN, is not documented.
  if (principal === "unreadable" || (principal !== "everyone" && !principal.has(arn))) {
    return { matches: undefined, why: "principal cannot be read" };
  }
  const covered = covers(action);
  if (covered !== true) {
    return { matches: covered, why: covered === false ? "action is another" : "action cannot be read" };
  }
  const { holds, why } = condition(keys);
  return { matches: holds, why };
}
