import assert from "node:assert/strict";
import { evaluateTrust } from "../../trust/evaluate";
import { type ExactOptions, findMismatch } from "../../trust/exact";
import { IdentityMode, type TrustedCluster } from "../../trust/types";
import { ADDED, DROPPED } from "./podIdentityChanges";
import { ACCOUNT, BASE, bound, document, EAST_ARN, eastReader, tagged } from "./podIdentityDocuments";
import { IMPERCEPTIBLE, OPERATORS, PRINCIPALS } from "./podIdentitySlips";

const { east } = bound();
const ORG = { StringEquals: { "aws:SourceOrgID": ["o-1"] } };
const PODS_MODE = IdentityMode.PodIdentity;

describe("findMismatch, of Pod Identity: one change each", () => {
  for (const [what, clusters, statements, reason, witness] of [
    ...DROPPED,
    ...ADDED,
    ...OPERATORS,
    ...PRINCIPALS,
  ]) {
    it(`finds ${what}`, () => {
      const policy = document(...statements);
      const found = findMismatch(policy, clusters);
      assert.deepEqual([found?.identity, found?.reason], [PODS_MODE, reason]);
      if (!witness) return;
      const [request, wanted] = witness;
      assert.notEqual(evaluateTrust(policy, request).decision, wanted);
    });
  }

  for (const [what, statements, reason] of IMPERCEPTIBLE) {
    it(`takes no ${what}, though it admits the same`, () => {
      assert.equal(findMismatch(document(...statements), [east])?.reason, reason);
    });
  }
});

describe("findMismatch, of Pod Identity: extra statements", () => {
  const reached = "statement 1: may admit Pod Identity beside the bindings";
  const { east: based } = bound({ baseRoleArn: BASE });
  const forBase = tagged(EAST_ARN, "default", "s3-reader", BASE);
  const reason = (cluster: TrustedCluster, Principal: unknown, Action: string, changes: object = {}) => {
    const own = cluster === based ? forBase : eastReader;
    const extra = { Effect: "Allow", Principal, Action, ...changes };
    const options: ExactOptions = { statements: 1 };
    return findMismatch(document(own, extra), [cluster], options)?.reason;
  };

  it("must not reach EKS, whatever their conditions", () => {
    for (const principal of ["*", { AWS: "*" }, { Service: "pods.eks.amazonaws.com" }, { Service: "*" }]) {
      assert.equal(reason(east, principal, "sts:AssumeRole"), reached);
      assert.equal(reason(east, principal, "sts:TagSession", { Condition: ORG }), reached);
      assert.equal(reason(east, principal, "sts:SetSourceIdentity"), undefined);
    }
    assert.equal(reason(east, { Service: "ec2.amazonaws.com" }, "sts:AssumeRole"), undefined);
    assert.equal(reason(east, { AWS: ACCOUNT }, "sts:AssumeRole"), undefined);
  });

  it("must not reach a cluster's base role", () => {
    const root = `arn:aws:iam::${ACCOUNT}:root`;
    const session = `arn:aws:sts::${ACCOUNT}:assumed-role/Pods/x`;
    for (const AWS of [BASE, root, ACCOUNT, session, "AROAX", [`${BASE}2`, BASE]]) {
      assert.equal(reason(based, { AWS }, "sts:AssumeRole"), reached);
      assert.equal(reason(based, { AWS }, "sts:*", { Effect: "Deny" }), reached);
      assert.equal(reason(based, { AWS }, "sts:SetSourceIdentity"), undefined);
    }
    assert.equal(reason(based, { AWS: `${BASE}2` }, "sts:AssumeRole"), undefined);
    assert.equal(reason(based, { AWS: "arn:aws:iam::444455556666:root" }, "sts:AssumeRole"), undefined);
    assert.equal(reason(east, { AWS: BASE }, "sts:AssumeRole"), undefined);
  });

  it("are none of the generated ones", () => {
    assert.equal(
      findMismatch(document(eastReader), [east], { statements: 1 })?.reason,
      "statement 0: may admit Pod Identity beside the bindings",
    );
  });

  it("of a base role whose ARN cannot be read, leave it to the bindings to tell", () => {
    const cluster = bound({ baseRoleArn: "x" }).east;
    const extra = { Effect: "Allow", Principal: { AWS: "x" }, Action: "sts:AssumeRole" };
    const found = findMismatch(document(extra), [cluster], { statements: 1 });
    assert.equal(found?.reason, "the base role's ARN cannot be read");
  });
});
