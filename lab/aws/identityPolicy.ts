import { hasDuplicateKey } from "./jsonKeys";
import { conditionHolds, type ConditionKeys } from "./trustConditions";
import { allOf, matchesPattern, not, truth, type Truth } from "./truth";

/*
 * What a role's own policies let it do, from the IAM User Guide: "IAM JSON policy elements: Action, Resource", "Policy
 * evaluation logic". Permissions boundaries, session policies and the organization's policies are not looked at.
 */

/** What a role wants to do, and the condition keys that it does it with. */
export interface WantedAction {
  action: string;
  resource: string;
  keys: ConditionKeys;
}

/** Whether the policies together let it: one Allow that surely applies, and no Deny that could. */
export function isPermitted(documents: string[], wanted: WantedAction): boolean {
  const statements = documents.flatMap(statementsOf);
  const applying = (effect: string) =>
    statements
      .filter((statement) => statement === "unreadable" || statement["Effect"] === effect)
      .map((statement) => (statement === "unreadable" ? "unknown" : applies(statement, wanted)));
  return applying("Deny").every((one) => one === "no") && applying("Allow").includes("yes");
}

type Statement = Record<string, unknown>;

/** An unreadable document may deny anything. */
function statementsOf(document: string): (Statement | "unreadable")[] {
  let policy: unknown;
  try {
    policy = JSON.parse(document);
  } catch {
    return ["unreadable"];
  }
  if (!isObject(policy) || hasDuplicateKey(document)) return ["unreadable"];
  const { Statement: written } = policy;
  const statements: unknown[] = Array.isArray(written) ? written : [written];
  return statements.every(isObject) ? statements : ["unreadable"];
}

function applies(statement: Statement, { action, resource, keys }: WantedAction): Truth {
  return allOf([
    elementMatches(statement, "Action", action, true),
    elementMatches(statement, "Resource", resource, false),
    conditionHolds(statement["Condition"], keys),
  ]);
}

/** Names of actions are compared without regard to case, ARNs are not. */
function elementMatches(statement: Statement, name: string, value: string, ignoreCase: boolean): Truth {
  const { [name]: positive, [`Not${name}`]: negative } = statement;
  if ((positive === undefined) === (negative === undefined)) return "unknown";
  const patterns = texts(positive ?? negative);
  // A policy variable stands for something that is not looked up here.
  if (patterns === undefined || patterns.some((pattern) => pattern.includes("${"))) return "unknown";
  const form = (text: string) => (ignoreCase ? text.toLowerCase() : text);
  const matched = truth(patterns.some((pattern) => matchesPattern(form(pattern), form(value))));
  return positive === undefined ? not(matched) : matched;
}

function texts(value: unknown): string[] | undefined {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.every((item): item is string => typeof item === "string") ? list : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
