import { FORMS } from "./forms";
import { buildTrustPolicy, documentOf, formOf, written } from "./policy";
import { DEFAULT_MAX_SIZE, LARGEST_MAX_SIZE, trustPolicySize } from "./size";
import { podIdentitySaving } from "./toPodIdentity";
import { clustersOfUnknownAudience, webIdentityClusters } from "./trusted";
import {
  TrustPolicyForm,
  type TrustedCluster,
  type TrustPolicy,
  type TrustPolicyOptions,
  type WrittenForm,
} from "./types";
import { compareText } from "./values";

/** From this part of the limit on a user is warned. */
const NEARLY_FULL = 0.9;
const WRITTEN_FORMS: WrittenForm[] = [
  TrustPolicyForm.StatementPerCluster,
  TrustPolicyForm.SubjectOnly,
  TrustPolicyForm.SingleStatement,
];

/** The trust policy, and what it takes of the limit. */
export interface TrustBudget {
  /** The form that its web identities are written in, if there are any. */
  form: WrittenForm;
  policy: TrustPolicy;
  used: number;
  limit: number;
  /** How many clusters fit, in the order of their names. */
  fitting: number;
  /** The first cluster that no longer fits; undefined when all do. */
  overflow?: string;
}

/** Builds the trust policy of these clusters and measures it against `options.maxSize`, 2048 characters unless given. */
export function trustBudget(clusters: TrustedCluster[], options: TrustPolicyOptions = {}): TrustBudget {
  const limit = options.maxSize ?? DEFAULT_MAX_SIZE;
  const ordered = [...clusters].sort((a, b) => compareText(a.name, b.name));
  const policy = buildTrustPolicy(ordered, options);
  const form = formOf(ordered, options);
  const used = trustPolicySize(policy);
  if (used <= limit) {
    return { form, policy, used, limit, fitting: clusters.length };
  }
  const fitting = fittingIn(limit, ordered, form, options);
  return { form, policy, used, limit, fitting, overflow: ordered[fitting]?.name };
}

/** How many clusters fit, by halving: each further one makes the document longer. */
function fittingIn(
  limit: number,
  ordered: TrustedCluster[],
  form: WrittenForm,
  options: TrustPolicyOptions,
): number {
  let [fit, tooMany] = [0, ordered.length];
  while (tooMany - fit > 1) {
    const middle = Math.floor((fit + tooMany) / 2);
    if (trustPolicySize(written(ordered.slice(0, middle), form, options)) <= limit) fit = middle;
    else tooMany = middle;
  }
  return fit;
}

/** What the trust policy of these clusters, with their Pod Identity, would need in each form, in characters without white space. */
export function sizesByForm(
  clusters: TrustedCluster[],
  options: TrustPolicyOptions = {},
): Record<WrittenForm, number> {
  // Measured whether or not they can be written so; the order makes no difference.
  const sizes = WRITTEN_FORMS.map(
    (form) =>
      [
        form,
        trustPolicySize(documentOf(FORMS[form](webIdentityClusters(clusters)), clusters, options)),
      ] as const,
  );
  return Object.fromEntries(sizes) as Record<WrittenForm, number>;
}

/** How some remedies are to be told, where they are not `MultiClusterIrsa`'s. */
export interface Remedies {
  /** Making several roles. */
  shards?: string;
  /** Going over to EKS Pod Identity. */
  podIdentity?: string;
}

/**
 * Says that a trust policy is over its limit, which cluster overflows, what each form would need, and what can be done; undefined
 * when it fits.
 *
 * @param others what to do instead of what is told by default.
 */
export function budgetProblem(
  budget: TrustBudget,
  clusters: TrustedCluster[],
  options: TrustPolicyOptions = {},
  others: Remedies = {},
): string | undefined {
  const { used, limit, fitting, overflow, form } = budget;
  if (overflow === undefined) {
    return undefined;
  }
  const sizes = sizesByForm(clusters, options);
  const hasForm = webIdentityClusters(clusters).length > 0;
  return (
    `the trust policy needs ${used} characters${hasForm ? ` as ${form}` : ""} (IAM does not count white space) and the limit is ${limit}: ` +
    `cluster "${overflow}" is the first that no longer fits (${fitting} of ${clusters.length} do). ` +
    (hasForm ? `What each form would need: ${needs(sizes)}. ` : "") +
    `What to do: ${remedies(budget, clusters, options, sizes, others).join("; or ")}`
  );
}

function needs(sizes: Record<WrittenForm, number>): string {
  return WRITTEN_FORMS.map((form) => `${form} ${sizes[form]}`).join(", ");
}

function remedies(
  { limit, form }: TrustBudget,
  clusters: TrustedCluster[],
  options: TrustPolicyOptions,
  sizes: Record<WrittenForm, number>,
  { shards, podIdentity }: Remedies,
): string[] {
  const remedy = (useful: boolean, text: string) => (useful ? [text] : []);
  const { StatementPerCluster, SubjectOnly, SingleStatement } = TrustPolicyForm;
  const [unknown] = clustersOfUnknownAudience(clusters);
  const saving = podIdentitySaving(clusters, form, options);
  const isAuto = options.form === TrustPolicyForm.Auto;
  const condition = unknown
    ? `, once oidcProviderClientIds says of cluster "${unknown.name}" that its provider takes no audience but sts.amazonaws.com`
    : "";
  return [
    ...remedy(
      limit < LARGEST_MAX_SIZE,
      `have the quota "Role trust policy length" (L-C07B4B0D) raised, to ${LARGEST_MAX_SIZE} at most, and set trust.maxSize to it`,
    ),
    ...remedy(
      form === StatementPerCluster && sizes[SubjectOnly] <= limit,
      isAuto
        ? `let Auto leave the audience to the providers${condition}`
        : `set trust.form to SubjectOnly, which leaves the audience to the providers${condition}`,
    ),
    ...remedy(
      sizes[SingleStatement] <= limit,
      `set trust.form to SingleStatement, in which a slip would open the role instead of closing it: read docs/trust-policy.md first${condition}`,
    ),
    shards ?? "make one role for each of several shards: name them in trust.shards, and one on each cluster",
    "bind fewer ServiceAccounts to this role",
    ...(saving
      ? [
          `use EKS Pod Identity for some of the clusters: ${podIdentity ?? "set identity and trusts to PodIdentity for them"} (about ${saving.then} more characters each instead of ${saving.now})`,
        ]
      : []),
  ];
}

/** What a user should hear of a trust policy that fits: it is nearly full, or `Auto` left out the audience. */
export function budgetWarnings(
  { used, limit, form }: TrustBudget,
  clusters: TrustedCluster[],
  options: TrustPolicyOptions = {},
): string[] {
  const warnings: string[] = [];
  if (used >= limit * NEARLY_FULL) {
    const forms =
      webIdentityClusters(clusters).length > 0
        ? `. What each form needs by now: ${needs(sizesByForm(clusters, options))}`
        : "";
    warnings.push(
      `the trust policy takes ${used} of ${limit} characters (${Math.floor((100 * used) / limit)} %): one more cluster may be too many${forms}`,
    );
  }
  if (options.form === TrustPolicyForm.Auto && form === TrustPolicyForm.SubjectOnly) {
    warnings.push(
      `trust.form Auto wrote the trust policy as SubjectOnly, for with the audience it is over the limit of ${limit} characters: that tokens were made for sts.amazonaws.com is from now on enforced by the client ID lists of the OIDC providers alone`,
    );
  }
  return warnings;
}
