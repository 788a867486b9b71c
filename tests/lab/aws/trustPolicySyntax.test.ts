import assert from "node:assert/strict";
import { findDuplicateKey } from "../../../lab/aws/jsonKeys";
import { AwsError } from "../../../lab/aws/query";
import { refuseMalformedTrustPolicy } from "../../../lab/aws/trustPolicySyntax";
import { A, allow, arnOf, B, sub } from "./trustCases";

const oidc = arnOf(A);
const federatedText = "Federated principals must be valid domain names or SAML metadata ARNs";

function policy(...statements: unknown[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

function refusal(document: string, quota = 2048): AwsError | undefined {
  try {
    refuseMalformedTrustPolicy(document, "assumeRolePolicyDocument", quota);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof AwsError);
    return error;
  }
}

function principal(value: unknown): string {
  return policy(allow({ Principal: value }));
}

const taken: Record<string, string> = {
  "one statement a cluster": policy(sub("StringEquals", "x"), allow({ Principal: { Federated: arnOf(B) } })),
  "a statement that is not in an array": JSON.stringify({ Statement: allow() }),
  "the older language version": JSON.stringify({ Version: "2008-10-17", Id: "x", Statement: [allow()] }),
  "several providers": principal({ Federated: [oidc, arnOf(B)] }),
  "a provider in China": principal({ Federated: oidc.replace("arn:aws:", "arn:aws-cn:") }),
  "a SAML provider": principal({ Federated: "arn:aws:iam::123456789012:saml-provider/Okta" }),
  "a provider that AWS knows": principal({ Federated: "cognito-identity.amazonaws.com" }),
  "an account, by number and by ARN": principal({ AWS: ["123456789012", "arn:aws:iam::123456789012:root"] }),
  "everybody in any account": principal({ AWS: "*" }),
  "a service": principal({ Service: "pods.eks.amazonaws.com" }),
  "several STS actions": policy(allow({ Action: ["sts:AssumeRole", "sts:TagSession"] })),
  "EKS Pod Identity's statement": policy(
    allow({
      Principal: { Service: "pods.eks.amazonaws.com" },
      Action: ["sts:AssumeRole", "sts:TagSession"],
      Condition: { StringEquals: { "aws:RequestTag/kubernetes-namespace": ["a", "b"] } },
    }),
  ),
  "a role as principal, by external ID": policy(
    allow({
      Principal: { AWS: "arn:aws:iam::123456789012:role/team/base" },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "sts:ExternalId": "us-east-1/123456789012/blue/default/s3-reader" } },
    }),
  ),
  "set operators and IfExists": policy(sub("ForAnyValue:StringLikeIfExists", ["a", "b"])),
  "other operators": policy(
    allow({ Condition: { Null: { a: true }, NumericLessThan: { b: 5 }, ArnLike: { c: "*" } } }),
  ),
  "statement ids": policy(allow({ Sid: "a" }), allow({ Sid: "b" })),
};

const refused: [what: string, document: string, message: string][] = [
  ["no JSON", "{not json", "This policy contains invalid Json"],
  ["a trailing comma", '{"Statement":[],}', "This policy contains invalid Json"],
  ["a JSON array", "[]", "This policy contains invalid Json"],
  ["an unknown element", JSON.stringify({ foo: 1 }), "Syntax errors in policy."],
  [
    "an unknown version",
    JSON.stringify({ Version: "2020-01-01", Statement: [allow()] }),
    "The policy must contain a valid version string",
  ],
  ["no Statement", JSON.stringify({ Version: "2012-10-17" }), "Missing required field Statement"],
  ["no statement in it", policy(), "Could not parse the policy: Statement is empty!"],
  ["a statement that is a text", policy("x"), "Syntax errors in policy."],
  ["no Effect", policy(allow({ Effect: undefined })), "Missing required field Effect"],
  ["an unknown effect", policy(allow({ Effect: "Permit" })), "Invalid effect: Permit"],
  ["Resource", policy(allow({ Resource: "*" })), "Has prohibited field Resource"],
  ["NotResource", policy(allow({ NotResource: "*" })), "AssumeRole policy must not contain resources."],
  ["a misspelt element", policy(allow({ Conditions: {} })), "Syntax errors in policy."],
  ["no Principal", policy(allow({ Principal: undefined })), "Missing required field Principal"],
  ["an empty Principal", principal({}), "Missing required field Principal cannot be empty!"],
  ["Principal *", principal("*"), 'AssumeRolepolicy contained an invalid principal: "STAR":"*".'],
  ["Allow with NotPrincipal", policy(allow({ NotPrincipal: {} })), "Allow with NotPrincipal is not allowed."],
  [
    "an unresolved output as provider",
    principal({ Federated: "Calling [toString] on an [Output<T>]" }),
    federatedText,
  ],
  ["an empty provider", principal({ Federated: "" }), federatedText],
  ["a provider's URL", principal({ Federated: `https://${A}` }), federatedText],
  ["a provider's host and path", principal({ Federated: A }), federatedText],
  ["a provider's ARN with a wildcard", principal({ Federated: `${oidc}*` }), federatedText],
  [
    "a provider's ARN without an account",
    principal({ Federated: oidc.replace("123456789012", "") }),
    federatedText,
  ],
  ["one bad provider among good ones", principal({ Federated: [oidc, "undefined"] }), federatedText],
  ["a provider that is no text", principal({ Federated: [null] }), "Syntax errors in policy."],
  ["an unknown kind of principal", principal({ Fed: oidc }), `Invalid principal in policy: "Fed":"${oidc}"`],
  ["an account that is none", principal({ AWS: "me" }), 'Invalid principal in policy: "AWS":"me"'],
  ["a service that is none", principal({ Service: "ec2" }), 'Invalid principal in policy: "SERVICE":"ec2"'],
  ["no Action", policy(allow({ Action: undefined })), "Missing required field Action"],
  [
    "an action of another service",
    policy(allow({ Action: ["sts:AssumeRole", "s3:GetObject"] })),
    "AssumeRole policy may only specify STS AssumeRole actions.",
  ],
  [
    "every action",
    policy(allow({ Action: "*" })),
    "AssumeRole policy may only specify STS AssumeRole actions.",
  ],
  ["an unknown operator", policy(sub("StringEqual", "x")), "Syntax errors in policy."],
  [
    "a key outside an operator",
    policy(allow({ Condition: { [`${A}:sub`]: "x" } })),
    "Syntax errors in policy.",
  ],
  ["a value that is an object", policy(sub("StringEquals", { a: "b" })), "Syntax errors in policy."],
  [
    "the same id twice",
    policy(allow({ Sid: "a" }), allow({ Sid: "a" })),
    "The Statement Ids in the policy are not unique",
  ],
];

