import { type CompiledTrust, compileTrust, type Verdict } from "./compiled";
import type { KeyValues, RequestKeys } from "./conditions";
import { readDocument } from "./document";
import { parseOidcProviderArn } from "./issuer";
import { STS_AUDIENCE, WEB_IDENTITY_ACTION } from "./types";

/** A token that asks for the role, after STS has found its signature, its expiry and its provider to be good. */
export interface TrustRequest {
  /** ARN of the OIDC provider that stands for the token's issuer. */
  oidcProviderArn: string;
  /** The token's `sub`. */
  subject: string;
  /** The token's `aud`; default `sts.amazonaws.com`. What STS makes of several is not documented: their key is not known. */
  audience?: string | string[];
  /** What is asked of STS; default `sts:AssumeRoleWithWebIdentity`. */
  action?: string;
  /**
   * Other condition keys of the request, such as `aws:SourceVpc`. A statement that asks for one not given here is
   * indeterminate. Keys of other issuers are in no request, whatever is given.
   */
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
  return decisionsFor(request.oidcProviderArn, compiledFrom(policy))(request);
}

/** Prepares a document, given as JSON text or parsed; undefined when it cannot be read. */
export function compiledFrom(policy: string | object): CompiledTrust | undefined {
  const document = readDocument(policy);
  return document && compileTrust(document);
}

/**
 * Prepares what a document decides for the tokens of one provider: what each of them costs does not grow with the document.
 *
 * @param compiled undefined for a document that cannot be read.
 */
export function decisionsFor(
  arn: string,
  compiled: CompiledTrust | undefined,
): (token: Omit<TrustRequest, "oidcProviderArn">) => TrustDecision {
  const provider = parseOidcProviderArn(arn);
  if (!provider || !compiled) {
    const what = provider ? "the document" : "the request's provider ARN";
    return () => ({ decision: "indeterminate", reason: `${what} cannot be read` });
  }
  const statements = compiled.about(arn, provider.hostPath);
  const issuer = provider.hostPath.toLowerCase();
  return (token) => {
    const asked = { arn, action: token.action ?? WEB_IDENTITY_ACTION, keys: keysOf(token, issuer) };
    return weigh(statements.map(({ index, effect, match }) => ({ index, effect, ...match(asked) })));
  };
}

type PlacedVerdict = Verdict & { index: number; effect: "Allow" | "Deny" | undefined };

function weigh(verdicts: PlacedVerdict[]): TrustDecision {
  const find = (effect: "Allow" | "Deny" | undefined, matches: boolean | undefined) =>
    verdicts.find((verdict) => verdict.effect === effect && verdict.matches === matches);
  const decided = (decision: Decision, { index, why }: PlacedVerdict): TrustDecision => ({
    decision,
    reason: `statement ${index}: ${why}`,
    statement: index,
  });

  const denied = find("Deny", true);
  if (denied) return decided("deny", denied);
  const unknown = find("Deny", undefined) ?? find(undefined, undefined);
  if (unknown) return decided("indeterminate", unknown);
  const allowed = find("Allow", true);
  if (allowed) return decided("allow", allowed);
  const undecided = find("Allow", undefined);
  if (undecided) return decided("indeterminate", undecided);
  const nearest = verdicts[0];
  return {
    decision: "deny",
    reason: nearest
      ? `statement ${nearest.index}: ${nearest.why}`
      : "no statement names the token's OIDC provider",
  };
}

/** The subject and the audience are the token's; keys of other kinds (`aws:…`, `sts:…`) are as the caller says. */
function keysOf(token: Omit<TrustRequest, "oidcProviderArn">, issuer: string): RequestKeys {
  const known = new Map<string, KeyValues>();
  for (const [key, values] of Object.entries(token.context ?? {})) {
    const name = key.toLowerCase();
    // Which of two spellings would count is not known.
    known.set(name, known.has(name) ? "unknown" : [values].flat());
  }
  const audiences = [token.audience ?? STS_AUDIENCE].flat();
  known.set(`${issuer}:sub`, [token.subject]);
  known.set(`${issuer}:aud`, audiences.length === 1 ? audiences : "unknown");
  return { issuer, lookup: (key) => known.get(key) ?? "unknown" };
}
