import fc from "fast-check";
import { evaluateTrust } from "../../../trust/evaluate";
import { findMismatch } from "../../../trust/exact";
import { buildTrustPolicy } from "../../../trust/policy";
import type { TrustedCluster, TrustPolicyOptions } from "../../../trust/types";
import { difference, type Bound } from "../bindings";
import {
  accountName,
  clusterName,
  conditions,
  form,
  hostPath,
  namePattern,
  namespace,
  namespacePattern,
  podIdentity,
  podIdentityConditions,
  providerArn,
  statements,
} from "../fleets";
import { mutated } from "../mutate";
import { podDifference, type PodBound } from "../pods";
import { crashed, fine, wrong, type Outcome } from "../outcome";

const subject = fc.tuple(namespace, accountName).map((parts) => `system:serviceaccount:${parts.join(":")}`);
const pattern = fc
  .tuple(namespacePattern, namePattern)
  .map((parts) => `system:serviceaccount:${parts.join(":")}`)
  .filter((text) => text.includes("*"));

const cluster = fc.record(
  {
    name: clusterName,
    oidcProviderArn: hostPath.map(providerArn),
    subjects: fc.array(subject, { minLength: 1, maxLength: 3 }),
    subjectPatterns: fc.array(pattern, { maxLength: 2 }),
    oidcProviderClientIds: fc.constantFrom(
      ["sts.amazonaws.com"],
      ["sts.amazonaws.com"],
      ["sts.amazonaws.com", "vault"],
    ),
  },
  { requiredKeys: ["name", "oidcProviderArn", "subjects"], noNullPrototype: true },
);
/** Mostly of web identities, or of both, or of Pod Identity alone, which takes no patterns. */
const anyCluster = fc
  .tuple(cluster, podIdentity, fc.constantFrom("web", "web", "both", "pods"))
  .map(([{ subjectPatterns, oidcProviderArn, ...one }, way, mode]) =>
    mode === "web"
      ? { ...one, oidcProviderArn, ...(subjectPatterns && { subjectPatterns }) }
      : { ...one, ...(mode === "both" && { oidcProviderArn }), podIdentity: way },
  );

const options = fc.record(
  { form, maxSize: fc.constantFrom(2048, 4096, 8192), conditions, podIdentityConditions, statements },
  { requiredKeys: [], noNullPrototype: true },
);

/** Arguments of `buildTrustPolicy`, good and bad. */
export const builderCases = mutated(
  fc.record(
    {
      clusters: fc.uniqueArray(anyCluster, {
        minLength: 1,
        maxLength: 5,
        comparator: (a, b) => a.name === b.name,
      }),
      options,
    },
    { noNullPrototype: true },
  ),
);

/** Either it is refused by an Error of ours, or the document admits exactly the bindings. */
export function judgeBuilder(value: unknown): Outcome {
  const { clusters, options: asked } = value as { clusters: TrustedCluster[]; options?: TrustPolicyOptions };
  let text: string;
  try {
    text = JSON.stringify(buildTrustPolicy(clusters, asked));
  } catch (error) {
    const ours = error instanceof Error && error.constructor === Error && error.message !== "";
    return ours ? fine("refused") : crashed("buildTrustPolicy", error);
  }
  if (!clusters.every(isOfTexts)) {
    return wrong(`a document was built of what is no text\n${text}`, "what is no text was taken");
  }
  const document: unknown = JSON.parse(text);
  const found = difference(
    document,
    clusters.filter(({ oidcProviderArn }) => oidcProviderArn !== undefined).map(boundOf),
    {
      narrowed: Object.keys(asked?.conditions ?? {}).length > 0,
      audienceInDocument: text.includes(':aud":'),
    },
    ({ providerArn: oidcProviderArn, subject: asking, audience }) =>
      evaluateTrust(text, { oidcProviderArn, subject: asking, audience }).decision,
  );
  if (found !== undefined) {
    return wrong(`${found}\n${text}`, "the document and the bindings differ");
  }
  const pods = podDifference(document, clusters.flatMap(podBoundOf), {
    narrowed: Object.keys(asked?.podIdentityConditions ?? {}).length > 0,
  });
  if (pods !== undefined) {
    return wrong(`${pods}\n${text}`, "the document and the bindings of Pod Identity differ");
  }
  const mismatch = findMismatch(text, clusters, {
    ...(asked?.conditions && { conditions: asked.conditions }),
    ...(asked?.podIdentityConditions && { podIdentityConditions: asked.podIdentityConditions }),
    statements: asked?.statements?.length ?? 0,
  });
  return mismatch === undefined
    ? fine("built")
    : wrong(
        `the self-check refuses ${JSON.stringify(mismatch)}\n${text}`,
        "the self-check refuses what is right",
      );
}

/** What stands in the document; of the name, only its order does. */
function isOfTexts({
  oidcProviderArn,
  podIdentity: way,
  subjects,
  subjectPatterns = [],
}: TrustedCluster): boolean {
  const ways = [oidcProviderArn, way?.clusterArn, way?.baseRoleArn].filter((text) => text !== undefined);
  return (
    ways.length > 0 && [ways, subjects, subjectPatterns].flat().every((text) => typeof text === "string")
  );
}

function boundOf({ oidcProviderArn, subjects, subjectPatterns = [] }: TrustedCluster): Bound {
  return {
    providerArn: oidcProviderArn ?? "",
    exact: subjects.map(account),
    patterns: subjectPatterns.map(account),
  };
}

function podBoundOf({ podIdentity: way, subjects }: TrustedCluster): PodBound[] {
  return way === undefined ? [] : [{ way, exact: subjects.map(account) }];
}

function account(text: string): { namespace: string; name: string } {
  const [, , first = "", name = ""] = text.split(":");
  return { namespace: first, name };
}
