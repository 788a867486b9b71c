import { type PreparedCondition, prepareCondition, requiredValues, type RequestKeys } from "./conditions";
import type { PolicyDocument } from "./document";
import { narrowable, type NarrowedStatements } from "./narrowed";
import { type Caller, includesCaller, type PrincipalKind, type Principals, principalsOf } from "./principals";
import { groupedBy, isRecord, matchesPattern, stringsOf } from "./values";

/** What a statement is asked. */
export interface Asked {
  caller: Caller;
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
  /** Whom it names. */
  principals: Principals;
  /** Whether it is about an action. */
  covers: (action: string) => boolean | undefined;
  match: (asked: Asked) => Verdict;
  /** The values that its condition wants of keys, as `requiredValues` gives them. */
  required: () => ReadonlyMap<string, ReadonlySet<string>>;
}

/** A trust policy, ready to be asked of many requests: each finds its statements without a walk through the others. */
export interface CompiledTrust {
  statements: CompiledStatement[];
  /** The statements that are, or may be, about a caller, in their order. */
  about: (caller: Caller) => CompiledStatement[];
  /** The same, to be narrowed by what a request's keys are; kept by a name of the caller. */
  narrowedFor: (caller: Caller, name: string) => NarrowedStatements;
}

const ELEMENTS = new Set(["Sid", "Effect", "Principal", "Action", "Condition"]);
/** Prepares a document, in time that grows with its size. */
export function compileTrust({ variables, statements }: PolicyDocument): CompiledTrust {
  const compiled = statements.map((statement, index) => compileStatement(statement, index, variables));
  const everywhere = compiled.filter(({ principals }) => typeof principals === "string");
  const byName = statementsByName(compiled);
  const about = ({ kind, names, isNamedBy }: Caller) => {
    const named = byName.get(kind) ?? new Map<string, CompiledStatement[]>();
    const asked = (names ?? [...named.keys()]).filter((name) => isNamedBy(name) !== false);
    const found = new Set([...everywhere, ...asked.flatMap((name) => named.get(name) ?? [])]);
    return [...found].sort((a, b) => a.index - b.index);
  };
  const kept = new Map<string, NarrowedStatements>();
  return {
    statements: compiled,
    about,
    narrowedFor: (caller, name) => {
      const found = kept.get(name) ?? narrowable(about(caller), (one) => conditionDecides(one, caller));
      kept.set(name, found);
      return found;
    },
  };
}

/** What of a statement cannot be read is told before its condition. */
function conditionDecides({ principals, covers }: CompiledStatement, caller: Caller): boolean {
  return includesCaller(principals, caller) !== undefined && covers("") !== undefined;
}

function statementsByName(
  statements: CompiledStatement[],
): ReadonlyMap<PrincipalKind, ReadonlyMap<string, CompiledStatement[]>> {
  const named = statements.flatMap((statement) =>
    typeof statement.principals === "string"
      ? []
      : [...statement.principals].flatMap(([kind, names]) =>
          [...names].map((name) => ({ kind, name, statement })),
        ),
  );
  const byKind = groupedBy(named, ({ kind }) => kind);
  return new Map(
    [...byKind].map(([kind, members]) => {
      const byName = groupedBy(members, ({ name }) => name);
      return [
        kind,
        new Map([...byName].map(([name, same]) => [name, same.map(({ statement }) => statement)])),
      ];
    }),
  );
}

function compileStatement(statement: unknown, index: number, variables: boolean): CompiledStatement {
  const elements = isRecord(statement) ? statement : {};
  const effect = effectOf(elements.Effect);
  const problem = isRecord(statement) ? elementsProblem(statement) : "is not an object";
  if (problem !== undefined) {
    const verdict = { matches: undefined, why: problem };
    const required = () => new Map<string, ReadonlySet<string>>();
    return {
      index,
      effect,
      principals: "unreadable",
      covers: () => undefined,
      match: () => verdict,
      required,
    };
  }
  const principals = principalsOf(elements.Principal);
  const covers = actionsOf(elements.Action);
  const condition = prepareCondition(elements.Condition, variables);
  return {
    index,
    effect,
    principals,
    covers,
    match: (asked) => matchParts(principals, covers, condition, asked),
    required: () => requiredValues(elements.Condition, variables),
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

function actionsOf(action: unknown): (asked: string) => boolean | undefined {
  const patterns = stringsOf(action)?.map((pattern) => pattern.toLowerCase());
  return (asked) => patterns?.some((pattern) => matchesPattern(pattern, asked.toLowerCase()));
}

function matchParts(
  principals: Principals,
  covers: (action: string) => boolean | undefined,
  condition: PreparedCondition,
  { caller, action, keys }: Asked,
): Verdict {
  const included = includesCaller(principals, caller);
  if (included !== true) {
    const unreadable = principals === "unreadable";
    const why = unreadable ? "principal cannot be read" : "whether its principal is the caller is not known";
    return { matches: included, why };
  }
  const covered = covers(action);
  if (covered !== true) {
    return { matches: covered, why: covered === false ? "action is another" : "action cannot be read" };
  }
  const { holds, why } = condition(keys);
  return { matches: holds, why };
}
