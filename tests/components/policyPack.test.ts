import assert from "node:assert/strict";
import fc from "fast-check";
import { trustFaults } from "../../examples/policy-pack/rules";
import { buildTrustPolicy } from "../../trust/policy";
import { trustPolicySize } from "../../trust/size";
import { TrustPolicyForm, type TrustedCluster } from "../../trust/types";
import { someFleet, trustedBy } from "../support/arbitraries";
import { trustedFleet } from "../support/fleet";
import { ARN, document, faultsOf, HOST, only } from "../support/policyPack";

const { StatementPerCluster, SubjectOnly, SingleStatement, Auto } = TrustPolicyForm;
const JOBS = "system:serviceaccount:jobs:*";
const EXACT_IDS = { oidcProviderClientIds: ["sts.amazonaws.com"] };
const fleet = (count: number, changes: Partial<TrustedCluster> = {}) =>
  trustedFleet(count).map((cluster) => ({ ...cluster, ...EXACT_IDS, ...changes }));
const READER = "system:serviceaccount:default:s3-reader";

/** One statement for the first cluster, with nothing wrong but what is changed. */
const statement = (changes: object = {}) => ({
  Effect: "Allow",
  Principal: { Federated: ARN },
  Action: "sts:AssumeRoleWithWebIdentity",
  Condition: { StringEquals: { [`${HOST}:sub`]: READER } },
  ...changes,
});

