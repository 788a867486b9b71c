import assert from "node:assert/strict";
import {
  conditionProblems,
  extraStatementProblems,
  type ExtraTrustStatement,
  type TrustConditions,
} from "../../trust/extras";
import { buildTrustPolicy } from "../../trust/policy";
import { TrustPolicyForm, type WebIdentityCluster } from "../../trust/types";

const HOST = "oidc.eks.us-east-1.amazonaws.com/id/";
const READER = "system:serviceaccount:default:s3-reader";
const clusters: WebIdentityCluster[] = ["AAAA", "BBBB"].map((id) => ({
  name: id,
  oidcProviderArn: `arn:aws:iam::123456789012:oidc-provider/${HOST}${id}`,
  subjects: [READER],
  oidcProviderClientIds: ["sts.amazonaws.com"],
}));
const VPC: TrustConditions = { StringEquals: { "aws:SourceVpc": ["vpc-1"] } };
const BREAK_GLASS: ExtraTrustStatement = { awsPrincipals: ["arn:aws:iam::111122223333:role/break-glass"] };

describe("extra conditions", () => {
  it("stand in each generated statement, beside what is there", () => {
    const conditions = { ...VPC, IpAddress: { "aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"] } };
    const { Statement } = buildTrustPolicy(clusters, { conditions });
    assert.deepEqual(
      Statement.map(({ Condition }) => Condition),
      ["AAAA", "BBBB"].map((id) => ({
        StringEquals: {
          [`${HOST}${id}:aud`]: "sts.amazonaws.com",
          [`${HOST}${id}:sub`]: READER,
          "aws:SourceVpc": "vpc-1",
        },
        IpAddress: { "aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"] },
      })),
    );
  });

  it("leave the generated conditions of every form as they are", () => {
    for (const form of Object.values(TrustPolicyForm)) {
      const bare = buildTrustPolicy(clusters, { form }).Statement;
      const { Statement } = buildTrustPolicy(clusters, { form, conditions: VPC });
      for (const { Condition } of Statement) {
        assert.equal(Condition?.StringEquals?.["aws:SourceVpc"], "vpc-1");
        delete Condition.StringEquals["aws:SourceVpc"];
        if (Object.keys(Condition.StringEquals).length === 0) delete Condition.StringEquals;
      }
      assert.deepEqual(Statement, bare);
    }
  });

  it("are not in extra statements, nor those of one in the generated ones", () => {
    const statements = [{ ...BREAK_GLASS, conditions: { Bool: { "aws:MultiFactorAuthPresent": ["true"] } } }];
    const { Statement } = buildTrustPolicy(clusters, { conditions: VPC, statements });
    assert.deepEqual(Statement[2]?.Condition, { Bool: { "aws:MultiFactorAuthPresent": "true" } });
    assert.equal(Statement[0]?.Condition?.Bool, undefined);
  });

  const never = [
    "aws:PrincipalOrgID",
    "aws:PrincipalArn",
    "aws:principalTag/team",
    "aws:PrincipalAccount",
    "aws:userid",
    "aws:MultiFactorAuthPresent",
    "aws:TokenIssueTime",
    "aws:RequestTag/x",
    "aws:TagKeys",
    "sts:ExternalId",
    "aws:SourceAccount",
    "aws:SourceArn",
  ];
  for (const key of never) {
    it(`with ${key} would deny everyone, and are refused with the reason`, () => {
      const conditions = { StringEquals: { [key]: ["x"] } };
      const [problem, ...more] = conditionProblems(conditions, { for: "webIdentity" });
      assert.deepEqual(more, []);
      assert.equal(problem?.path, `["StringEquals"]["${key}"]`);
      assert.match(
        problem.reason,
        /never part of AssumeRoleWithWebIdentity.*deny everyone.*: .+\. Leave it out/,
      );
      assert.deepEqual(conditionProblems(conditions, { for: "principals" }), []);
    });
  }

  for (const key of [
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:SourceIp",
    "aws:RequestedRegion",
    "sts:RoleSessionName",
  ]) {
    it(`with ${key} are taken`, () => {
      assert.deepEqual(conditionProblems({ StringLike: { [key]: ["x*"] } }, { for: "webIdentity" }), []);
    });
  }

  const wrong: [string, TrustConditions, string, RegExp][] = [
    ["an operator that is none", { Equals: {} }, '["Equals"]', /is no condition operator/],
    ["an operator in other letters", { stringequals: {} }, '["stringequals"]', /is no condition operator/],
    [
      "one key in two spellings",
      { Null: { "aws:SourceVpc": ["true"], "aws:sourcevpc": ["false"] } },
      '["Null"]["aws:sourcevpc"]',
      /is "aws:SourceVpc" in other letters.*write it once/,
    ],
    ["an operator without keys", { StringLike: {} }, '["StringLike"]', /has no key/],
    [
      "an issuer's key",
      { StringEquals: { [`${HOST}AAAA:sub`]: [READER] } },
      `["StringEquals"]["${HOST}AAAA:sub"]`,
      /an issuer's own keys are written by the bindings alone/,
    ],
    ["a key without values", { Null: { "aws:SourceVpc": [] } }, '["Null"]["aws:SourceVpc"]', /has no value/],
    ["an empty value", { Null: { "aws:SourceVpc": [""] } }, '["Null"]["aws:SourceVpc"]', /no text: ""/],
    [
      "a value that is no list",
      { Null: { "aws:SourceVpc": "true" as unknown as string[] } },
      '["Null"]["aws:SourceVpc"]',
      /has no value/,
    ],
    [
      "a number",
      { Null: { "aws:SourceVpc": [1 as unknown as string] } },
      '["Null"]["aws:SourceVpc"]',
      /no text: 1/,
    ],
  ];
  for (const [what, conditions, path, reason] of wrong) {
    it(`with ${what} are refused`, () => {
      const problems = conditionProblems(conditions, { for: "webIdentity" });
      assert.deepEqual(
        problems.map((problem) => problem.path),
        [path],
      );
      assert.match(problems[0]!.reason, reason);
      assert.throws(() => buildTrustPolicy(clusters, { conditions }), {
        message: `conditions${path} ${problems[0]!.reason}`,
      });
    });
  }

  for (const operator of [
    "StringEqualsIgnoreCase",
    "ForAnyValue:StringNotLikeIfExists",
    "ArnLike",
    "NotIpAddress",
    "DateLessThanEquals",
    "NumericNotEquals",
    "BoolIfExists",
    "Null",
  ]) {
    it(`know the operator ${operator}`, () => {
      assert.deepEqual(
        conditionProblems({ [operator]: { "aws:SourceVpc": ["x"] } }, { for: "webIdentity" }),
        [],
      );
    });
  }
});

