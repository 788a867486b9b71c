import assert from "node:assert/strict";
import {
  conditionProblems,
  extraStatementProblems,
  renderedStatement,
  withConditions,
} from "../../trust/extras";

const ROLE = "arn:aws:iam::111122223333:role/break-glass";
const problemsOf = (operator: string, key: string) =>
  conditionProblems({ [operator]: { [key]: ["x"] } }, { for: "webIdentity" });

describe("operators of extra conditions", () => {
  const bases = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnNotEquals",
    "ArnLike",
    "ArnNotLike",
  ];

  it("are those of the IAM user guide, each with and without quantifier and IfExists", () => {
    for (const base of bases) {
      for (const quantifier of ["", "ForAnyValue:", "ForAllValues:"]) {
        for (const suffix of ["", "IfExists"]) {
          assert.deepEqual(problemsOf(`${quantifier}${base}${suffix}`, "aws:SourceVpc"), []);
        }
      }
    }
  });

  for (const operator of ["XStringEquals", "StringEqualsX", "NullIfExists", "IsNull", "ForAnyValue:Null"]) {
    it(`${operator} is none of them`, () => {
      assert.match(problemsOf(operator, "aws:SourceVpc")[0]?.reason ?? "", /is no condition operator/);
    });
  }
});

describe("keys of extra conditions", () => {
  /** Nearly those that AssumeRoleWithWebIdentity never carries. */
  const near = [
    "my-aws:PrincipalArn",
    "my-aws:userid",
    "aws:userids",
    "aws:usernames",
    "my-aws:TokenIssueTime",
    "my-aws:TagKeys",
    "aws:TagKeysOfMine",
    "my-sts:ExternalId",
    "sts:ExternalIds",
    "my-aws:SourceArn",
    "aws:SourceArns",
  ];
  for (const key of near) {
    it(`${key} is not taken for another`, () => {
      assert.deepEqual(problemsOf("StringEquals", key), []);
    });
  }

  for (const key of ["aws:SourceVpc x", " aws:SourceVpc", "aws:", ":x", "SourceVpc"]) {
    it(`${JSON.stringify(key)} is none`, () => {
      assert.match(problemsOf("StringEquals", key)[0]?.reason ?? "", /is no key of AWS/);
    });
  }
});

describe("extra statements, more closely", () => {
  for (const arn of [
    "arn:aws-cn:iam::111122223333:root",
    "arn:aws-us-gov:sts::111122223333:assumed-role/a/b",
    "arn:aws:iam::111122223333:user/ops/a+b=c,d.e@f-g",
  ]) {
    it(`admit ${arn}`, () => {
      assert.deepEqual(extraStatementProblems({ awsPrincipals: [arn] }), []);
    });
  }

  for (const arn of [`x${ROLE}`, `${ROLE} x`, `${ROLE}*`, "arn:aws:iam::111122223333:rooted"]) {
    it(`do not admit "${arn}"`, () => {
      const problems = extraStatementProblems({ awsPrincipals: [ROLE, arn] });
      assert.deepEqual(
        problems.map(({ path }) => path),
        [".awsPrincipals[1]"],
      );
    });
  }

  it("take each action that a principal of IAM needs", () => {
    const actions = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"];
    assert.deepEqual(extraStatementProblems({ awsPrincipals: [ROLE], actions }), []);
  });

  it("have no Sid unless one is given", () => {
    assert.deepEqual(renderedStatement({ awsPrincipals: [ROLE] }), {
      Effect: "Allow",
      Principal: { AWS: ROLE },
      Action: "sts:AssumeRole",
    });
  });
});

describe("conditions beside those of a statement", () => {
  it("stand behind them in alphabetical order, whatever the order they are given in", () => {
    const extra = { StringLike: { "b:y": ["2"], "a:x": ["1", "2"] }, Bool: { "c:z": ["true"] } };
    assert.equal(
      JSON.stringify(withConditions({ StringEquals: { k: "v" } }, extra)),
      '{"StringEquals":{"k":"v"},"Bool":{"c:z":"true"},"StringLike":{"a:x":["1","2"],"b:y":"2"}}',
    );
  });
});
