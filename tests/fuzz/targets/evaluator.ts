import fc from "fast-check";
import { accessTable } from "../../../trust/access";
import { evaluateTrust } from "../../../trust/evaluate";
import {
  accountName,
  hostPath,
  namePattern,
  namespace,
  namespacePattern,
  podIdentity,
  providerArn,
} from "../fleets";
import type { TrustedPodIdentity } from "../../../trust/types";
import { mutated } from "../mutate";
import { crashed, fine, wrong, type Outcome } from "../outcome";
import { admits } from "../reader";
import { wildText, wildValue } from "../wild";

const issuers = fc.uniqueArray(hostPath, { minLength: 1, maxLength: 3 });
const pattern = fc
  .tuple(fc.oneof(namespace, namespacePattern), fc.oneof(accountName, namePattern))
  .map((parts) => `system:serviceaccount:${parts.join(":")}`);
const operator = fc.constantFrom(
  "StringEquals",
  "StringLike",
  "StringEqualsIfExists",
  "StringLikeIfExists",
  "stringequals",
  "StringNotEquals",
  "StringEqualsIgnoreCase",
  "ForAllValues:StringEquals",
  "ForAnyValue:StringLike",
  "Null",
  "ArnLike",
  "NumericEquals",
);
const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.oneof(arbitrary, fc.array(arbitrary, { maxLength: 3 }));
const plain = { noNullPrototype: true } as const;

function statementOf(known: string[]): fc.Arbitrary<unknown> {
  const issuer = fc.constantFrom(...known);
  const keys = fc.oneof(
    { weight: 4, arbitrary: issuer.map((one) => `${one}:sub`) },
    { weight: 2, arbitrary: issuer.map((one) => `${one}:aud`) },
    { weight: 1, arbitrary: fc.constantFrom("aws:SourceVpc", "sts:RoleSessionName", "sub") },
  );
  const values = some(
    fc.oneof(pattern, fc.constantFrom("sts.amazonaws.com", "true", "*", "${aws:username}")),
  );
  return fc.record(
    {
      Sid: fc.constant("One"),
      Effect: fc.constantFrom("Allow", "Allow", "Allow", "Deny"),
      Principal: fc.oneof(
        { weight: 6, arbitrary: fc.record({ Federated: some(issuer.map(providerArn)) }, plain) },
        {
          weight: 1,
          arbitrary: fc.constantFrom<unknown>("*", { AWS: "*" }, { AWS: "arn:aws:iam::123456789012:root" }),
        },
      ),
      Action: some(
        fc.constantFrom(
          "sts:AssumeRoleWithWebIdentity",
          "STS:assumerolewithwebidentity",
          "sts:*",
          "sts:AssumeRole",
        ),
      ),
      Condition: fc.dictionary(operator, fc.dictionary(keys, values, { maxKeys: 3, ...plain }), {
        maxKeys: 2,
        ...plain,
      }),
    },
    { requiredKeys: ["Effect", "Principal", "Action"], ...plain },
  );
}

const request = (known: string[]) =>
  fc.record(
    {
      oidcProviderArn: fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(...known.map(providerArn)) },
        { weight: 1, arbitrary: wildText },
      ),
      subject: fc.oneof({ weight: 9, arbitrary: pattern }, { weight: 1, arbitrary: wildText }),
      audience: fc.constantFrom("sts.amazonaws.com", "vault", ""),
      action: fc.constantFrom("sts:AssumeRoleWithWebIdentity", "sts:AssumeRole"),
      context: fc.dictionary(
        fc.oneof(fc.constantFrom("aws:SourceVpc", "aws:SourceIp"), wildText),
        some(wildText),
        {
          maxKeys: 2,
          ...plain,
        },
      ),
    },
    { requiredKeys: ["oidcProviderArn", "subject"], ...plain },
  );

const goodCase = issuers.chain((known) =>
  fc.record(
    {
      document: mutated(
        fc.record(
          {
            Version: fc.constant("2012-10-17"),
            Statement: fc.array(statementOf(known), { minLength: 1, maxLength: 3 }),
          },
          plain,
        ),
      ),
      request: request(known),
      asText: fc.boolean(),
    },
    plain,
  ),
);

const wildCase = fc.record(
  {
    document: fc.oneof(
      wildValue,
      fc.json().map((text) => ({ Statement: text })),
      fc
        .tuple(fc.constantFrom("[", '{"a":', '{"Statement":[', '{"Statement":{}'), fc.nat(50_000))
        .map(([text, times]) => text.repeat(times)),
    ),
    request: issuers.chain(request),
    asText: fc.boolean(),
  },
  plain,
);

/** Pods that come by Pod Identity; what they ask of the same documents. */
const podRequest = fc.record(
  {
    way: fc.oneof(
      { weight: 4, arbitrary: podIdentity },
      {
        weight: 1,
        arbitrary: fc.record(
          { clusterArn: wildText, baseRoleArn: wildText },
          { requiredKeys: ["clusterArn"], ...plain },
        ),
      },
    ),
    namespace: fc.oneof(namespace, wildText),
    serviceAccount: fc.oneof(accountName, wildText),
    context: fc.dictionary(
      fc.oneof(fc.constantFrom("aws:SourceOrgID", "aws:TagKeys"), wildText),
      some(wildText),
      {
        maxKeys: 2,
        ...plain,
      },
    ),
  },
  { requiredKeys: ["way", "namespace", "serviceAccount"], ...plain },
);

