import { parseProvider, readConditions, type Condition } from "./document";
import type { Requests } from "./requests";
import { ALWAYS, both, either, isOneOf, matchesOneOf, type Formula } from "./cases";
import { aroundNames, patternBetweenColons } from "./smt";

/** A cluster that the bindings speak of. */
export interface ProofCluster {
  name: string;
  oidcProviderArn: string;
  /** The provider's client IDs. Undefined: not known, so that a token of any audience may get as far as the trust policy. */
  clientIds?: string[];
}

/** A ServiceAccount that is to get the role. `*` stands for any characters within one name. */
export interface ProofBinding {
  cluster: string;
  namespace: string;
  name: string;
}

/** What a trust policy is to say. */
export interface Claim {
  clusters: ProofCluster[];
  bindings: ProofBinding[];
  /** What else must hold for everybody who is bound: operator, key, values. */
  conditions?: Record<string, Record<string, string[]>>;
}

const ACTION = "sts:assumerolewithwebidentity";
const AUDIENCE = "sts.amazonaws.com";

/**
 * What a claim asks of the conditions beside the bindings.
 * @throws Error when the claim means nothing, or cannot be told from another one.
 */
export function readClaim({ clusters, bindings, conditions = {} }: Claim): Condition[] {
  for (const { name, oidcProviderArn, clientIds } of clusters) {
    if (clusters.filter((other) => other.name === name).length > 1) {
      throw new Error(`two clusters are named "${name}"`);
    }
    if (clusters.filter((other) => other.oidcProviderArn === oidcProviderArn).length > 1) {
      throw new Error(
        `cluster "${name}" shares its provider with another: their tokens cannot be told apart`,
      );
    }
    if (parseProvider(oidcProviderArn) === undefined) {
      throw new Error(`cluster "${name}": not the ARN of an OIDC provider: "${oidcProviderArn}"`);
    }
    if (clientIds?.includes(AUDIENCE) === false) {
      throw new Error(
        `cluster "${name}": its provider takes no token for ${AUDIENCE}, so that nobody gets the role`,
      );
    }
  }
  for (const { cluster, namespace, name } of bindings) {
    if (!clusters.some((one) => one.name === cluster)) {
      throw new Error(`a binding is to cluster "${cluster}", which is not among the clusters`);
    }
    if (![namespace, name].every((one) => /^[^:?]+$/.test(one))) {
      throw new Error(`cluster "${cluster}": "${namespace}/${name}" names no ServiceAccounts`);
    }
  }
  return readConditions(conditions, "the extra conditions");
}

/** Is the holder of a token bound? Only a token that was made for STS is of use to anybody. */
export function isBound(bindings: ProofBinding[], requests: Requests): Formula {
  const subjects = bindings.map(({ namespace, name }) => `system:serviceaccount:${namespace}:${name}`);
  const exact = subjects.filter((subject) => !subject.includes("*"));
  const patterns = subjects.filter((subject) => subject.includes("*"));
  return both(
    isOneOf(requests.audience, [AUDIENCE]),
    either(
      isOneOf(requests.subject, exact),
      matchesOneOf(requests.subject, patterns.map(patternBetweenColons)),
    ),
  );
}

/** Which requests get as far as the trust policy: STS has looked at the audience by then. */
export function isPossible(
  cluster: ProofCluster | undefined,
  bindings: ProofBinding[],
  requests: Requests,
): Formula {
  // Clusters sign tokens for ServiceAccounts only. It matters for wildcards alone: IAM's `*` would take a colon as well.
  const wellFormed = bindings.some(({ namespace, name }) => `${namespace}${name}`.includes("*"));
  return both(
    isOneOf(requests.action, [ACTION]),
    cluster?.clientIds ? isOneOf(requests.audience, cluster.clientIds) : ALWAYS,
    wellFormed
      ? matchesOneOf(requests.subject, [patternBetweenColons("system:serviceaccount:?*:?*")])
      : ALWAYS,
  );
}

/** What makes an example readable, the best first. */
export function isReadable(requests: Requests): Formula[] {
  const named = matchesOneOf(requests.subject, [aroundNames(["system:serviceaccount:", ":", ""])]);
  const forSts = isOneOf(requests.audience, [AUDIENCE]);
  return [both(named, forSts), both(named, isOneOf(requests.audience, ["another-audience"])), named, forSts];
}
