import { conditionProblems, extraStatementProblems } from "./extras";
import { parseOidcProviderArn } from "./issuer";
import {
  isPodIdentity,
  podIdentityCalls,
  refuseUnsafePodIdentity,
  unsaidConditionsProblem,
} from "./podIdentityChecks";
import { parseSubject } from "./subject";
import { isRecord, isTexts, shown } from "./values";
import {
  STS_AUDIENCE,
  TrustPolicyForm,
  type TrustedCluster,
  type TrustPolicyOptions,
  type WebIdentityCluster,
} from "./types";

/**
 * Throws where a program without types has written something of another kind: what looks like a text to a regular expression
 * would stand in the document as what it is.
 */
export function refuseMisshapen(clusters: TrustedCluster[], options: TrustPolicyOptions): void {
  const forms: unknown[] = Object.values(TrustPolicyForm);
  const told = (fine: boolean, what: string) => {
    if (!fine) throw new Error(what);
  };
  told(isRecord(options), "the options must be a map");
  const { form, maxSize, statements } = options;
  told(Array.isArray(clusters), "clusters must be a list");
  told(form === undefined || forms.includes(form), `form is ${shown(form)}: write ${forms.join(" or ")}`);
  told(maxSize === undefined || Number.isFinite(maxSize), `maxSize is ${shown(maxSize)}: write a number`);
  told(statements === undefined || Array.isArray(statements), "statements must be a list");
  Array.from<unknown>(clusters).forEach((cluster, index) => {
    const {
      name,
      oidcProviderArn,
      subjects,
      subjectPatterns = [],
      oidcProviderClientIds = [],
      podIdentity,
    } = isRecord(cluster) ? cluster : {};
    const texts = [name, ...(oidcProviderArn === undefined ? [] : [oidcProviderArn])];
    const fine = isTexts(texts) && [subjects, subjectPatterns, oidcProviderClientIds].every(isTexts);
    told(
      fine && (oidcProviderArn !== undefined || podIdentity !== undefined),
      `clusters[${index}] must have a name, an oidcProviderArn or podIdentity, and lists of texts`,
    );
    told(
      podIdentity === undefined || isPodIdentity(podIdentity),
      `clusters[${index}].podIdentity must have a clusterArn, and may have a baseRoleArn and disableSessionTags`,
    );
  });
}

/** Throws when a document made of this would admit somebody else, or nobody. */
export function refuseUnsafe(clusters: TrustedCluster[], options: TrustPolicyOptions): void {
  if (clusters.length === 0) {
    throw new Error("a trust policy needs at least one cluster with at least one subject");
  }
  refuseShared(clusters, options.form);
  for (const cluster of clusters) {
    refuseSubjects(cluster);
  }
  refuseUnsafePodIdentity(clusters);
  refuseAudience(clusters, options.form);
  refuseExtras(clusters, options);
}

/** The clusters whose provider may take tokens that were made for others than STS, as far as is known. */
export function clustersOfUnknownAudience(clusters: TrustedCluster[]): WebIdentityCluster[] {
  return webIdentityClusters(clusters).filter(
    ({ oidcProviderClientIds: ids }) => ids?.length !== 1 || ids[0] !== STS_AUDIENCE,
  );
}

function refuseShared(clusters: TrustedCluster[], form: TrustPolicyForm | undefined): void {
  const names = new Set<string>();
  for (const { name } of clusters) {
    if (names.has(name)) {
      throw new Error(`two clusters are named "${name}"`);
    }
    names.add(name);
  }
  const providers = new Set<string>();
  for (const cluster of webIdentityClusters(clusters)) {
    const { hostPath } = providerOf(cluster);
    // In one statement two keys that differ in case alone are one key for IAM.
    const provider = form === TrustPolicyForm.SingleStatement ? hostPath.toLowerCase() : hostPath;
    if (providers.has(provider)) {
      throw new Error(`cluster "${cluster.name}" has the issuer of another cluster: https://${hostPath}`);
    }
    providers.add(provider);
  }
}

function refuseSubjects({ name, subjects, subjectPatterns = [] }: TrustedCluster): void {
  if (subjects.length + subjectPatterns.length === 0) {
    throw new Error(`cluster "${name}" has no subject: leave it out of the trust policy`);
  }
  for (const subject of subjects) {
    if (!parseSubject(subject) || /[*?\s$]/.test(subject)) {
      throw new Error(`cluster "${name}": "${subject}" is not the subject of one ServiceAccount`);
    }
  }
  for (const pattern of subjectPatterns) {
    if (!/^system:serviceaccount:[a-z0-9*-]+:[a-z0-9.*-]+$/.test(pattern) || !pattern.includes("*")) {
      throw new Error(
        `cluster "${name}": "${pattern}" is not a pattern of subjects (system:serviceaccount:<namespace>:<name>, with * in one of the two)`,
      );
    }
  }
}

function refuseAudience(clusters: TrustedCluster[], form: TrustPolicyForm | undefined): void {
  if (form !== TrustPolicyForm.SubjectOnly && form !== TrustPolicyForm.SingleStatement) {
    return;
  }
  const [unknown] = clustersOfUnknownAudience(clusters);
  if (unknown) {
    throw new Error(
      `the form ${form} leaves the audience to the OIDC provider, and that of cluster "${unknown.name}" is not known to have exactly sts.amazonaws.com as its client IDs: say so by oidcProviderClientIds, or use StatementPerCluster`,
    );
  }
}

function refuseExtras(clusters: TrustedCluster[], options: TrustPolicyOptions): void {
  const { conditions = {}, podIdentityConditions = {}, statements = [] } = options;
  const calls = podIdentityCalls(clusters);
  const unsaid = unsaidConditionsProblem(options, calls.length > 0);
  const problems = [
    ...conditionProblems(conditions, { for: "webIdentity" }).map(
      ({ path, reason }) => `conditions${path} ${reason}`,
    ),
    ...conditionProblems(podIdentityConditions, { for: "podIdentity", calls }).map(
      ({ path, reason }) => `podIdentityConditions${path} ${reason}`,
    ),
    ...(unsaid === undefined ? [] : [`podIdentityConditions ${unsaid}`]),
    ...statements.flatMap((statement, index) =>
      extraStatementProblems(statement).map(({ path, reason }) => `statements[${index}]${path} ${reason}`),
    ),
  ];
  if (problems.length > 0) {
    throw new Error(problems.join("\n"));
  }
}

/** The clusters whose web identities are admitted. */
export function webIdentityClusters(clusters: TrustedCluster[]): WebIdentityCluster[] {
  return clusters.filter((cluster): cluster is WebIdentityCluster => cluster.oidcProviderArn !== undefined);
}

/** The cluster's OIDC provider, taken apart. */
export function providerOf(cluster: WebIdentityCluster): { hostPath: string } {
  const provider = parseOidcProviderArn(cluster.oidcProviderArn);
  if (!provider) {
    throw new Error(
      `cluster "${cluster.name}": not the ARN of an OIDC provider: "${cluster.oidcProviderArn}"`,
    );
  }
  return provider;
}
