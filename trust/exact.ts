import type { CompiledTrust } from "./compiled";
import { readDocument } from "./document";
import { decisionsFor } from "./evaluate";
import { type ExactOptions, type Parts, partsOf, type Unclear, UNREADABLE } from "./exactParts";
import type { GeneratedStatement, SubjectCondition } from "./generated";
import { parseOidcProviderArn } from "./issuer";
import type { TrustMismatch, WebIdentityMismatch } from "./mismatch";
import { podIdentityClusters } from "./podIdentity";
import { findPodIdentityMismatch } from "./podIdentityExact";
import { subjectOf } from "./subject";
import { clustersOfUnknownAudience, webIdentityClusters } from "./trusted";
import { IdentityMode, STS_AUDIENCE, type TrustedCluster } from "./types";
import { groupedBy, matchesPattern } from "./values";

export type { ExactOptions } from "./exactParts";

/** A provider, and who of its subjects is to be admitted. */
interface Party {
  name: string;
  arn: string;
  /** Subjects to ask about, beside those that the document names. */
  subjects: string[];
  isWanted: (subject: string) => boolean;
  /** Whether tokens for other audiences than STS may come this far. */
  anyAudience: boolean;
}

/** No condition on an audience has this value: {@link readGenerated} takes that of STS alone. */
const OTHER_AUDIENCE = "another audience";

/**
 * Compares a trust policy with the bindings. It returns undefined only when the document admits exactly the bound
 * ServiceAccounts, whatever their names, by web identity and by Pod Identity; else the first that shows the difference.
 *
 * Every statement before the extra ones is an Allow, either for OIDC providers alone, or for EKS or one base role alone. So no statement
 * of one kind is about callers of the other, and what each kind admits is the union of what its statements admit.
 *
 * For web identities it is a proof, though it asks about few subjects. A provider that no statement names reaches none. In a statement that names
 * it ({@link readGenerated} refuses all but the plainest kind), at most one condition looks at its subject, and all that this
 * condition can see is which of its values the subject is, or matches; the provider's other conditions see only the audience,
 * and other issuers' keys are absent. So it is enough to ask about each value, about each pattern with its `*` filled by a
 * letter that is in no name (what takes that letter's place in another pattern is a `*`, which takes any name there), and
 * about one subject with that letter alone, which only a statement without a condition admits. The same for the bindings, whose
 * `*` stays within one name: names of ServiceAccounts have no colon.
 *
 * For Pod Identity it is one because both sides are finite. A statement ({@link readPodIdentity} refuses all but three kinds) asks by
 * `StringEquals`, which takes no wildcard, for each part of what IAM sees of a request, so it admits the combinations of its values and
 * no others; written out, these are compared with the bindings as sets.
 * - With session tags IAM sees the caller (EKS, or the base role), the cluster's ARN, the namespace and the name. Both actions must be
 *   allowed, and `sts:TagSession` is by these statements alone: so a request with tags passes exactly if it is in one of them. Without
 *   tags none of them matches, for the keys are missing.
 * - With tags off and no base role it sees the cluster's ARN: the sets are those of ARNs, and every ServiceAccount of such a cluster is
 *   bound, as the bindings say by turning tags off.
 * - With tags off and a base role it sees the external ID, from which cluster, namespace and name can be read back: none has a slash.
 *
 * An extra statement must be out of reach of web identities, of EKS and of the clusters' base roles, their accounts' roots included.
 * Whoever else may use a base role's credentials is another question: it can set tags and external IDs as it likes.
 *
 * Extra conditions can only narrow, because all conditions of a statement are ANDed: that each statement has them is
 * compared, and then they are taken to hold.
 *
 * @param policy the document, as JSON text or parsed.
 */
export function findMismatch(
  policy: string | object,
  clusters: TrustedCluster[],
  options: ExactOptions = {},
): TrustMismatch | undefined {
  const document = readDocument(policy);
  const parts = document ? partsOf(document, clusters, options) : UNREADABLE;
  if ("reason" in parts) {
    return unclear(clusters, parts);
  }
  return findWebIdentityMismatch(clusters, parts) ?? findPodIdentityMismatch(clusters, parts.podIdentity);
}

