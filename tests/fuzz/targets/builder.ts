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
  providerArn,
  statements,
} from "../fleets";
import { mutated } from "../mutate";
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

const options = fc.record(
  { form, maxSize: fc.constantFrom(2048, 4096, 8192), conditions, statements },
  { requiredKeys: [], noNullPrototype: true },
);

/** Arguments of `buildTrustPolicy`, good and bad. */
export const builderCases = mutated(
  fc.record(
    {
      clusters: fc.uniqueArray(cluster, {
        minLength: 1,
        maxLength: 5,
        comparator: (a, b) => a.name === b.name || a.oidcProviderArn === b.oidcProviderArn,
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
    clusters.map(boundOf),
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
  const mismatch = findMismatch(text, clusters, {
    ...(asked?.conditions && { conditions: asked.conditions }),
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
function isOfTexts({ oidcProviderArn, subjects, subjectPatterns = [] }: TrustedCluster): boolean {
  return [oidcProviderArn, subjects, subjectPatterns].flat().every((text) => typeof text === "string");
}

function boundOf({ oidcProviderArn, subjects, subjectPatterns = [] }: TrustedCluster): Bound {
  return {
    providerArn: oidcProviderArn ?? "",
    exact: subjects.map(account),
    patterns: subjectPatterns.map(account),
  };
}

function account(text: string): { namespace: string; name: string } {
  const [, , first = "", name = ""] = text.split(":");
  return { namespace: first, name };
}