describe("extra statements", () => {
  it("stand at the end, as IAM reads them", () => {
    const statements: ExtraTrustStatement[] = [
      BREAK_GLASS,
      {
        sid: "Two",
        awsPrincipals: ["arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:user/ops/me"],
        actions: ["sts:AssumeRole", "sts:TagSession"],
        conditions: {},
      },
    ];
    assert.equal(
      JSON.stringify(buildTrustPolicy(clusters, { statements }).Statement.slice(2)),
      '[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/break-glass"},"Action":"sts:AssumeRole"},' +
        '{"Sid":"Two","Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111122223333:root","arn:aws:iam::111122223333:user/ops/me"]},' +
        '"Action":["sts:AssumeRole","sts:TagSession"]}]',
    );
  });

  const wrong: [string, Partial<ExtraTrustStatement>, string, RegExp][] = [
    ["no principals", { awsPrincipals: [] }, ".awsPrincipals", /is empty/],
    ["everyone", { awsPrincipals: ["*"] }, ".awsPrincipals[0]", /wildcards and other kinds/],
    [
      "a wildcard",
      { awsPrincipals: ["arn:aws:iam::111122223333:role/*"] },
      ".awsPrincipals[0]",
      /write the ARN/,
    ],
    ["an account by number", { awsPrincipals: ["111122223333"] }, ".awsPrincipals[0]", /:root\)/],
    [
      "an OIDC provider",
      { awsPrincipals: [clusters[0]!.oidcProviderArn] },
      ".awsPrincipals[0]",
      /other kinds of principal/,
    ],
    ["no actions", { actions: [] }, ".actions", /is empty/],
    [
      "web identities",
      { actions: ["sts:AssumeRoleWithWebIdentity"] },
      ".actions[0]",
      /by the bindings alone/,
    ],
    ["every action", { actions: ["sts:*"] }, ".actions[0]", /write sts:AssumeRole,/],
    ["a sid with a dash", { sid: "a-b" }, ".sid", /letters and digits only/],
    ["a wrong condition", { conditions: { X: {} } }, '.conditions["X"]', /no condition operator/],
  ];
  for (const [what, changes, path, reason] of wrong) {
    it(`with ${what} are refused`, () => {
      const statement = { ...BREAK_GLASS, ...changes };
      const problems = extraStatementProblems(statement);
      assert.deepEqual(
        problems.map((problem) => problem.path),
        [path],
      );
      assert.match(problems[0]!.reason, reason);
      assert.throws(() => buildTrustPolicy(clusters, { statements: [BREAK_GLASS, statement] }), {
        message: `statements[1]${path} ${problems[0]!.reason}`,
      });
    });
  }
});
