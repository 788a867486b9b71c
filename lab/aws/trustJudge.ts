import { hasDuplicateKey } from "./jsonKeys";
import { conditionHolds, type ConditionKeys, type KeyValues } from "./trustConditions";
import { allOf, anyOf, matchesPattern, not, truth, type Truth } from "./truth";

/*
 * May a web identity assume a role? Written from AWS's documentation alone (IAM User Guide: "IAM JSON policy elements:
 * Principal", "Policy evaluation logic", "Available keys for AWS OIDC federation"), and on purpose without a look at the
 * package's own builder and evaluator: the two must not be able to make the same mistake.
 */

/** What STS knows of a caller once the token is verified. */
export interface WebIdentity {
  /** ARN of the OIDC provider that the token's issuer has in the role's account. */
  providerArn: string;
  /** The token's `iss`. */
  issuerUrl: string;
  subject: string;
  /** What counts as the token's audience: `azp` if there is one, otherwise `aud`. */
  audience: string;
  /** `aud`, where `azp` took its place. */
  originalAudience?: string;
  /** `amr`, if the token has it. */
  authenticationMethods?: string[];
  email?: string;
  roleSessionName: string;
}

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

/** Evaluates a trust policy: one Allow that surely applies, and no Deny that could. */
export function judgeTrust(document: string, caller: WebIdentity): Verdict {
  const statements = readStatements(document);
  if (statements === undefined) return { allowed: false, reason: "the trust policy cannot be read" };

  const keys = conditionKeys(caller);
  const matches = statements.map((statement) => ({
    effect: statement["Effect"],
    applies: allOf([
      actionMatches(statement),
      principalMatches(statement, caller.providerArn),
      conditionHolds(statement["Condition"], keys),
    ]),
  }));
  const denying = matches.findIndex(({ effect, applies }) => effect === "Deny" && applies !== "no");
  if (denying >= 0) return { allowed: false, reason: `statement ${denying} denies` };
  const allowing = matches.findIndex(({ effect, applies }) => effect === "Allow" && applies === "yes");
  return allowing >= 0
    ? { allowed: true, reason: `statement ${allowing} allows` }
    : { allowed: false, reason: "no statement allows" };
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

function actionMatches(statement: Statement): Truth {
  const { Action: actions, NotAction: notActions } = statement;
  if ((actions === undefined) === (notActions === undefined)) return "unknown";
  const patterns = texts(actions ?? notActions);
  if (patterns === undefined) return "unknown";
  const wanted = "sts:assumerolewithwebidentity";
  const matched = truth(patterns.some((pattern) => matchesPattern(pattern.toLowerCase(), wanted)));
  return actions === undefined ? not(matched) : matched;
}

function principalMatches(statement: Statement, providerArn: string): Truth {
  const { Principal: principal } = statement;
  // A bare "*" is no principal of a trust policy that IAM would take, and NotPrincipal is none either.
  if (!isObject(principal) || statement["NotPrincipal"] !== undefined) return "unknown";
  return anyOf(
    Object.entries(principal).map(([kind, written]) => {
      const names = texts(written);
      if (names === undefined) return "unknown";
      if (kind !== "Federated") return names.some(hasWildcard) ? "unknown" : "no";
      if (names.includes(providerArn)) return "yes";
      return names.some(hasWildcard) ? "unknown" : "no";
    }),
  );
}

/**
 * The condition keys of the request. Names are compared without regard to case. An OIDC key (`<issuer>:<claim>`) exists for
 * the token's own issuer only, and only for the claims that AWS maps.
 */
function conditionKeys(caller: WebIdentity): ConditionKeys {
  const issuer = caller.issuerUrl.replace(/^https:\/\//, "");
  const present = new Map<string, readonly string[] | undefined>([
    [`${issuer}:sub`, [caller.subject]],
    [`${issuer}:aud`, [caller.audience]],
    [`${issuer}:oaud`, caller.originalAudience === undefined ? undefined : [caller.originalAudience]],
    [`${issuer}:amr`, caller.authenticationMethods?.length ? caller.authenticationMethods : undefined],
    [`${issuer}:email`, caller.email === undefined ? undefined : [caller.email]],
    ["sts:RoleSessionName", [caller.roleSessionName]],
  ]);
  const values = new Map([...present].map(([name, value]) => [name.toLowerCase(), value]));
  return (name): KeyValues => {
    const known = values.get(name.toLowerCase());
    if (known !== undefined) return known;
    // aws:RequestedRegion, aws:SourceIp and their like have a value on AWS that nobody can know here. Of aws:FederatedProvider
    // the documentation says the ARN, and an observation the issuer's host and path. What is no service's key is an OIDC key of
    // some other issuer, or a misspelt one ("https://…:sub"): no request has it.
    return /^[\w-]+(:(?!\/\/)|$)/.test(name) ? "unknown" : "absent";
  };
}

function texts(value: unknown): string[] | undefined {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.every((item): item is string => typeof item === "string") ? list : undefined;
}

function hasWildcard(text: string): boolean {
  return /[*?]/.test(text);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
