import { trustBudget } from "../trust/budget";
import type { PodIdentityCall } from "../trust/extraKeys";
import { conditionProblems, extraStatementProblems, type ExtraTrustStatement } from "../trust/extras";
import { oidcProviderArn, parseIssuer } from "../trust/issuer";
import { parseRoleArn, roleCaller } from "../trust/principals";
import { DEFAULT_MAX_SIZE, LARGEST_MAX_SIZE } from "../trust/size";
import { clustersOfUnknownAudience } from "../trust/trusted";
import { STS_AUDIENCE, TrustPolicyForm, type TrustedCluster } from "../trust/types";
import { shown } from "../trust/values";
import { trustedCluster } from "./bindings";
import { hasIrsa, hasPodIdentity, trustsOf } from "./identity";
import type { MultiClusterIrsaArgs } from "./multiClusterIrsa";
import { foreseenPodIdentity } from "./podIdentityTrust";
import type { BaseRole } from "./podIdentityTypes";
import { isPlain, repeated, type Problem } from "./problems";
import { shardOverflow, shardsOf } from "./shards";
import type { IrsaCluster, TrustSettings } from "./types";

type ClusterOfClientIds = Pick<
  IrsaCluster,
  "oidcProviderArn" | "oidcProviderClientIds" | "importOidcProvider" | "identity" | "trusts"
>;

/** The client IDs of a cluster's provider, as far as they are known: one of our own has exactly STS. */
export function clientIdsOf(cluster: ClusterOfClientIds): string[] | undefined {
  return isOwn(cluster) ? [STS_AUDIENCE] : cluster.oidcProviderClientIds;
}

function isOwn({ oidcProviderArn, importOidcProvider }: ClusterOfClientIds): boolean {
  return oidcProviderArn === undefined || importOidcProvider === true;
}

/**
 * Faults of the trust settings, each by itself.
 *
 * @param calls those of the clusters whose Pod Identity the role trusts: what a condition may ask for hangs on them.
 */
export function trustProblems(
  {
    form,
    maxSize = DEFAULT_MAX_SIZE,
    conditions = {},
    podIdentityConditions = {},
    statements = [],
  }: TrustSettings,
  calls: PodIdentityCall[],
): Problem[] {
  const problems: Problem[] = [];
  const forms: string[] = Object.values(TrustPolicyForm);
  if (form !== undefined && !forms.includes(form)) {
    problems.push({
      propertyPath: "trust.form",
      reason: `is ${shown(form)}: write ${forms.join(" or ")}`,
    });
  }
  if (!Number.isInteger(maxSize) || maxSize < DEFAULT_MAX_SIZE || maxSize > LARGEST_MAX_SIZE) {
    const range = `a whole number from ${DEFAULT_MAX_SIZE} to ${LARGEST_MAX_SIZE}`;
    problems.push({
      propertyPath: "trust.maxSize",
      reason: `is ${shown(maxSize)}: write the account's quota, ${range}`,
    });
  }
  const inConditions = [
    ...conditionProblems(conditions, { for: "webIdentity" }).map(({ path, reason }) => ({
      propertyPath: `trust.conditions${path}`,
      reason,
    })),
    ...conditionProblems(podIdentityConditions, { for: "podIdentity", calls }).map(({ path, reason }) => ({
      propertyPath: `trust.podIdentityConditions${path}`,
      reason,
    })),
  ];
  const inStatements = statements.flatMap((statement, index) =>
    extraStatementProblems(statement).map(({ path, reason }) => ({
      propertyPath: `trust.statements[${index}]${path}`,
      reason,
    })),
  );
  const sids = repeated(
    statements.map((statement) => (statement as Partial<ExtraTrustStatement> | undefined)?.sid),
    statements.map((_, index) => `trust.statements[${index}].sid`),
    (sid, first) => `is "${sid}", as ${first} is: IAM wants each statement's ID once`,
  );
  return [...problems, ...inConditions, ...inStatements, ...sids];
}

/**
 * Statements that would let a base role in beside its bindings.
 *
 * @param clusters with their base roles, of which those are looked at whose ARNs are plain.
 */
export function baseRolePrincipalProblems(
  { statements = [] }: TrustSettings,
  clusters: { name: string; baseRole?: BaseRole | undefined }[],
): Problem[] {
  const callers = clusters.flatMap(({ name, baseRole }) => {
    const arn = baseRole?.arn;
    const parts = isPlain(arn) ? parseRoleArn(arn) : undefined;
    return isPlain(arn) && parts ? [{ cluster: name, arn, caller: roleCaller(arn, parts) }] : [];
  });
  return statements.flatMap(({ awsPrincipals }, index) =>
    awsPrincipals.flatMap((principal, at) => {
      const named = callers.find(({ caller }) => caller.isNamedBy(principal) !== false);
      return named === undefined
        ? []
        : [
            {
              propertyPath: `trust.statements[${index}].awsPrincipals[${at}]`,
              reason: `is ${principal}, which lets in ${named.arn}, the base role of cluster "${named.cluster}", beside the bindings: name other roles or users of that account`,
            },
          ];
    }),
  );
}

