import { type CompiledTrust, compileTrust } from "./compiled";
import { type PolicyDocument, readDocument } from "./document";
import { type Decision, decisionsFor } from "./evaluate";
import type { TrustConditions } from "./extras";
import { extraConditions, type GeneratedStatement, readGenerated, type SubjectCondition } from "./generated";
import { parseOidcProviderArn } from "./issuer";
import { mayHaveKind } from "./principals";
import { subjectOf } from "./subject";
import { clustersOfUnknownAudience, webIdentityClusters } from "./trusted";
import { STS_AUDIENCE, WEB_IDENTITY_ACTION, type TrustedCluster } from "./types";
import { groupedBy, matchesPattern } from "./values";

/** A token of which a trust policy says something else than the bindings do. */
export interface TrustMismatch {
  /** Name of the cluster; of a provider that is no cluster's, its ARN. */
  cluster: string;
  subject: string;
  audience: string;
  /** What the bindings say. */
  wanted: "allow" | "deny";
  /** What the document says. */
  decision: Decision;
  reason: string;
}

/** What a trust policy has beside the statements for its clusters. */
export interface ExactOptions {
  /** Conditions that each generated statement must have beside its own. Default: none. */
  conditions?: TrustConditions;
  /** How many statements for principals of IAM stand at the document's end. Default: none. */
  statements?: number;
}

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
 * ServiceAccounts, whatever their names; else the first token that shows the difference.
 *
 * It is a proof, though it asks about few subjects. A provider that no statement names reaches none. In a statement that names
 * it ({@link readGenerated} refuses all but the plainest kind), at most one condition looks at its subject, and all that this
 * condition can see is which of its values the subject is, or matches; the provider's other conditions see only the audience,
 * and other issuers' keys are absent. So it is enough to ask about each value, about each pattern with its `*` filled by a
 * letter that is in no name (what takes that letter's place in another pattern is a `*`, which takes any name there), and
 * about one subject with that letter alone, which only a statement without a condition admits. The same for the bindings, whose
 * `*` stays within one name: names of ServiceAccounts have no colon.
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
  const parts = document ? partsOf(document, options) : "the document cannot be read";
  if (typeof parts === "string") {
    return unclear(clusters, parts);
  }
  const { compiled, generated } = parts;
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

interface Parts {
  generated: GeneratedStatement[];
  /** The generated statements without the extra conditions. */
  compiled: CompiledTrust;
}

/** Takes a document apart; a text says what is in it that the argument does not cover. */
function partsOf(
  { statements, variables }: PolicyDocument,
  { conditions = {}, statements: extras = 0 }: ExactOptions,
): Parts | string {
  const firstExtra = Math.max(0, statements.length - extras);
  const extra = extraConditions(conditions);
  const generated: GeneratedStatement[] = [];
  for (const [index, statement] of statements.slice(0, firstExtra).entries()) {
    const read = readGenerated(statement, extra);
    if (typeof read === "string") return `statement ${index}: ${read}`;
    generated.push(read);
  }
  const beside = compileTrust({ variables, statements: statements.slice(firstExtra) }).statements;
  // Whatever their conditions say.
  const reaching = beside.find(
    ({ principals, covers }) => mayHaveKind(principals, "Federated") && covers(WEB_IDENTITY_ACTION) !== false,
  );
  if (reaching) {
    return `statement ${firstExtra + reaching.index}: may admit web identities beside the bindings`;
  }
  const own = generated.map(({ withoutExtras }) => withoutExtras);
  return { generated, compiled: compileTrust({ variables, statements: own }) };
}

/** Of a document that is not understood, nothing is known of anybody. */
function unclear(clusters: TrustedCluster[], reason: string): TrustMismatch {
  return {
    cluster: clusters[0]?.name ?? "",
    subject: outsider(unusedLetter(clusters, [])),
    audience: STS_AUDIENCE,
    wanted: "deny",
    decision: "indeterminate",
    reason,
  };
}

function firstMismatch(
  compiled: CompiledTrust,
  { name, arn, isWanted, anyAudience }: Party,
  subjects: Set<string>,
): TrustMismatch | undefined {
  const decide = decisionsFor(arn, compiled);
  for (const audience of anyAudience ? [STS_AUDIENCE, OTHER_AUDIENCE] : [STS_AUDIENCE]) {
    for (const subject of subjects) {
      const wanted = audience === STS_AUDIENCE && isWanted(subject) ? "allow" : "deny";
      const { decision, reason } = decide({ subject, audience });
      if (decision !== wanted) {
        return { cluster: name, subject, audience, wanted, decision, reason };
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
  const used = new Set(texts.join(""));
  let code = "A".charCodeAt(0);
  while (used.has(String.fromCodePoint(code))) code++;
  return String.fromCodePoint(code);
}
