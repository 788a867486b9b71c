import { parseCluster } from "./arns";
import { readConditions, type Condition } from "./document";
import { isService, parseAccount, parsePrincipal, parseProvider, POD_IDENTITY_SERVICE } from "./principals";

/** A cluster that the bindings speak of. It has a provider, or associations of EKS Pod Identity, or both. */
export interface ProofCluster {
  name: string;
  oidcProviderArn?: string;
  /** The provider's client IDs. Undefined: not known, so that a token of any audience may get as far as the trust policy. */
  clientIds?: string[];
  podIdentity?: ProofPodIdentity;
}

/** How a cluster's associations come to the role. */
export interface ProofPodIdentity {
  clusterArn: string;
  /** The role that the associations name, where the one of the trust policy is their target role. */
  baseRoleArn?: string;
  /**
   * The associations' session tags are off. Without a base role IAM sees the cluster alone then: what is claimed is that every
   * association of it is admitted, whatever its namespace and ServiceAccount. Default: false.
   */
  disableSessionTags?: boolean;
}

/** A ServiceAccount that is to get the role. `*` stands for any characters within one name, where tokens alone are spoken of. */
export interface ProofBinding {
  cluster: string;
  namespace: string;
  name: string;
}

/** What a trust policy is to say. */
export interface Claim {
  clusters: ProofCluster[];
  bindings: ProofBinding[];
  /** What else must hold for everybody who is bound and comes with a token: operator, key, values. */
  conditions?: Record<string, Record<string, string[]>>;
  /** The same for everybody who is bound and comes by Pod Identity. */
  podIdentityConditions?: Record<string, Record<string, string[]>>;
  /**
   * Principals that are let alone, such as those for break-glass: ARNs of users, roles and sessions, accounts, services. Any other
   * that the document names must not be admitted. Default: none.
   */
  otherPrincipals?: string[];
}

/** What a claim asks of the conditions beside the bindings. */
export interface ClaimedConditions {
  tokens: Condition[];
  podIdentity: Condition[];
}

const AUDIENCE = "sts.amazonaws.com";

/**
 * Reads the conditions of a claim.
 * @throws Error when the claim means nothing, or cannot be told from another one.
 */
export function readClaim(claim: Claim): ClaimedConditions {
  const { clusters, bindings, conditions = {}, podIdentityConditions = {} } = claim;
  for (const cluster of clusters) {
    readCluster(cluster, clusters);
  }
  for (const { cluster: name, namespace, name: account } of bindings) {
    const cluster = clusters.find((one) => one.name === name);
    if (cluster === undefined) {
      throw new Error(`a binding is to cluster "${name}", which is not among the clusters`);
    }
    if (![namespace, account].every((one) => /^[^:?/]+$/.test(one))) {
      throw new Error(`cluster "${name}": "${namespace}/${account}" names no ServiceAccounts`);
    }
    if (cluster.podIdentity && `${namespace}${account}`.includes("*")) {
      throw new Error(
        `cluster "${name}": "${namespace}/${account}" is a pattern, and an association is of one ServiceAccount`,
      );
    }
  }
  readOtherPrincipals(claim);
  return {
    tokens: readConditions(conditions, "the extra conditions"),
    podIdentity: readConditions(podIdentityConditions, "the extra conditions of Pod Identity"),
  };
}

/** The base roles of a claim. */
export function baseRolesOf({ clusters }: Claim): string[] {
  return [...new Set(clusters.flatMap(({ podIdentity }) => podIdentity?.baseRoleArn ?? []))];
}

function readCluster(
  { name, oidcProviderArn, clientIds, podIdentity }: ProofCluster,
  all: ProofCluster[],
): void {
  if (all.filter((other) => other.name === name).length > 1) {
    throw new Error(`two clusters are named "${name}"`);
  }
  if (oidcProviderArn === undefined && podIdentity === undefined) {
    throw new Error(`cluster "${name}" has neither a provider nor Pod Identity: nobody of it gets the role`);
  }
  if (oidcProviderArn !== undefined) {
    if (all.filter((other) => other.oidcProviderArn === oidcProviderArn).length > 1) {
      throw new Error(
        `cluster "${name}" shares its provider with another: their tokens cannot be told apart`,
      );
    }
    if (parseProvider(oidcProviderArn) === undefined) {
      throw new Error(`cluster "${name}": not the ARN of an OIDC provider: "${oidcProviderArn}"`);
    }
  }
  if (clientIds?.includes(AUDIENCE) === false) {
    throw new Error(
      `cluster "${name}": its provider takes no token for ${AUDIENCE}, so that nobody gets the role`,
    );
  }
  if (podIdentity !== undefined) {
    readPodIdentity(name, podIdentity, all);
  }
}

function readPodIdentity(
  name: string,
  { clusterArn, baseRoleArn }: ProofPodIdentity,
  all: ProofCluster[],
): void {
  if (all.filter(({ podIdentity }) => podIdentity?.clusterArn === clusterArn).length > 1) {
    throw new Error(`cluster "${name}" shares its ARN with another: their associations cannot be told apart`);
  }
  if (parseCluster(clusterArn) === undefined) {
    throw new Error(`cluster "${name}": not the ARN of an EKS cluster: "${clusterArn}"`);
  }
  if (baseRoleArn !== undefined && parsePrincipal(baseRoleArn)?.kind !== "role") {
    throw new Error(`cluster "${name}": not the ARN of a role: "${baseRoleArn}"`);
  }
}

/** Whoever is let alone cannot be one of those that the claim speaks of. */
function readOtherPrincipals(claim: Claim): void {
  const baseRoles = baseRolesOf(claim).map((arn) => ({ arn, ...parsePrincipal(arn) }));
  for (const other of claim.otherPrincipals ?? []) {
    const parts = parsePrincipal(other);
    if (parts === undefined && parseAccount(other) === undefined && !isService(other)) {
      throw new Error(`the other principals: "${other}" is no principal that can be let alone`);
    }
    const sameRole = ({ arn, account, name }: (typeof baseRoles)[number]) =>
      arn === other || (parts?.kind === "session" && account === parts.account && name === parts.name);
    if (other === POD_IDENTITY_SERVICE || baseRoles.some(sameRole)) {
      throw new Error(
        `the other principals: "${other}" comes by Pod Identity, so that it cannot be let alone`,
      );
    }
  }
}
