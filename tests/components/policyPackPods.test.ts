import assert from "node:assert/strict";
import fc from "fast-check";
import { clusterWideRemarks } from "../../examples/policy-pack/rules";
import { buildTrustPolicy } from "../../trust/policy";
import { LARGEST_MAX_SIZE, trustPolicySize } from "../../trust/size";
import type { TrustedCluster } from "../../trust/types";
import { someMixedFleet } from "../support/arbitraries";
import { trustedFleet } from "../support/fleet";
import { document, faultsOf, HOST, only } from "../support/policyPack";

const PODS = "pods.eks.amazonaws.com";
const CLUSTER = "arn:aws:eks:eu-west-1:123456789012:cluster/east";
const CLUSTER_TAG = "aws:RequestTag/eks-cluster-arn";
const NAMESPACE_TAG = "aws:RequestTag/kubernetes-namespace";
const NAME_TAG = "aws:RequestTag/kubernetes-service-account";
const TAGS = { [CLUSTER_TAG]: CLUSTER, [NAMESPACE_TAG]: "default", [NAME_TAG]: "s3-reader" };
const SOURCE = { "aws:SourceAccount": "123456789012", "aws:SourceArn": CLUSTER };
const ALL = "cluster, namespace and ServiceAccount";

/** A statement with nothing wrong but what is changed. */
const statement = (changes: object = {}) => ({
  Effect: "Allow",
  Principal: { Service: PODS },
  Action: ["sts:AssumeRole", "sts:TagSession"],
  Condition: { StringEquals: TAGS },
  ...changes,
});
const without = (key: string) => Object.fromEntries(Object.entries(TAGS).filter(([name]) => name !== key));
const untagged = (changes: object = {}) =>
  statement({ Action: "sts:AssumeRole", Condition: { StringEquals: SOURCE }, ...changes });