describe("trust policy, as IAM checks it", () => {
  for (const [what, document] of Object.entries(taken)) {
    it(`takes ${what}`, () => {
      assert.equal(refusal(document), undefined);
    });
  }

  for (const [what, document, message] of refused) {
    it(`refuses ${what}`, () => {
      const error = refusal(document);
      assert.deepEqual(
        [error?.code, error?.status, error?.message],
        ["MalformedPolicyDocument", 400, message],
      );
    });
  }

  it("refuses an operator that stands twice, which JSON.parse would not notice", () => {
    const block = `"StringEquals":{"${A}:sub":"x"}`;
    const document = policy(allow({ Condition: {} })).replace(
      '"Condition":{}',
      `"Condition":{${block},${block}}`,
    );
    assert.equal(refusal(document)?.message, "Duplicate condition element: StringEquals");
  });

  it("refuses any other key that stands twice", () => {
    const document = policy(allow()).replace('"Effect":"Allow"', '"Effect":"Deny","Effect":"Allow"');
    assert.equal(refusal(document)?.message, "Syntax errors in policy.");
  });

  it("refuses characters outside of Latin-1", () => {
    assert.equal(refusal(policy(sub("StringEquals", "日本")))?.code, "ValidationError");
  });

  it("refuses more than IAM reads at all", () => {
    assert.equal(
      refusal(" ".repeat(131_073))?.message,
      "1 validation error detected: Value at 'assumeRolePolicyDocument' failed to satisfy constraint: " +
        "Member must have length less than or equal to 131072",
    );
  });
});

describe("length of a trust policy", () => {
  const ofLength = (length: number) => {
    const short = policy(sub("StringEquals", ""));
    return policy(sub("StringEquals", "x".repeat(length - short.length)));
  };

  it("takes 2,048 characters", () => {
    assert.equal(refusal(ofLength(2048)), undefined);
  });

  it("refuses 2,049", () => {
    const error = refusal(ofLength(2049));
    assert.deepEqual(
      [error?.code, error?.status, error?.message],
      ["LimitExceeded", 409, "Cannot exceed quota for ACLSizePerRole: 2048"],
    );
  });

  it("does not count whitespace", () => {
    const spread = JSON.stringify(JSON.parse(ofLength(2048)), undefined, 8);
    assert.ok(spread.length > 2200);
    assert.equal(refusal(spread), undefined);
  });

  it("goes by the account's quota", () => {
    assert.equal(refusal(ofLength(4096), 4096), undefined);
    assert.equal(refusal(ofLength(4097), 4096)?.message, "Cannot exceed quota for ACLSizePerRole: 4096");
  });
});

describe("keys that stand twice", () => {
  const cases: [json: string, found: unknown][] = [
    ['{"a":1,"b":{"a":2},"c":[{"a":1},{"a":1}]}', undefined],
    ['{"a":"a","b":"\\"a\\":"}', undefined],
    ['{"a":1,"a":2}', { key: "a", path: [] }],
    ['{"a":1,"\\u0061":2}', { key: "a", path: [] }],
    ['{"x":[{"y":{"a":[{}],"b":{},"a":"{"}}]}', { key: "a", path: ["x", "y"] }],
  ];
  for (const [json, found] of cases) {
    it(`${json}: ${JSON.stringify(found) || "none"}`, () => {
      assert.deepEqual(findDuplicateKey(json), found);
    });
  }
});
