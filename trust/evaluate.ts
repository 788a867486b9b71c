import { type CompiledStatement, type CompiledTrust, compileTrust, type Verdict } from "./compiled";
import { parseClusterArn } from "./clusterArn";
import { givenKeys, type RequestKeys } from "./conditions";
import { readDocument } from "./document";
import { parseOidcProviderArn } from "./issuer";
import type { NarrowedStatements } from "./narrowed";
import {
  ASSUME_ROLE,
  isClusterWide,
  KNOWN_OF_PODS,
  podCaller,
  podKeys,
  type PodIdentityRequest,
  PODS_SERVICE,
  TAG_SESSION,
} from "./podIdentityRequest";
import { type Caller, webIdentityCaller } from "./principals";
import { STS_AUDIENCE, WEB_IDENTITY_ACTION, type TrustedPodIdentity } from "./types";

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
   * indeterminate. Keys of other issuers are in no request, whatever is given. Default: none.
   */
  context?: Record<string, string | string[]>;
}

/** `indeterminate`: the document holds something whose effect is not known here. It is never to be read as allow. */
export type Decision = "allow" | "deny" | "indeterminate";

/** What a trust policy decides, and why. */
export interface TrustDecision {
  /** Whether the role may be assumed. */
  decision: Decision;
  /** Why, in a sentence. */
  reason: string;
  /** Position of the statement that decided, from 0; undefined when none matched. Where two actions are allowed, that of the first. */
  statement?: number;
}

/**
 * Decides as IAM does whether a role's trust policy admits a web identity token, or a pod by EKS Pod Identity: any matching Deny
 * wins, then any matching Allow, else it is denied. What it does not know is `indeterminate`, never allow.
 *
 * A pod's request with session tags must be allowed twice, for `sts:AssumeRole` and for `sts:TagSession`. Whether the base role's own
 * policies allow it to assume this one is another question, which is not asked here.
 *
 * @param policy the document, as JSON text or parsed.
 * @param request the token, or the pod, that asks for the role.
 * @example
 * const subject = "system:serviceaccount:default:s3-reader";
 * console.log(evaluateTrust(trustPolicyJson, { oidcProviderArn, subject }).decision);
 * const pod = { clusterArn, namespace: "default", serviceAccount: "s3-reader" };
 * console.log(evaluateTrust(trustPolicyJson, pod).decision);
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
 */
export function evaluateTrust(
  policy: string | object,
  request: TrustRequest | PodIdentityRequest,
): TrustDecision {
  const compiled = compiledFrom(policy);
  if (!("clusterArn" in request)) {
    return decisionsFor(request.oidcProviderArn, compiled)(request);
  }
  return "oidcProviderArn" in request
    ? { decision: "indeterminate", reason: "the request is of a token and of an association at once" }
    : podDecisionsFor(request, compiled)(request);
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
  const caller = webIdentityCaller(arn, provider.hostPath);
  const decide = decider(caller);
  const statements = compiled.about(caller);
  const issuer = provider.hostPath.toLowerCase();
  return (token) => decide(statements, token.action ?? WEB_IDENTITY_ACTION, keysOf(token, issuer));
}

/**
 * Prepares what a document decides for the associations of one cluster.
 *
 * @param compiled undefined for a document that cannot be read.
 */
export function podDecisionsFor(
  association: TrustedPodIdentity,
  compiled: CompiledTrust | undefined,
): (pod: Pick<PodIdentityRequest, "namespace" | "serviceAccount" | "context">) => TrustDecision {
  const { clusterArn, baseRoleArn, disableSessionTags } = association;
  const cluster = parseClusterArn(clusterArn);
  const caller = podCaller(association);
  if (typeof caller === "string" || !cluster || !compiled) {
    const reason = typeof caller === "string" ? caller : "the document cannot be read";
    return () => ({ decision: "indeterminate", reason });
  }
  const decide = decider(caller);
  const about = compiled.narrowedFor(caller, baseRoleArn ?? PODS_SERVICE);
  return ({ namespace, serviceAccount, context }) => {
    const asked = { clusterArn, baseRoleArn, disableSessionTags, namespace, serviceAccount, context };
    const keys = podKeys(asked, cluster);
    const statements = narrowedBy(keys, about);
    const assumed = decide(statements, ASSUME_ROLE, keys);
    const decided = disableSessionTags ? assumed : ofBoth(assumed, decide(statements, TAG_SESSION, keys));
    return decided.decision === "allow" && isClusterWide(association)
      ? { ...decided, reason: `${decided.reason}; ${CLUSTER_WIDE}` }
      : decided;
  };
}

const CLUSTER_WIDE =
  "with session tags off IAM sees the cluster alone, so every ServiceAccount of it is admitted that an association gives this role";

/** What becomes of a request that must be allowed twice. */
function ofBoth(assumed: TrustDecision, tagged: TrustDecision): TrustDecision {
  const second = { ...tagged, reason: `for ${TAG_SESSION}, ${tagged.reason}` };
  const refused = (["deny", "indeterminate"] as const)
    .flatMap((wanted) => [assumed, second].filter(({ decision }) => decision === wanted))
    .at(0);
  const alike = assumed.statement === tagged.statement;
  return refused ?? (alike ? assumed : { ...assumed, reason: `${assumed.reason}; ${second.reason}` });
}

/** The statements that may match a pod's request. */
function narrowedBy(keys: RequestKeys, about: NarrowedStatements): CompiledStatement[] {
  return KNOWN_OF_PODS.reduce((statements, key) => {
    const found = keys.lookup(key);
    if (found === "absent") return statements.with(key, undefined);
    return found === "unknown" || found.length !== 1 ? statements : statements.with(key, found[0]);
  }, about).all;
}

function decider(
  caller: Caller,
): (statements: CompiledStatement[], action: string, keys: RequestKeys) => TrustDecision {
  return (statements, action, keys) => {
    const asked = { caller, action, keys };
    return weigh(
      statements.map(({ index, effect, match }) => ({ index, effect, ...match(asked) })),
      caller.what,
    );
  };
}

type PlacedVerdict = Verdict & { index: number; effect: "Allow" | "Deny" | undefined };

function weigh(verdicts: PlacedVerdict[], caller: string): TrustDecision {
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
    reason: nearest ? `statement ${nearest.index}: ${nearest.why}` : `no statement names ${caller}`,
  };
}

/** The subject and the audience are the token's; keys of other kinds (`aws:…`, `sts:…`) are as the caller says. */
function keysOf(token: Omit<TrustRequest, "oidcProviderArn">, issuer: string): RequestKeys {
  const known = givenKeys(token.context);
  const audiences = [token.audience ?? STS_AUDIENCE].flat();
  known.set(`${issuer}:sub`, [token.subject]);
  known.set(`${issuer}:aud`, audiences.length === 1 ? audiences : "unknown");
  return { issuer, lookup: (key) => known.get(key) ?? "unknown" };
}