/** Says what is wrong with what is said of a provider's client IDs, or undefined. */
export function clientIdProblem(cluster: ClusterOfClientIds): string | undefined {
  const { oidcProviderClientIds: ids } = cluster;
  if (ids === undefined) {
    return undefined;
  }
  if (isOwn(cluster)) {
    return `is for a provider that is adopted; the one that is created or taken over has exactly ${STS_AUDIENCE}: leave it out`;
  }
  return Array.isArray(ids) && ids.includes(STS_AUDIENCE)
    ? undefined
    : `lacks ${STS_AUDIENCE}, so that STS takes no token of this cluster: add it to the provider (aws iam add-client-id-to-open-id-connect-provider) and here`;
}

/** Settings that make no sense where there is one role. */
export function oneRoleProblems({ shards, originalShard }: TrustSettings): Problem[] {
  return Object.entries({ shards, originalShard }).flatMap(([property, value]) =>
    value === undefined
      ? []
      : [
          {
            propertyPath: `trust.${property}`,
            reason: "is for MultiClusterIrsa; this is one role: leave it out",
          },
        ],
  );
}

/** The clusters with which a form that leaves the audience to the providers cannot be had. */
export function audienceProblems(clusters: ClusterOfClientIds[], { form }: TrustSettings): Problem[] {
  if (form !== TrustPolicyForm.SubjectOnly && form !== TrustPolicyForm.SingleStatement) {
    return [];
  }
  return clusters.flatMap((cluster, index) => {
    if (!hasIrsa(trustsOf(cluster))) return [];
    const ids = clientIdsOf(cluster);
    const unknown = clustersOfUnknownAudience([
      { name: "", oidcProviderArn: "", subjects: [], ...(ids && { oidcProviderClientIds: ids }) },
    ]);
    return unknown.length === 0
      ? []
      : [{ propertyPath: `clusters[${index}].oidcProviderClientIds`, reason: audienceReason(form, ids) }];
  });
}

/** Issuers with which the single statement cannot be had: IAM takes two keys that differ in case alone for one. */
export function sharedKeyProblems(clusters: IrsaCluster[], { form }: TrustSettings): Problem[] {
  return form !== TrustPolicyForm.SingleStatement
    ? []
    : repeated(
        clusters.map(({ issuerUrl, ...cluster }) =>
          isPlain(issuerUrl) && hasIrsa(trustsOf(cluster)) ? issuerUrl.toLowerCase() : undefined,
        ),
        clusters.map((_, index) => `clusters[${index}].issuerUrl`),
        (_, first) =>
          `differs from ${first} in case alone, and IAM takes the condition keys of the two for one: use another form than SingleStatement`,
      );
}

function audienceReason(form: string, ids: string[] | undefined): string {
  const found = ids === undefined ? "is missing" : `is ${JSON.stringify(ids)}`;
  return (
    `${found}: the form ${form} leaves it to the OIDC provider that tokens were made for STS. If the client ID list of this adopted ` +
    `provider is exactly that (aws iam get-open-id-connect-provider --query ClientIDList), write ["${STS_AUDIENCE}"]; else use StatementPerCluster`
  );
}

/**
 * The size of a trust policy does not depend on which account it is, so where every issuer is known it is judged before
 * AWS is asked for anything.
 */
export function foreseeableOverflow(args: MultiClusterIrsaArgs): Problem[] {
  const { clusters, trust = {} } = args;
  const shards = shardsOf(clusters, trust).map((shard) => ({
    ...(shard.name !== undefined && { name: shard.name }),
    clusters: shard.trusted.flatMap((cluster) => foreseenCluster(cluster, args)),
  }));
  return shards.flatMap((shard) => {
    if (shard.clusters.length === 0) return [];
    const reason = shardOverflow(shard, trustBudget(shard.clusters, trust), trust, shards);
    return reason === undefined ? [] : [{ propertyPath: "clusters", reason: `are too many: ${reason}` }];
  });
}

/** The cluster as the trust policy will see it; nothing where its issuer or base role matters and is late, or nobody is bound. */
function foreseenCluster(
  cluster: IrsaCluster,
  { serviceAccounts, podIdentity = {} }: MultiClusterIrsaArgs,
): TrustedCluster[] {
  // The shortest partition: what does not fit with it fits with none.
  const account = { partition: "aws", accountId: "000000000000" };
  const { baseRole, ...others } = cluster;
  const { name, issuerUrl } = others;
  const trusts = trustsOf(cluster);
  const arn = baseRole?.arn;
  if ((hasIrsa(trusts) && !isPlain(issuerUrl)) || (baseRole && !isPlain(arn))) {
    return [];
  }
  const known = { ...others, ...(baseRole && isPlain(arn) && { baseRole: { ...baseRole, arn } }) };
  const ids = clientIdsOf(cluster);
  const trusted = trustedCluster(
    {
      name,
      ...(hasIrsa(trusts) &&
        isPlain(issuerUrl) && { oidcProviderArn: oidcProviderArn(parseIssuer(issuerUrl), account) }),
      ...(ids && { oidcProviderClientIds: ids }),
      ...(hasPodIdentity(trusts) && { podIdentity: foreseenPodIdentity(known, podIdentity, account) }),
    },
    serviceAccounts,
  );
  return trusted.subjects.length + (trusted.subjectPatterns?.length ?? 0) > 0 ? [trusted] : [];
}
