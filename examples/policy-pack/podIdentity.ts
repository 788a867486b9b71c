// In a project of your own: from "eks-irsa".
import { evaluateTrust } from "../../index";
import { conditionsOf, isEntry, sameKey, textsOf, type Entry } from "./statements";

/** The service that assumes roles for pods by EKS Pod Identity. */
const PODS = "pods.eks.amazonaws.com";
const CLUSTER_TAG = "aws:RequestTag/eks-cluster-arn";
const SOURCE_ARN = "aws:SourceArn";
/** What a statement must say, and the keys that say it. The first is the one to write. */
const PARTS: readonly { what: string; keys: readonly [string, ...string[]] }[] = [
  { what: "cluster", keys: [CLUSTER_TAG, SOURCE_ARN] },
  { what: "namespace", keys: ["aws:RequestTag/kubernetes-namespace"] },
  { what: "ServiceAccount", keys: ["aws:RequestTag/kubernetes-service-account"] },
];
const TAGS = PARTS.map(({ keys: [tag] }) => tag);

/** An association that no document names: whoever admits it admits any. */
const NOBODY = {
  clusterArn: "arn:aws:eks:nobody-1:000000000000:cluster/nobody-5c81e0f4",
  namespace: "nobody-7f3d2c91",
  serviceAccount: "nobody-e08b46a5",
};

/**
 * Says what is wrong with a statement that lets EKS Pod Identity assume the role: it must say by itself which cluster, namespace and
 * ServiceAccount. Where session tags are off IAM sees the cluster alone, and that is enough.
 *
 * @param all the statements of the document, of which another one may allow the tags.
 * @param rules patterns that are meant; any other says nothing.
 */
export function podIdentityFaults(
  statement: unknown,
  all: unknown[],
  { allowedPatterns }: { allowedPatterns: string[] },
): string[] {
  if (!trustsPods(statement)) {
    return [];
  }
  // A request with tags is allowed twice: for sts:AssumeRole by this statement, and for sts:TagSession by whichever.
  const tagging = all
    .filter((other): other is Entry => trustsPods(other) && other !== statement && allowsTags(other))
    .map((other) => ({ ...other, Action: "sts:TagSession" }));
  const judge = (keys: readonly string[], disableSessionTags: boolean) => {
    const about = [statement, ...tagging].map((one) => onlyAbout(one, keys, allowedPatterns));
    return evaluateTrust({ Version: "2012-10-17", Statement: about }, { ...NOBODY, disableSessionTags });
  };
  const tagged = PARTS.map((part) => ({ ...part, ...judge(part.keys, false) }));
  const untagged = judge([...TAGS, SOURCE_ARN], true);
  const unclear = [...tagged, untagged].find(({ decision }) => decision === "indeterminate");
  if (unclear) {
    const why = unclear.reason.replace("statement 0: ", "");
    return [
      `cannot be judged for ${PODS} (${why}): compare ${listed(TAGS)} by StringEquals with exact values`,
    ];
  }
  const open = tagged.filter(({ decision }) => decision === "allow");
  const patterns = patternsIn(statement, allowedPatterns);
  const hint = patterns.length === 0 ? "" : `; ${patterns.join(" and ")} would have to be in allowedPatterns`;
  const anyCluster = open.some(({ keys }) => keys.includes(CLUSTER_TAG));
  return [
    ...(open.length === 0
      ? []
      : [
          `lets ${PODS} assume the role for any ${listed(open.map(({ what }) => what))}: compare ${listed(
            open.map(({ keys: [tag] }) => tag),
          )} by StringEquals with exact values${hint}`,
        ]),
    ...(untagged.decision !== "allow" || anyCluster
      ? []
      : [
          `lets ${PODS} assume the role for any cluster whose association has its session tags off: compare ${listed(TAGS)} by ` +
            `StringEquals, which wants them to be there, or, for tags that are off, aws:SourceAccount and ${SOURCE_ARN} with the cluster's ARN${hint}`,
        ]),
  ];
}

/** Says that a statement takes every association of a cluster whose session tags are off; none where it does not. */
export function clusterWideRemark(statement: unknown): string[] {
  if (!trustsPods(statement)) {
    return [];
  }
  const about = onlyAbout(statement, TAGS, []);
  const { decision } = evaluateTrust(
    { Version: "2012-10-17", Statement: [about] },
    { ...NOBODY, disableSessionTags: true },
  );
  return decision === "allow"
    ? [
        `is cluster-wide: every association of the clusters in ${SOURCE_ARN} that names this role has it, for with session tags off IAM sees no namespace and no ServiceAccount`,
      ]
    : [];
}

/** Does a statement let EKS Pod Identity in? A name that may stand for it does. */
export function trustsPods(statement: unknown): statement is Entry {
  if (!isEntry(statement) || statement.Effect !== "Allow" || !isEntry(statement.Principal)) {
    return false;
  }
  const services = textsOf(statement.Principal.Service) ?? [];
  return services.some((name) => name.toLowerCase() === PODS || name.includes("*"));
}

function allowsTags({ Action }: Entry): boolean {
  return (textsOf(Action) ?? []).some((action) => /^(\*|sts:(\*|tag.*))$/i.test(action));
}

/**
 * A statement with nothing but what it says of these keys. All that a statement asks for must hold, so that each part can be looked at
 * alone; and a pattern that was not allowed says nothing.
 */
function onlyAbout(statement: Entry, keys: readonly string[], allowedPatterns: string[]): Entry {
  if (statement.Condition !== undefined && !isEntry(statement.Condition)) {
    return statement;
  }
  const kept = conditionsOf(statement).filter(
    ({ operator, key, values }) =>
      keys.some((one) => sameKey(one, key)) && strange(operator, values, allowedPatterns).length === 0,
  );
  const blocks = kept.map(({ operator }) => operator);
  return {
    ...statement,
    Condition: Object.fromEntries(
      [...new Set(blocks)].map((operator) => [
        operator,
        Object.fromEntries(
          kept.filter((one) => one.operator === operator).map(({ key, values }) => [key, values]),
        ),
      ]),
    ),
  };
}

/** The patterns on Pod Identity's keys that were not allowed. */
function patternsIn(statement: Entry, allowedPatterns: string[]): string[] {
  const keys = PARTS.flatMap((part) => part.keys);
  return conditionsOf(statement)
    .filter(({ key }) => keys.some((one) => sameKey(one, key)))
    .flatMap(({ operator, values }) => strange(operator, values, allowedPatterns))
    .map((pattern) => `"${pattern}"`);
}

function strange(operator: string, values: string[], allowedPatterns: string[]): string[] {
  return /like/i.test(operator)
    ? values.filter((value) => /[*?]/.test(value) && !allowedPatterns.includes(value))
    : [];
}

function listed(texts: readonly string[]): string {
  const [last = "", ...others] = [...texts].reverse();
  return others.length === 0 ? last : `${others.reverse().join(", ")} and ${last}`;
}
