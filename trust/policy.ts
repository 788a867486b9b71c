import { renderedStatement, withConditions } from "./extras";
import { FORMS, refuseUnlessOneToOne } from "./forms";
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

/**
 * Builds the trust policy that admits the given subjects of the given clusters, and nobody else but the principals of extra
 * statements.
 *
 * Statements are in the order of the clusters' names and subjects in alphabetical order, so that adding a cluster
 * changes nothing but its own statement. The size is the caller's to judge (`trustPolicySize`), with `Auto` too: what fits in
 * no form comes in the smaller one.
 *
 * @example
 * buildTrustPolicy([{ name: "east", oidcProviderArn: arn, subjects: ["system:serviceaccount:default:s3-reader"] }]);
 * @throws Error when there is no cluster, two share a name or a provider, an ARN is not an OIDC provider's, a subject
 * is not a ServiceAccount's, or a form without the audience is asked for where a provider's client IDs are not known: each would
 * make a document that admits somebody else, or nobody.
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
  return fits || clustersOfUnknownAudience(clusters).length > 0
    ? TrustPolicyForm.StatementPerCluster
    : TrustPolicyForm.SubjectOnly;
}

/** The document in a form, of clusters in their order with which nothing is wrong. */
export function written(
  ordered: TrustedCluster[],
  form: WrittenForm,
  options: Pick<TrustPolicyOptions, "conditions" | "statements">,
): TrustPolicy {
  const clusters = webIdentityClusters(ordered);
  const generated = FORMS[form](clusters);
  if (form === TrustPolicyForm.SingleStatement) {
    refuseUnlessOneToOne(generated, clusters);
  }
  return documentOf(generated, options);
}

/** The document that generated statements make with what stands in and beside them. */
export function documentOf(
  generated: TrustStatement[],
  { conditions = {}, statements = [] }: Pick<TrustPolicyOptions, "conditions" | "statements">,
): TrustPolicy {
  const narrowed = generated.map((statement) => ({
    ...statement,
    Condition: withConditions(statement.Condition, conditions),
  }));
  return { Version: "2012-10-17", Statement: [...narrowed, ...statements.map(renderedStatement)] };
}