/** Documents of the builder, one change away or more, for pods. */
const podCase = fc
  .tuple(
    podIdentity,
    fc.array(podIdentity, { maxLength: 12 }),
    fc.array(fc.tuple(namespace, accountName), { minLength: 1, maxLength: 3 }),
    podRequest,
    fc.boolean(),
  )
  .chain(([first, more, accounts, asked, asText]) =>
    fc.record(
      {
        document: mutated(
          fc.constant({
            Version: "2012-10-17",
            Statement: [first, ...more].map((way) => podStatement(way, accounts)),
          }),
        ),
        pods: fc.constantFrom(asked, {
          ...asked,
          way: first,
          namespace: accounts[0]?.[0] ?? "",
          serviceAccount: accounts[0]?.[1] ?? "",
        }),
        asText: fc.constant(asText),
      },
      plain,
    ),
  );

function podStatement({ clusterArn, baseRoleArn }: TrustedPodIdentity, accounts: [string, string][]): object {
  return {
    Effect: "Allow",
    Principal: baseRoleArn === undefined ? { Service: "pods.eks.amazonaws.com" } : { AWS: baseRoleArn },
    Action: ["sts:AssumeRole", "sts:TagSession"],
    Condition: {
      StringEquals: {
        "aws:RequestTag/eks-cluster-arn": clusterArn,
        "aws:RequestTag/kubernetes-namespace": accounts.map(([first]) => first),
        "aws:RequestTag/kubernetes-service-account": accounts.map(([, name]) => name),
      },
    },
  };
}

/** Documents and requests, good and bad. */
export const evaluatorCases: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 9, arbitrary: goodCase },
  { weight: 5, arbitrary: podCase },
  { weight: 1, arbitrary: wildCase },
);

interface PodCase {
  document: string | object;
  pods: {
    way: TrustedPodIdentity;
    namespace: string;
    serviceAccount: string;
    context?: Record<string, string>;
  };
  asText: boolean;
}

interface Case {
  document: string | object;
  request: {
    oidcProviderArn: string;
    subject: string;
    audience?: string;
    action?: string;
    context?: Record<string, string>;
  };
  asText: boolean;
}

/** Any document gets an answer, the same from both functions; and where the second reader has one too, they do not contradict. */
export function judgeEvaluator(value: unknown): Outcome {
  if ("pods" in (value as object)) return judgePods(value as PodCase);
  const { document: given, request: asking, asText } = value as Case;
  const document = asText ? asJson(given) : given;
  let decision: string;
  let inTable: string | undefined;
  try {
    decision = evaluateTrust(document, asking).decision;
    const { oidcProviderArn, subject } = asking;
    const [, , first = "", ...name] = subject.split(":");
    const rows = accessTable(
      document,
      [{ name: "one", oidcProviderArn }],
      [{ namespace: first, name: name.join(":") }],
    );
    inTable = rows[0]?.decision;
  } catch (error) {
    return crashed("evaluateTrust or accessTable", error);
  }
  if (![decision, inTable].every((one) => one === "allow" || one === "deny" || one === "indeterminate")) {
    return wrong(`the decisions are ${decision} and ${String(inTable)}`, "a decision that is none");
  }
  return contradiction(document, asking, decision) ?? fine(decision);
}

/** Any document gets an answer for a pod too, the same from both functions. */
function judgePods({ document: given, pods: { way, ...pod }, asText }: PodCase): Outcome {
  const document = asText ? asJson(given) : given;
  try {
    const { decision, reason } = evaluateTrust(document, { ...way, ...pod });
    const account = { namespace: pod.namespace, name: pod.serviceAccount };
    const [row] = accessTable(document, [{ name: "one", podIdentity: way }], [account]);
    if (!["allow", "deny", "indeterminate"].includes(decision) || reason === "") {
      return wrong(`the decision is ${decision}`, "a decision that is none");
    }
    return Object.keys(pod.context ?? {}).length > 0 || row?.decision === decision
      ? fine(`${decision} by Pod Identity`)
      : wrong(`evaluateTrust says "${decision}" and accessTable ${String(row?.decision)}`, "two answers");
  } catch (error) {
    return crashed("evaluateTrust or accessTable, of a pod", error);
  }
}

function contradiction(
  document: string | object,
  asking: Case["request"],
  decision: string,
): Outcome | undefined {
  const { oidcProviderArn, subject, audience = "sts.amazonaws.com", action, context } = asking;
  if (action === "sts:AssumeRole" || Object.keys(context ?? {}).length > 0) return undefined;
  const text = asJson(document);
  if (text.length > 20_000 || subject.length > 20_000) return undefined;
  const read = admits(parsed(text), { providerArn: oidcProviderArn, subject, audience }, "unknown");
  const contradicts = (decision === "allow" && read === "deny") || (decision === "deny" && read === "allow");
  return contradicts
    ? wrong(`evaluateTrust says "${decision}" and the second reader "${read}"`, `${decision} for ${read}`)
    : undefined;
}

function asJson(document: unknown): string {
  if (typeof document === "string") return document;
  try {
    const text: unknown = JSON.stringify(document);
    return typeof text === "string" ? text : "";
  } catch {
    return "";
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