describe("the policy pack's rules for Pod Identity", () => {
  describe("find nothing in", () => {
    it("what the builder writes for any fleet", () => {
      fc.assert(
        fc.property(someMixedFleet, (clusters) => {
          const policy = buildTrustPolicy(clusters);
          // What is too long for any account is told of, rightly, and is another rule.
          fc.pre(trustPolicySize(policy) <= LARGEST_MAX_SIZE);
          assert.deepEqual(faultsOf(policy, { maxSize: LARGEST_MAX_SIZE }), []);
        }),
        { numRuns: 200 },
      );
    });

    it("exact conditions in another case, on the cluster's ARN as the source, and beside others", () => {
      const source = { ...without(CLUSTER_TAG), "AWS:sourcearn": CLUSTER };
      const lower = Object.fromEntries(
        Object.entries(TAGS).map(([key, value]) => [key.toLowerCase(), value]),
      );
      const more = { StringEquals: TAGS, ArnLike: { "aws:SourceArn": "arn:aws:eks:*:*:cluster/*" } };
      for (const Condition of [{ StringEquals: source }, { stringequals: lower }, more]) {
        assert.deepEqual(faultsOf(document(statement({ Condition }))), []);
      }
    });

    it("a pattern that is allowed", () => {
      const Condition = { StringEquals: without(NAMESPACE_TAG), StringLike: { [NAMESPACE_TAG]: "team-*" } };
      assert.deepEqual(faultsOf(document(statement({ Condition })), { allowedPatterns: ["team-*"] }), []);
    });

    it("a Deny, another service, and a statement about another action", () => {
      const open = { Condition: undefined };
      const harmless = [
        statement({ ...open, Effect: "Deny" }),
        statement({ ...open, Principal: { Service: "ec2.amazonaws.com" } }),
        statement({ ...open, Action: "sts:TagSession" }),
      ];
      assert.deepEqual(faultsOf(document(statement(), ...harmless)), []);
    });
  });

  describe("find", () => {
    for (const Condition of [undefined, {}, { StringEquals: { "aws:SourceAccount": "123456789012" } }]) {
      it(`AWS's own example with the condition ${JSON.stringify(Condition)}, which trusts any association`, () => {
        assert.deepEqual(faultsOf(document(statement({ Condition }))), [
          `statement 0 lets ${PODS} assume the role for any ${ALL}: compare ${CLUSTER_TAG}, ${NAMESPACE_TAG} and ${NAME_TAG} by StringEquals with exact values`,
        ]);
      });
    }

    for (const [what, key] of [
      ["cluster", CLUSTER_TAG],
      ["namespace", NAMESPACE_TAG],
      ["ServiceAccount", NAME_TAG],
    ] as const) {
      it(`a statement that does not say which ${what}, and says that alone`, () => {
        const missing = new RegExp(`^statement 1 lets .* for any ${what}: compare ${key} by StringEquals`);
        only(document(statement(), statement({ Condition: { StringEquals: without(key) } })), missing);
        const negated = { StringEquals: without(key), StringNotEquals: { [key]: "x" } };
        only(document(statement(), statement({ Condition: negated })), missing);
      });

      it(`a pattern for the ${what}, and says what it would have to be to pass`, () => {
        const pattern = `${TAGS[key]}*`;
        const Condition = { StringEquals: without(key), StringLike: { [key]: pattern } };
        const says = `for any ${what}: compare .*; "${pattern.replace("*", "\\*")}" would have to be in allowedPatterns$`;
        only(document(statement({ Condition })), new RegExp(says));
      });
    }

    it("a pattern for everybody, though it is allowed", () => {
      const Condition = { StringEquals: without(NAME_TAG), StringLike: { [NAME_TAG]: "*" } };
      only(document(statement({ Condition })), /for any ServiceAccount: compare/, { allowedPatterns: ["*"] });
    });

    it("a cluster's name where its ARN is meant: there is one of that name in each region", () => {
      const named = {
        ...without(CLUSTER_TAG),
        "aws:RequestTag/eks-cluster-name": "east",
        ...{ "aws:SourceAccount": "123456789012" },
      };
      only(document(statement({ Condition: { StringEquals: named } })), /for any cluster: compare/);
    });

    for (const operator of ["StringEqualsIfExists", "ForAllValues:StringEquals"]) {
      it(`tags under ${operator}, which holds where there are none`, () => {
        const open = document(statement({ Condition: { [operator]: TAGS } }));
        only(
          open,
          /^statement 0 lets .* for any cluster whose association has its session tags off: compare/,
        );
      });
    }

    it("the cluster alone where tags are allowed, by the same statement or by another", () => {
      const says = /^statement 0 lets .* for any namespace and ServiceAccount: compare/;
      const tagging = statement({ Action: "sts:Tag*", Condition: undefined });
      only(document(statement({ Condition: { StringEquals: SOURCE } })), says);
      only(document(untagged(), tagging), says);
      // The tags of another cluster's statement let no association of this one in.
      assert.deepEqual(faultsOf(document(untagged(), statement())), []);
    });

    it("no cluster where tags are not allowed", () => {
      for (const StringEquals of [{}, { "aws:SourceAccount": "123456789012" }]) {
        only(
          document(untagged({ Condition: { StringEquals } })),
          /for any cluster whose association has its/,
        );
      }
      const StringLike = { "aws:SourceArn": "arn:aws:eks:eu-west-1:123456789012:cluster/*" };
      only(
        document(untagged({ Condition: { StringLike } })),
        /any cluster .*cluster\/\*" would have to be in/,
      );
    });

    for (const [what, changes] of [
      ["NotAction", { Action: undefined, NotAction: "sts:GetCallerIdentity" }],
      ["a condition that is a text", { Condition: "x" }],
      ["an operator that is not known", { Condition: { StringIs: TAGS } }],
      [
        "an operator on ARNs",
        { Condition: { StringEquals: without(CLUSTER_TAG), ArnEquals: { [CLUSTER_TAG]: CLUSTER } } },
      ],
      ["a policy variable", { Condition: { StringEquals: { ...TAGS, [NAMESPACE_TAG]: "${aws:username}" } } }],
      ["a pattern as the service", { Principal: { Service: "*.amazonaws.com" } }],
    ] as const) {
      it(`${what}, by which it cannot be judged`, () => {
        only(
          document(statement(changes)),
          /^statement 0 cannot be judged for pods\.eks\.amazonaws\.com \(.+\): compare/,
        );
      });
    }

    it("a document that is one character too long, though no OIDC provider is in it", () => {
      const maxSize = trustPolicySize(document(statement())) - 1;
      only(document(statement()), /characters without white space and the limit is/, { maxSize });
    });
  });

  it("judge web identities beside it as ever, each statement for itself", () => {
    const [cluster = { name: "", subjects: [] }] = trustedFleet(1);
    const both: TrustedCluster = { ...cluster, podIdentity: { clusterArn: CLUSTER } };
    const [web, pods] = buildTrustPolicy([both]).Statement;
    assert.deepEqual(faultsOf(document(web, pods)), []);
    only(document({ ...web, Condition: undefined }, pods), /^statement 0 admits any ServiceAccount .* oidc/);
    only(document(web, { ...pods, Condition: undefined }), /^statement 1 lets .* for any cluster/);
    const Federated = web?.Principal.Federated;
    const Action = ["sts:AssumeRoleWithWebIdentity", "sts:AssumeRole", "sts:TagSession"];
    const Condition = { StringEquals: { [`${HOST}:sub`]: "system:serviceaccount:default:s3-reader" } };
    const mixed = { Effect: "Allow", Principal: { Federated, Service: PODS }, Action, Condition };
    only(document(mixed), /^statement 0 lets .* for any cluster/);
  });

  describe("the remark", () => {
    it("is made of a statement that takes every association of a cluster, and is no fault", () => {
      const wide = document(statement(), untagged());
      assert.deepEqual(faultsOf(wide), []);
      const remarks = clusterWideRemarks(JSON.stringify(wide));
      assert.equal(remarks.length, 1);
      assert.match(
        remarks[0]!,
        /^statement 1 is cluster-wide: every association of the clusters in aws:SourceArn/,
      );
    });

    it("is made of nothing else", () => {
      assert.deepEqual(clusterWideRemarks(document(statement(), untagged({ Effect: "Deny" }))), []);
      assert.deepEqual(clusterWideRemarks(undefined), []);
    });
  });
});
