import { conditionHolds, type KeyLookup } from "./conditions";
import { parseOidcProviderArn, type OidcProviderArn } from "./issuer";
import { STS_AUDIENCE, WEB_IDENTITY_ACTION } from "./types";
import { isRecord, matchesPattern, stringsOf } from "./values";

/** A token that asks for the role, after STS has found its signature, its expiry and its provider to be good. */
export interface TrustRequest {
  /** ARN of the OIDC provider that stands for the token's issuer. */
  oidcProviderArn: string;
  /** The token's `sub`. */
  subject: string;
  /** The token's `aud`; default `sts.amazonaws.com`. */
  audience?: string;
  /** What is asked of STS; default `sts:AssumeRoleWithWebIdentity`. */
  action?: string;
  /** Other condition keys of the request, such as `aws:SourceVpc`. A statement that asks for one not given here is indeterminate. */
  context?: Record<string, string | string[]>;
}

/** `indeterminate`: the document holds something whose effect is not known here. It is never to be read as allow. */
export type Decision = "allow" | "deny" | "indeterminate";

export interface TrustDecision {
  decision: Decision;
  /** Why, in a sentence. */
  reason: string;
  /** Position of the statement that decided, from 0; undefined when none matched. */
  statement?: number;
}

type Verdict = { matches: boolean | undefined; why: string };

/**
 * Decides as IAM does whether a role's trust policy admits a web identity token: any matching Deny wins, then any
 * matching Allow, else it is denied. What it does not know is `indeterminate`, never allow.
 *
 * @param policy the document, as JSON text or parsed.
 * @example
 * evaluateTrust(role.assumeRolePolicy, { oidcProviderArn: arn, subject: "system:serviceaccount:default:s3-reader" });
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluateTrust(policy: string | object, request: TrustRequest): TrustDecision {
  const provider = parseOidcProviderArn(request.oidcProviderArn);
  const statements = statementsOf(policy);
  if (!provider || !statements) {
    const what = provider ? "the document" : "the request's provider ARN";
    return { decision: "indeterminate", reason: `${what} cannot be read` };
  }
  const verdicts = statements.map((statement, index) => ({
    index,
    effect: isRecord(statement) ? statement.Effect : undefined,
    ...matchStatement(statement, request, provider),
  }));
  const find = (effect: string, matches: boolean | undefined) =>
    verdicts.find((verdict) => verdict.effect === effect && verdict.matches === matches);
  const decided = (decision: Decision, verdict: { why: string; index: number }): TrustDecision => ({
    decision,
    reason: `statement ${verdict.index}: ${verdict.why}`,
    statement: verdict.index,
  });

  const denied = find("Deny", true);
  if (denied) return decided("deny", denied);
  const unknown =
    find("Deny", undefined) ?? verdicts.find(({ effect }) => effect !== "Allow" && effect !== "Deny");
  if (unknown) return decided("indeterminate", unknown);
  const allowed = find("Allow", true);
  if (allowed) return decided("allow", allowed);
  const undecided = find("Allow", undefined);
  if (undecided) return decided("indeterminate", undecided);
  return { decision: "deny", reason: noMatch(verdicts) };
}

function noMatch(verdicts: { why: string; index: number }[]): string {
  const nearest = verdicts.find(({ why }) => !why.startsWith("principal"));
  return nearest
    ? `statement ${nearest.index}: ${nearest.why}`
    : "no statement names the token's OIDC provider";
}

function matchStatement(statement: unknown, request: TrustRequest, provider: OidcProviderArn): Verdict {
  if (!isRecord(statement)) {
    return { matches: undefined, why: "is not an object" };
  }
  const known = new Set(["Sid", "Effect", "Principal", "Action", "Condition"]);
  const strange = Object.keys(statement).find((key) => !known.has(key));
  if (strange !== undefined) {
    return { matches: undefined, why: `has the element ${strange}, whose effect is not known here` };
  }
  const principal = matchPrincipal(statement.Principal, request.oidcProviderArn);
  if (principal !== true) {
    return {
      matches: principal,
      why: principal === false ? "principal is another" : "principal cannot be read",
    };
  }
  const action = matchAction(statement.Action, request.action ?? WEB_IDENTITY_ACTION);
  if (action !== true) {
    return { matches: action, why: action === false ? "action is another" : "action cannot be read" };
  }
  const { holds, why } = conditionHolds(statement.Condition, lookupIn(request, provider));
  return { matches: holds, why };
}

/**
 * Of all issuers' keys only those of the token's own exist in a request. Keys of other kinds (`aws:…`, `sts:…`) are as
 * the caller says; where it says nothing, whether they are there is not known.
 */
function lookupIn(request: TrustRequest, provider: OidcProviderArn): KeyLookup {
  const given = new Map(
    Object.entries(request.context ?? {}).map(([key, values]) => [key.toLowerCase(), values]),
  );
  const issuer = provider.hostPath.toLowerCase();
  return (key) => {
    const name = key.toLowerCase();
    const values = given.get(name);
    if (values !== undefined) return typeof values === "string" ? [values] : values;
    if (name === `${issuer}:sub`) return [request.subject];
    if (name === `${issuer}:aud`) return [request.audience ?? STS_AUDIENCE];
    const prefix = name.slice(0, name.lastIndexOf(":"));
    return prefix.includes(".") && prefix !== issuer ? "absent" : "unknown";
  };
}

function matchPrincipal(principal: unknown, arn: string): boolean | undefined {
  if (principal === "*") {
    return true;
  }
  if (!isRecord(principal)) {
    return undefined;
  }
  const kinds = new Set(["AWS", "Service", "Federated", "CanonicalUser"]);
  if (Object.keys(principal).some((kind) => !kinds.has(kind))) {
    return undefined;
  }
  if (principal.AWS !== undefined && stringsOf(principal.AWS)?.includes("*") !== false) {
    // `"AWS": "*"` is everyone; a list that cannot be read may have it.
    return stringsOf(principal.AWS) ? true : undefined;
  }
  const federated = principal.Federated === undefined ? [] : stringsOf(principal.Federated);
  return federated?.some((entry) => entry === arn || entry === "*");
}

function matchAction(action: unknown, asked: string): boolean | undefined {
  return stringsOf(action)?.some((pattern) => matchesPattern(pattern.toLowerCase(), asked.toLowerCase()));
}

function statementsOf(policy: string | object): unknown[] | undefined {
  try {
    const document: unknown = typeof policy === "string" ? JSON.parse(policy) : policy;
    if (!isRecord(document) || document.Statement === undefined) {
      return undefined;
    }
    return Array.isArray(document.Statement) ? (document.Statement as unknown[]) : [document.Statement];
  } catch {
    return undefined;
  }
}