function findWebIdentityMismatch(
  clusters: TrustedCluster[],
  { compiled, generated }: Parts,
): TrustMismatch | undefined {
  const letter = unusedLetter(clusters, generated);
  const conditions = generated.flatMap(({ subjects }) => subjects);
  const byIssuer = groupedBy(conditions, ({ issuer }) => issuer);
  for (const party of partiesOf(clusters, generated, letter)) {
    const issuer = parseOidcProviderArn(party.arn)?.hostPath.toLowerCase() ?? "";
    const inDocument = (byIssuer.get(issuer) ?? []).flatMap((condition) => filled(condition, letter));
    const subjects = new Set([...party.subjects, ...inDocument, outsider(letter)]);
    const mismatch = firstMismatch(compiled, party, subjects);
    if (mismatch) return mismatch;
  }
  return undefined;
}

/** Of a document that is not understood, nothing is known of anybody. */
function unclear(clusters: TrustedCluster[], { reason, identity }: Unclear): TrustMismatch {
  const concerned = identity === IdentityMode.PodIdentity ? podIdentityClusters(clusters) : clusters;
  const first = concerned[0] ?? clusters[0];
  const podsAlone = first?.podIdentity !== undefined && first.oidcProviderArn === undefined;
  const told = {
    cluster: first?.name ?? "",
    subject: outsider(unusedLetter(clusters, [])),
    wanted: "deny",
    decision: "indeterminate",
    reason,
  } as const;
  return identity === IdentityMode.PodIdentity || podsAlone
    ? { identity: IdentityMode.PodIdentity, ...told }
    : { identity: IdentityMode.Irsa, audience: STS_AUDIENCE, ...told };
}

function firstMismatch(
  compiled: CompiledTrust,
  { name, arn, isWanted, anyAudience }: Party,
  subjects: Set<string>,
): WebIdentityMismatch | undefined {
  const decide = decisionsFor(arn, compiled);
  for (const audience of anyAudience ? [STS_AUDIENCE, OTHER_AUDIENCE] : [STS_AUDIENCE]) {
    for (const subject of subjects) {
      const wanted = audience === STS_AUDIENCE && isWanted(subject) ? "allow" : "deny";
      const { decision, reason } = decide({ subject, audience });
      if (decision !== wanted) {
        return { identity: IdentityMode.Irsa, cluster: name, subject, audience, wanted, decision, reason };
      }
    }
  }
  return undefined;
}

/** The clusters, and the providers that the document names and that are no cluster's: those must admit nobody. */
function partiesOf(clusters: TrustedCluster[], generated: GeneratedStatement[], letter: string): Party[] {
  const unknownAudience = new Set(clustersOfUnknownAudience(clusters));
  const arns = new Set<string | undefined>(clusters.map(({ oidcProviderArn }) => oidcProviderArn));
  const strangers = new Set(generated.flatMap(({ federated }) => federated).filter((arn) => !arns.has(arn)));
  return [
    ...webIdentityClusters(clusters).map((cluster) => ({
      name: cluster.name,
      arn: cluster.oidcProviderArn,
      subjects: [
        ...cluster.subjects,
        ...(cluster.subjectPatterns ?? []).map((pattern) => fill(pattern, letter)),
      ],
      isWanted: wantedBy(cluster),
      anyAudience: unknownAudience.has(cluster),
    })),
    ...[...strangers].map((arn) => ({
      name: arn,
      arn,
      subjects: [],
      isWanted: () => false,
      // A statement that admits another audience admits that of STS too.
      anyAudience: false,
    })),
  ];
}

function wantedBy({ subjects, subjectPatterns = [] }: TrustedCluster): (subject: string) => boolean {
  const exact = new Set(subjects);
  const patterns = subjectPatterns.map((pattern) => pattern.split(":"));
  return (subject) => {
    const parts = subject.split(":");
    const matches = (pattern: string[]) =>
      pattern.length === parts.length &&
      pattern.every((part, index) => matchesPattern(part, parts[index] ?? ""));
    return exact.has(subject) || patterns.some(matches);
  };
}

function filled({ patterns, values }: SubjectCondition, letter: string): string[] {
  return patterns ? values.map((value) => fill(value, letter)) : values;
}

function fill(pattern: string, letter: string): string {
  return pattern.replaceAll("*", letter);
}

function outsider(letter: string): string {
  return subjectOf(letter, letter);
}

/** A letter that is in no subject and no pattern, neither of the document nor of the bindings. */
function unusedLetter(clusters: TrustedCluster[], generated: GeneratedStatement[]): string {
  const texts = [
    ...clusters.flatMap(({ subjects, subjectPatterns = [] }) => [...subjects, ...subjectPatterns]),
    ...generated.flatMap(({ subjects }) => subjects.flatMap(({ values }) => values)),
  ];
  const used = texts.join("");
  let code = "A".charCodeAt(0);
  while (used.includes(String.fromCodePoint(code))) code++;
  return String.fromCodePoint(code);
}
