import assert from "node:assert/strict";
import { refuseUnlessOneToOne } from "../../trust/forms";
import { buildTrustPolicy } from "../../trust/policy";
import { TrustPolicyForm, type WebIdentityCluster, type TrustStatement } from "../../trust/types";
import { trustedFleet } from "../support/fleet";

const HOST = "oidc.eks.us-east-1.amazonaws.com/id/";
const arn = (id: string) => `arn:aws:iam::123456789012:oidc-provider/${HOST}${id}`;
const READER = "system:serviceaccount:default:s3-reader";
const WRITER = "system:serviceaccount:jobs:writer";
const ANY_JOB = "system:serviceaccount:jobs:*";
const EXACT_IDS = { oidcProviderClientIds: ["sts.amazonaws.com"] };

const east: WebIdentityCluster = {
  name: "east",
  oidcProviderArn: arn("AAAA"),
  subjects: [WRITER, READER],
  ...EXACT_IDS,
};
const west: WebIdentityCluster = {
  name: "west",
  oidcProviderArn: arn("BBBB"),
  subjects: [READER],
  subjectPatterns: [ANY_JOB],
  ...EXACT_IDS,
};
const { StatementPerCluster, SubjectOnly, SingleStatement, Auto } = TrustPolicyForm;
const HEAD = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":';
const ACTION = '"Action":"sts:AssumeRoleWithWebIdentity"';
const textOf = (form: TrustPolicyForm, clusters: WebIdentityCluster[], maxSize?: number) =>
  JSON.stringify(buildTrustPolicy(clusters, { form, ...(maxSize !== undefined && { maxSize }) }));

describe("forms of a trust policy", () => {
  // The text: the order of keys is what IAM is sent, and what a diff shows.
  it("StatementPerCluster: with one pattern all subjects stand under StringLike, the audience alone under StringEquals", () => {
    assert.equal(
      textOf(StatementPerCluster, [west, east]),
      `${HEAD}"${arn("AAAA")}"},${ACTION},` +
        `"Condition":{"StringEquals":{"${HOST}AAAA:aud":"sts.amazonaws.com","${HOST}AAAA:sub":["${READER}","${WRITER}"]}}},` +
        `{"Effect":"Allow","Principal":{"Federated":"${arn("BBBB")}"},${ACTION},` +
        `"Condition":{"StringEquals":{"${HOST}BBBB:aud":"sts.amazonaws.com"},` +
        `"StringLike":{"${HOST}BBBB:sub":["${READER}","${ANY_JOB}"]}}}]}`,
    );
  });

  it("SubjectOnly: the same without the audience", () => {
    assert.equal(
      textOf(SubjectOnly, [west, east]),
      `${HEAD}"${arn("AAAA")}"},${ACTION},"Condition":{"StringEquals":{"${HOST}AAAA:sub":["${READER}","${WRITER}"]}}},` +
        `{"Effect":"Allow","Principal":{"Federated":"${arn("BBBB")}"},${ACTION},` +
        `"Condition":{"StringLike":{"${HOST}BBBB:sub":["${READER}","${ANY_JOB}"]}}}]}`,
    );
  });

  it("SingleStatement: all providers in one, each issuer's subjects under one operator", () => {
    assert.equal(
      textOf(SingleStatement, [west, east]),
      `${HEAD}["${arn("AAAA")}","${arn("BBBB")}"]},${ACTION},` +
        `"Condition":{"StringEqualsIfExists":{"${HOST}AAAA:sub":["${READER}","${WRITER}"]},` +
        `"StringLikeIfExists":{"${HOST}BBBB:sub":["${READER}","${ANY_JOB}"]}}}]}`,
    );
  });

  it("a pattern alone is a subject enough", () => {
    const only = { ...west, subjects: [] };
    assert.match(
      textOf(StatementPerCluster, [only]),
      /"StringLike":\{"[^"]+BBBB:sub":"system:[^"]+jobs:\*"\}/,
    );
  });

  const sizes: [TrustPolicyForm, number, number, number][] = [
    [StatementPerCluster, 478, 38, 440],
    [SubjectOnly, 383, 38, 345],
    [SingleStatement, 391, 165, 228],
  ];
  for (const [form, one, fixed, each] of sizes) {
    it(`${form}: ${one} for one cluster of us-east-1, ${fixed} + ${each} for each of several`, () => {
      for (let count = 1; count <= 40; count++) {
        const clusters = trustedFleet(count).map((cluster) => ({ ...cluster, ...EXACT_IDS }));
        assert.equal(textOf(form, clusters).length, count === 1 ? one : fixed + each * count);
      }
    });
  }

  describe("Auto", () => {
    const fleet = (count: number) => trustedFleet(count).map((cluster) => ({ ...cluster, ...EXACT_IDS }));

    it("keeps the audience as long as that fits, to the character", () => {
      assert.equal(textOf(Auto, fleet(4)), textOf(StatementPerCluster, fleet(4)));
      assert.equal(textOf(Auto, fleet(5)), textOf(SubjectOnly, fleet(5)));
      assert.equal(textOf(Auto, fleet(5), 38 + 5 * 440), textOf(StatementPerCluster, fleet(5)));
      assert.equal(textOf(Auto, fleet(5), 38 + 5 * 440 - 1), textOf(SubjectOnly, fleet(5)));
    });

    it("never comes to SingleStatement, and never drops the audience where a provider's client IDs are not known", () => {
      assert.equal(textOf(Auto, fleet(40)), textOf(SubjectOnly, fleet(40)));
      const [first, ...others] = fleet(5);
      const unknown = [
        { ...first!, oidcProviderClientIds: undefined } as unknown as WebIdentityCluster,
        ...others,
      ];
      assert.equal(textOf(Auto, unknown), textOf(StatementPerCluster, unknown));
    });
  });

  for (const form of [SubjectOnly, SingleStatement]) {
    for (const [what, ids] of [
      ["not known", undefined],
      ["more than STS", ["sts.amazonaws.com", "other"]],
      ["another", ["other"]],
      ["none", []],
    ] as const) {
      it(`${form} is refused where a provider's client IDs are ${what}`, () => {
        const { oidcProviderClientIds: _, ...rest } = west;
        const clusters = [east, { ...rest, ...(ids && { oidcProviderClientIds: [...ids] }) }];
        assert.throws(() => buildTrustPolicy(clusters, { form }), {
          message: new RegExp(`${form} leaves the audience to the OIDC provider, and that of cluster "west"`),
        });
        assert.doesNotThrow(() => buildTrustPolicy(clusters));
      });
    }
  }

  it("SingleStatement is refused where two issuers differ in case alone: their keys are one for IAM", () => {
    const twin = { ...west, oidcProviderArn: arn("aaaa") };
    assert.doesNotThrow(() => buildTrustPolicy([east, twin]));
    assert.throws(
      () => buildTrustPolicy([east, twin], { form: SingleStatement }),
      /has the issuer of another/,
    );
  });

  for (const pattern of [
    READER,
    "*",
    "system:serviceaccount:*",
    "system:serviceaccount:jobs:a?*",
    "system:serviceaccount:${aws:username}:*",
    "system:serviceaccount:jobs:*:x",
    "system:serviceaccount:Jobs:*",
    "system:serviceaccount::*",
    " system:serviceaccount:jobs:*",
  ]) {
    it(`refuses ${JSON.stringify(pattern)} as a pattern`, () => {
      assert.throws(
        () => buildTrustPolicy([{ ...west, subjectPatterns: [pattern] }]),
        /is not a pattern of subjects/,
      );
    });
  }
});

