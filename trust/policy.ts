import { renderedStatement, withConditions, type TrustConditions } from "./extras";
import { FORMS, refuseUnlessOneToOne } from "./forms";
import { podIdentityClusters, podIdentityStatements } from "./podIdentity";
import { DEFAULT_MAX_SIZE, trustPolicySize } from "./size";
import { clustersOfUnknownAudience, refuseMisshapen, refuseUnsafe, webIdentityClusters } from "./trusted";
import {
  TrustPolicyForm,
  type TrustedCluster,
  type TrustPolicy,
  type TrustPolicyOptions,
  type TrustStatement,
  type WrittenForm,
} from "./types";
import { compareText } from "./values";

/** What stands in and beside the statements for the clusters. */
type DocumentOptions = Pick<TrustPolicyOptions, "conditions" | "podIdentityConditions" | "statements">;

/**
 * Builds the trust policy that admits the given subjects of the given clusters, and nobody else but the principals of extra
 * statements. (Where session tags are off without a base role, it admits every association of the cluster: see
 * {@link TrustedPodIdentity}.)
 *
 * Statements for web identities are in the order of the clusters' names and subjects in alphabetical order, so that adding a
 * cluster changes nothing but its own statement. Those for Pod Identity come after them, each for all clusters with the same
 * bindings, so that it changes one more list. The size is the caller's to judge (`trustPolicySize`), with `Auto` too: what fits in
 * no form comes in the smaller one.
 *
 * @param clusters each with its OIDC provider, its Pod Identity, or both, and with the subjects that it admits.
 * @param options the form, the limit, and what stands in and beside the generated statements.
 * @example
 * const subjects = ["system:serviceaccount:default:s3-reader"];
 * const document = buildTrustPolicy([{ name: "east", oidcProviderArn, subjects }]);
 * console.log(JSON.stringify(document), trustPolicySize(document));
 * @throws Error when there is no cluster, two share a name or a provider, an ARN is not an OIDC provider's, a subject
 * is not a ServiceAccount's, a cluster has patterns with Pod Identity, `conditions` would not reach it, or a form without the
 * audience is asked for where a provider's client IDs are not known: each would make a document that admits somebody else, or
 * nobody.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
 */
export function buildTrustPolicy(clusters: TrustedCluster[], options: TrustPolicyOptions = {}): TrustPolicy {
  refuseMisshapen(clusters, options);
  const ordered = [...clusters].sort((a, b) => compareText(a.name, b.name));
  refuseUnsafe(ordered, options);
  return written(ordered, formOf(ordered, options), options);
}

/** The form in which the document is written: the one that was asked for, or `Auto`'s choice. */
export function formOf(clusters: TrustedCluster[], options: TrustPolicyOptions): WrittenForm {
  const { form = TrustPolicyForm.StatementPerCluster, maxSize = DEFAULT_MAX_SIZE } = options;
  if (form !== TrustPolicyForm.Auto) {
    return form;
  }
  const whole = written(clusters, TrustPolicyForm.StatementPerCluster, options);
  const fits = trustPolicySize(whole) <= maxSize;
  const hasChoice = webIdentityClusters(clusters).length > 0;
  return fits || !hasChoice || clustersOfUnknownAudience(clusters).length > 0
    ? TrustPolicyForm.StatementPerCluster
    : TrustPolicyForm.SubjectOnly;
}

/** The document in a form, of clusters in their order with which nothing is wrong. */
export function written(ordered: TrustedCluster[], form: WrittenForm, options: DocumentOptions): TrustPolicy {
  const clusters = webIdentityClusters(ordered);
  const generated = FORMS[form](clusters);
  if (form === TrustPolicyForm.SingleStatement && clusters.length > 0) {
    refuseUnlessOneToOne(generated, clusters);
  }
  return documentOf(generated, ordered, options);
}

/**
 * The document that the statements for web identities make with what stands in and beside them.
 *
 * @param ordered all clusters, of which those with Pod Identity get their statements.
 */
export function documentOf(
  generated: TrustStatement[],
  ordered: TrustedCluster[],
  { conditions = {}, podIdentityConditions = {}, statements = [] }: DocumentOptions,
): TrustPolicy {
  return {
    Version: "2012-10-17",
    Statement: [
      ...narrowed(generated, conditions),
      ...narrowed(podIdentityStatements(podIdentityClusters(ordered)), podIdentityConditions),
      ...statements.map(renderedStatement),
    ],
  };
}

function narrowed(statements: TrustStatement[], conditions: TrustConditions): TrustStatement[] {
  return statements.map((statement) => ({
    ...statement,
    Condition: withConditions(statement.Condition, conditions),
  }));
}
