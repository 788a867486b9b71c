import fc from "fast-check";
import { accessTable } from "../../../trust/access";
import { evaluateTrust } from "../../../trust/evaluate";
import { accountName, hostPath, namePattern, namespace, namespacePattern, providerArn } from "../fleets";
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

/** Documents and requests, good and bad. */
export const evaluatorCases: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 9, arbitrary: goodCase },
  { weight: 1, arbitrary: wildCase },
);

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