describe("the single statement, read back", () => {
  const clusters = [east, west];
  const good = () => buildTrustPolicy(clusters, { form: SingleStatement }).Statement;
  const changed = (change: (statement: TrustStatement) => unknown) => () => {
    const [statement] = structuredClone(good());
    change(statement!);
    return [statement!];
  };
  const equals = (statement: TrustStatement) => statement.Condition!.StringEqualsIfExists!;

  it("passes as it is built", () => {
    refuseUnlessOneToOne(good(), clusters);
  });

  const faults: [string, () => TrustStatement[]][] = [
    ["a provider too many", changed((one) => (one.Principal.Federated as string[]).push(arn("CCCC")))],
    ["a provider too few", changed((one) => (one.Principal.Federated as string[]).pop())],
    ["a key gone", changed((one) => (one.Condition!.StringEqualsIfExists = {}))],
    ["a key too many", changed((one) => (equals(one)[`${HOST}CCCC:sub`] = READER))],
    ["a key twice", changed((one) => (one.Condition!.StringLikeIfExists![`${HOST}AAAA:sub`] = READER))],
    [
      "an audience in a subject's place",
      changed((one) => {
        one.Condition!.StringEqualsIfExists = { [`${HOST}AAAA:aud`]: "x" };
      }),
    ],
    ["an empty list", changed((one) => (equals(one)[`${HOST}AAAA:sub`] = []))],
    [
      "another operator",
      changed((one) => {
        one.Condition = { ...one.Condition, StringNotEqualsIfExists: equals(one) };
        delete one.Condition.StringEqualsIfExists;
      }),
    ],
    ["a foreign principal", changed((one) => (one.Principal.AWS = "*"))],
    ["no condition", changed((one) => delete one.Condition)],
    ["no provider", changed((one) => (one.Principal = { AWS: "*" }))],
    ["an ARN that is none", changed((one) => ((one.Principal.Federated as string[])[0] = "x"))],
    ["two statements", () => [...good(), ...good()]],
    ["no statement", () => []],
  ];
  for (const [what, statements] of faults) {
    it(`is refused with ${what}`, () => {
      const built = statements();
      assert.throws(() => {
        refuseUnlessOneToOne(built, clusters);
      }, /it is not used/);
    });
  }
});
