import assert from "node:assert/strict";
import fc from "fast-check";
import { judgeTrust } from "../../lab/aws/trustJudge";
import { evaluateTrust } from "../../trust/evaluate";
import { findMismatch } from "../../trust/exact";
import { buildTrustPolicy } from "../../trust/policy";
import type { TrustedCluster } from "../../trust/types";
import { mutated, someBindings, someChange, stringsIn } from "./exactMutations";

const STS = "sts.amazonaws.com";
const CONDITIONS = { StringEquals: { "aws:SourceVpc": ["vpc-1"] } };

interface Token {
  arn: string;
  subject: string;
  audience: string;
}
/** Whether a document does otherwise than the bindings say. */
type Opinion = (document: object, token: Token, bound: boolean) => boolean;

/** The lab's judge shares no code with the evaluator. */
const judge: Opinion = (document, { arn, subject, audience }, bound) =>
  judgeTrust(JSON.stringify(document), {
    providerArn: arn,
    issuerUrl: arn.replace(/^.*oidc-provider\//, "https://"),
    subject,
    audience,
    roleSessionName: "session",
  }).allowed !== bound;
/** The extra condition must narrow. */
const evaluator: Opinion = (document, token, bound) =>
  inVpc("vpc-1", document, token) !== bound || inVpc("vpc-2", document, token);
const inVpc = (vpc: string, document: object, { arn, subject, audience }: Token) =>
  evaluateTrust(document, { oidcProviderArn: arn, subject, audience, context: { "aws:SourceVpc": vpc } })
    .decision === "allow";

function isBound(clusters: TrustedCluster[], { arn, subject, audience }: Token): boolean {
  const cluster = clusters.find(({ oidcProviderArn }) => oidcProviderArn === arn);
  const patterns = (cluster?.subjectPatterns ?? []).map(
    (pattern) => new RegExp(`^${pattern.replaceAll(".", "[.]").replaceAll("*", "[^:]*")}$`),
  );
  const named = cluster?.subjects.includes(subject) === true || patterns.some((one) => one.test(subject));
  return named && audience === STS;
}

/** Tokens of every provider that is named anywhere, with every subject that is, or nearly. */
function tokens(document: object, original: object, clusters: TrustedCluster[]): Token[] {
  const texts = [...new Set([document, original].flatMap(stringsIn))];
  const near = texts.flatMap((text) => [
    text,
    text.replaceAll("*", "zz").replaceAll("?", "q"),
    text.replaceAll("*", "").replaceAll("?", "q"),
    text.slice(0, -1),
    `${text}b`,
  ]);
  const subjects = new Set(
    ["system:serviceaccount:zz:zz", ...near].filter((text) =>
      /^system:serviceaccount:[^:]*:[^:]*$/.test(text),
    ),
  );
  const arns = texts.filter((text) => /^arn:aws[a-z-]*:iam::\d{12}:oidc-provider\/oidc\.eks\./.test(text));
  return [...new Set([...clusters.flatMap(({ oidcProviderArn }) => oidcProviderArn ?? []), ...arns])].flatMap(
    (arn) => {
      const cluster = clusters.find(({ oidcProviderArn }) => oidcProviderArn === arn);
      const audiences = cluster?.oidcProviderClientIds ? [STS] : [STS, "vault"];
      return [...subjects].flatMap((subject) => audiences.map((audience) => ({ arn, subject, audience })));
    },
  );
}

describe("findMismatch: any fleet", () => {
  it("takes what the builder made", () => {
    fc.assert(
      fc.property(someBindings, fc.boolean(), ({ clusters, form }, narrowed) => {
        const options = narrowed ? { conditions: CONDITIONS } : {};
        const policy = buildTrustPolicy(clusters, { form, ...options });
        assert.equal(findMismatch(policy, clusters, options), undefined);
      }),
    );
  });

  const opinions: [who: string, options: { conditions?: typeof CONDITIONS }, isWrong: Opinion][] = [
    ["the lab's judge", {}, judge],
    ["the evaluator, with an extra condition", { conditions: CONDITIONS }, evaluator],
  ];
  for (const [who, options, isWrong] of opinions) {
    it(`a changed document that it takes admits exactly those bound, says ${who}`, () => {
      let different = 0;
      fc.assert(
        fc.property(someBindings, someChange, ({ clusters, form }, change) => {
          const original = buildTrustPolicy(clusters, { form, ...options });
          const document = mutated(original, change);
          const wrong = tokens(document, original, clusters).find((token) =>
            isWrong(document, token, isBound(clusters, token)),
          );
          if (wrong === undefined) return;
          different++;
          const found = findMismatch(document, clusters, options);
          assert.ok(found, `${JSON.stringify(wrong)} of ${JSON.stringify(document)}`);
        }),
        { numRuns: 150 },
      );
      assert.ok(different > 10, `${different} of 150 documents were different`);
    });
  }
});
