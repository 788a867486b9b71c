import { hasDuplicateKey } from "./jsonKeys";
import { factsOf, type CallerFacts, type TrustCaller } from "./trustCallers";
import { conditionHolds } from "./trustConditions";
import { allOf, anyOf, matchesPattern, not, truth, type Truth } from "./truth";

export type { TrustCaller, WebIdentity } from "./trustCallers";

/*
 * May a caller assume a role? Written from AWS's documentation alone (IAM User Guide: "IAM JSON policy elements: Principal",
 * "Policy evaluation logic"), and on purpose without a look at the package's own builder and evaluator: the two must not be
 * able to make the same mistake.
 */

/** Whether the role may be assumed, and which statement said so (for a log; AWS tells the caller nothing). */
export interface Verdict {
  allowed: boolean;
  reason: string;
}

const statementElements = new Set([
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Condition",
]);

/**
 * Evaluates a trust policy: one Allow that surely applies, and no Deny that could. A caller that needs two actions
 * (sts:AssumeRole and sts:TagSession) needs that for each of them.
 */
export function judgeTrust(document: string, caller: TrustCaller): Verdict {
  const statements = readStatements(document);
  if (statements === undefined) return { allowed: false, reason: "the trust policy cannot be read" };
  const facts = factsOf(caller);
  const verdicts = facts.actions.map((action) => judgeAction(statements, action, facts));
  return verdicts.find(({ allowed }) => !allowed) ?? verdicts[0] ?? { allowed: false, reason: "no action" };
}

function judgeAction(statements: Statement[], action: string, facts: CallerFacts): Verdict {
  const matches = statements.map((statement) => ({
    effect: statement["Effect"],
    applies: allOf([
      actionMatches(statement, action),
      principalMatches(statement, facts),
      conditionHolds(statement["Condition"], facts.keys),
    ]),
  }));
  const ofAction = facts.actions.length > 1 ? ` ${action}` : "";
  const denying = matches.findIndex(({ effect, applies }) => effect === "Deny" && applies !== "no");
  if (denying >= 0) return { allowed: false, reason: `statement ${denying} denies${ofAction}` };
  const allowing = matches.findIndex(({ effect, applies }) => effect === "Allow" && applies === "yes");
  return allowing >= 0
    ? { allowed: true, reason: `statement ${allowing} allows${ofAction}` }
    : { allowed: false, reason: `no statement allows${ofAction}` };
}

type Statement = Record<string, unknown>;

/** The statements, or nothing if any part of the document is not as IAM would have stored it. */
function readStatements(document: string): Statement[] | undefined {
  let policy: unknown;
  try {
    policy = JSON.parse(document);
  } catch {
    return undefined;
  }
  if (!isObject(policy) || hasDuplicateKey(document)) return undefined;
  const { Statement: written } = policy;
  const statements: unknown[] = Array.isArray(written) ? written : [written];
  const sound = (statement: unknown): statement is Statement =>
    isObject(statement) &&
    (statement["Effect"] === "Allow" || statement["Effect"] === "Deny") &&
    Object.keys(statement).every((element) => statementElements.has(element));
  return statements.every(sound) ? statements : undefined;
}

function actionMatches(statement: Statement, action: string): Truth {
  const { Action: actions, NotAction: notActions } = statement;
  if ((actions === undefined) === (notActions === undefined)) return "unknown";
  const patterns = texts(actions ?? notActions);
  if (patterns === undefined) return "unknown";
  const wanted = action.toLowerCase();
  const matched = truth(patterns.some((pattern) => matchesPattern(pattern.toLowerCase(), wanted)));
  return actions === undefined ? not(matched) : matched;
}

function principalMatches(statement: Statement, facts: CallerFacts): Truth {
  const { Principal: principal } = statement;
  // A bare "*" is no principal of a trust policy that IAM would take, and NotPrincipal is none either.
  if (!isObject(principal) || statement["NotPrincipal"] !== undefined) return "unknown";
  return anyOf(
    Object.entries(principal).map(([kind, written]) => {
      const names = texts(written);
      return names === undefined ? "unknown" : facts.isOneOf(kind, names);
    }),
  );
}

function texts(value: unknown): string[] | undefined {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.every((item): item is string => typeof item === "string") ? list : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