describe("the policy pack's rules", () => {
  describe("find nothing in", () => {
    for (const form of [StatementPerCluster, SubjectOnly, SingleStatement, Auto]) {
      it(`what the builder writes as ${form}`, () => {
        fc.assert(
          fc.property(someFleet, (some) => {
            const clusters = trustedBy(some).map((cluster) => ({ ...cluster, ...EXACT_IDS }));
            const policy = buildTrustPolicy(clusters, { form });
            assert.deepEqual(faultsOf(policy, { maxSize: 8192 }), []);
          }),
          { numRuns: 50 },
        );
      });

      it(`${form} with a pattern that is allowed`, () => {
        const policy = buildTrustPolicy(fleet(3, { subjectPatterns: [JOBS] }), { form });
        assert.deepEqual(faultsOf(policy, { allowedPatterns: [JOBS] }), []);
      });
    }

    it("a document of exactly the limit", () => {
      const policy = buildTrustPolicy(fleet(4));
      assert.deepEqual(faultsOf(policy, { maxSize: trustPolicySize(policy) }), []);
      assert.deepEqual(faultsOf(JSON.stringify(policy, null, 4), { maxSize: trustPolicySize(policy) }), []);
    });

    it("a document with conditions of the network, and a break-glass role beside it", () => {
      const policy = buildTrustPolicy(fleet(2), {
        conditions: { StringEquals: { "aws:SourceVpc": ["vpc-1"] } },
        statements: [{ awsPrincipals: ["arn:aws:iam::123456789012:role/break-glass"] }],
      });
      assert.deepEqual(faultsOf(policy), []);
    });

    it("a Deny, whatever its conditions: it admits nobody", () => {
      const Condition = { StringLike: { [`${HOST}:sub`]: "*" }, StringIs: { x: "y" } };
      assert.deepEqual(faultsOf(document(statement(), statement({ Effect: "Deny", Condition }))), []);
    });

    it("a document given as an object", () => {
      assert.deepEqual(trustFaults(document(statement())), []);
    });

    it("a document that is not known yet", () => {
      assert.deepEqual(trustFaults(undefined), []);
    });

    for (const [what, principal] of [
      ["AWS services", { Service: "ec2.amazonaws.com" }],
      ["an account", { AWS: "arn:aws:iam::123456789012:root" }],
      ["a SAML provider", { Federated: "arn:aws:iam::123456789012:saml-provider/okta" }],
      [
        "GitHub",
        { Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" },
      ],
    ] as const) {
      it(`a role that trusts ${what}, however large`, () => {
        const many = Array.from({ length: 40 }, () =>
          statement({ Principal: principal, Condition: undefined }),
        );
        assert.ok(trustPolicySize(document(...many)) > 2048);
        assert.deepEqual(faultsOf(document(...many)), []);
      });
    }
  });

  describe("find", () => {
    it("a provider without a condition on its subjects", () => {
      const audience = { StringEquals: { [`${HOST}:aud`]: "sts.amazonaws.com" } };
      for (const Condition of [undefined, {}, audience]) {
        only(
          document(statement({ Condition })),
          /^statement 0 admits any .* it has no condition on oidc.*:sub: add/,
        );
      }
    });

    it("the same beside a good statement, and says which it is", () => {
      only(document(statement(), statement({ Condition: undefined })), /^statement 1 admits any/);
    });

    it("a bare condition that another statement's Deny only happens to make up for", () => {
      const deny = statement({
        Effect: "Deny",
        Condition: { StringNotEquals: { [`${HOST}:sub`]: READER } },
      });
      only(document(statement({ Condition: undefined }), deny), /^statement 0 admits any/);
    });

    for (const pattern of ["*", "system:serviceaccount:*:*", "system:serviceaccount:*", "system:*"]) {
      it(`the subject ${pattern}`, () => {
        const open = document(statement({ Condition: { StringLike: { [`${HOST}:sub`]: pattern } } }));
        const faults = faultsOf(open);
        assert.match(faults[0]!, /admits any ServiceAccount of the cluster by its condition on .*: name the/);
        assert.match(faults[1]!, /allowedPatterns/);
        // To allow it is not enough: that would be no condition at all.
        only(open, /admits any ServiceAccount/, { allowedPatterns: [pattern] });
      });
    }

    it("a pattern that is not allowed, though another is", () => {
      const policy = buildTrustPolicy(fleet(1, { subjectPatterns: [JOBS, "system:serviceaccount:ci:*"] }));
      only(policy, /like "system:serviceaccount:ci:\*": name each one, or have/, { allowedPatterns: [JOBS] });
    });

    it("a pattern of one character, in any case of key and operator", () => {
      const Condition = { stringlike: { [`${HOST.toUpperCase()}:SUB`]: `${READER.slice(0, -1)}?` } };
      only(document(statement({ Condition })), /like "system:serviceaccount:default:s3-reade\?"/);
    });

    describe("a provider without its own key under IfExists", () => {
      type Optional = { providers: string[]; keys: Record<string, string> };
      /** The single statement of two clusters, with a change. */
      const changed = (change: (parts: Optional) => Optional) => {
        const [{ Principal, Condition } = statement()] = buildTrustPolicy(fleet(2), {
          form: SingleStatement,
        }).Statement;
        const { providers, keys } = change({
          providers: Principal.Federated as string[],
          keys: (Condition as { StringEqualsIfExists: Record<string, string> }).StringEqualsIfExists,
        });
        const parts = { Principal: { Federated: providers }, Condition: { StringEqualsIfExists: keys } };
        return document(statement(parts));
      };
      const first = { [`${HOST}:sub`]: READER };
      const second = trustedFleet(2)[1]!.oidcProviderArn.split("oidc-provider/")[1]!;
      const third = trustedFleet(3)[2]!.oidcProviderArn;
      const says =
        /^statement 0 admits any .* it has no oidc.*01:sub and what stands under IfExists holds .* of its own/;

      it("not while each has its key", () => {
        assert.deepEqual(faultsOf(changed((parts) => parts)), []);
      });

      it("because the key is gone", () => {
        only(
          changed((parts) => ({ ...parts, keys: first })),
          says,
        );
      });

      it("because the key has a slip of the pen", () => {
        const keys = { ...first, [`https://${second}:sub`]: READER };
        only(
          changed((parts) => ({ ...parts, keys })),
          says,
        );
      });

      it("because its ARN was appended by hand", () => {
        const appended = changed((parts) => ({ ...parts, providers: [...parts.providers, third] }));
        only(appended, /it has no oidc.*02:sub/);
      });
    });

    it("a subject under a negation, which admits everybody else", () => {
      const Condition = { StringNotEquals: { [`${HOST}:sub`]: READER } };
      only(document(statement({ Condition })), /admits any ServiceAccount of the cluster by its condition/);
    });

    it("a document that is one character too long", () => {
      const policy = buildTrustPolicy(fleet(4));
      const used = trustPolicySize(policy);
      only(policy, /takes 1798 characters .* the limit is 1797: .* L-C07B4B0D/, { maxSize: used - 1 });
      const padded = JSON.stringify({ ...policy, Id: "x".repeat(2049 - used - ',"Id":""'.length) });
      assert.equal(trustPolicySize(padded), 2049);
      only(padded, /takes 2049 characters without white space and the limit is 2048/);
    });

    for (const [what, text] of [
      ["no JSON", "{"],
      ["an empty text", ""],
      ["a list", "[]"],
      ["null", "null"],
      ["no statement", '{"Version":"2012-10-17"}'],
      ["a number", 7],
    ] as const) {
      it(`${what}, which cannot be read`, () => {
        only(text, /^the trust policy cannot be read: write a JSON document/);
      });
    }

    for (const [what, changes] of [
      ["no effect", { Effect: undefined }],
      ["another effect", { Effect: "allow" }],
      ["no principal", { Principal: undefined }],
      ["NotPrincipal", { Principal: undefined, NotPrincipal: { AWS: "arn:aws:iam::123456789012:root" } }],
      ["a principal that is a number", { Principal: { Federated: 7 } }],
    ] as const) {
      it(`a statement with ${what}, which cannot be read`, () => {
        only(document(statement(changes)), /^statement 0 cannot be read: write Effect/);
      });
    }

    for (const [what, changes] of [
      ["NotAction", { Action: undefined, NotAction: "sts:AssumeRole" }],
      ["a condition that is a text", { Condition: "x" }],
      ["an operator that is none", { Condition: { StringIs: { [`${HOST}:sub`]: READER } } }],
      [
        "nothing but a condition on the network",
        { Condition: { StringEquals: { "aws:SourceVpc": "vpc-1" } } },
      ],
      ["a policy variable", { Condition: { StringLike: { [`${HOST}:sub`]: "${aws:username}" } } }],
    ] as const) {
      it(`a statement with ${what}, which cannot be judged`, () => {
        only(document(statement(changes)), /^statement 0 cannot be judged \(.+\): compare oidc.*:sub by/);
      });
    }

    for (const name of [
      "*",
      `${ARN}*`,
      ARN.replace(/\d{12}/, "*"),
      ARN.replace("oidc.", "https://oidc.*."),
    ]) {
      it(`the principal ${name}`, () => {
        const faults = faultsOf(document(statement({ Principal: { Federated: [ARN, name] } })));
        assert.deepEqual(faults, [
          `statement 0 trusts "${name}", which is no OIDC provider's ARN: write the ARN of one`,
        ]);
      });
    }

    for (const Principal of ["*", { AWS: "*" }, { AWS: ["arn:aws:iam::123456789012:root", "*"] }] as const) {
      it(`everybody, as ${JSON.stringify(Principal)}`, () => {
        for (const Condition of [statement().Condition, undefined]) {
          assert.deepEqual(faultsOf(document(statement({ Principal, Condition }))), [
            'statement 0 trusts "*", which is no OIDC provider\'s ARN: write the ARN of one',
          ]);
        }
      });
    }

    it("everybody beside a provider, whose subjects are looked at all the same", () => {
      const both = statement({ Principal: { AWS: "*", Federated: ARN }, Condition: undefined });
      const faults = faultsOf(document(both));
      assert.equal(faults.length, 2);
      assert.match(faults[0]!, /trusts "\*"/);
      assert.match(faults[1]!, /admits any ServiceAccount of the cluster/);
    });

    it("the same of a cluster that EKS does not run, once its issuer is told", () => {
      const own = "arn:aws:iam::123456789012:oidc-provider/oidc.example.org/prod";
      const bare = document(statement({ Principal: { Federated: own }, Condition: undefined }));
      assert.deepEqual(faultsOf(bare), []);
      only(bare, /no condition on oidc\.example\.org\/prod:sub/, { issuers: ["oidc.example.org/prod"] });
    });

    it("everything at once", () => {
      const Condition = { StringLike: { [`${HOST}:sub`]: JOBS } };
      const bad = document(statement({ Condition: undefined }), statement({ Condition }));
      assert.equal(faultsOf(bad, { maxSize: 300 }).length, 3);
    });
  });
});
