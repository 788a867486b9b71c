import assert from "node:assert/strict";
import { isPermitted } from "../../../lab/aws/identityPolicy";
import { actionsOf, policyOnPage, type PolicyStatement } from "../../docs/permissions";

const ACCOUNT = "123456789012";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/app-1234567`;
const S3_READ = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
const ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess";
const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/workloads`;

const statementsOf = (...names: Parameters<typeof policyOnPage>[0][]) =>
  names.flatMap((name) => policyOnPage(name, ACCOUNT, "app-").Statement);

/** What the judge says of a call whose condition keys are these, and absent otherwise. */
function may(
  statements: PolicyStatement[],
  action: string,
  keys: Record<string, string> = {},
  resource = ROLE,
) {
  const document = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  const given = new Map(Object.entries(keys).map(([name, value]) => [name.toLowerCase(), [value]]));
  const keysOf = (name: string) => given.get(name.toLowerCase()) ?? "absent";
  return isPermitted([document], { action, resource, keys: keysOf });
}

describe("the conditions of docs/permissions.md, and its resources beside roles", () => {
  it("the listed policy is attached and detached, and no other", () => {
    const page = statementsOf("irsa");
    for (const action of ["iam:AttachRolePolicy", "iam:DetachRolePolicy"]) {
      assert.equal(may(page, action, { "iam:PolicyARN": S3_READ }), true);
      assert.equal(may(page, action, { "iam:PolicyARN": ADMIN }), false);
    }
  });

  it("providers of EKS's issuers are made and deleted, and no others", () => {
    const page = statementsOf("irsa");
    const provider = (issuer: string) => `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer}`;
    for (const action of actionsOf(page).filter((one) => one.endsWith("OpenIDConnectProvider"))) {
      assert.equal(may(page, action, {}, provider("oidc.eks.eu-west-1.amazonaws.com/id/0123")), true, action);
      assert.equal(may(page, action, {}, provider("example.org/id/0123")), false, action);
    }
  });

  it("roles are passed to EKS's pods, and to nobody else", () => {
    const page = statementsOf("pod-identity");
    assert.equal(may(page, "iam:PassRole", { "iam:PassedToService": "pods.eks.amazonaws.com" }), true);
    assert.equal(may(page, "iam:PassRole", { "iam:PassedToService": "ec2.amazonaws.com" }), false);
    assert.equal(may(page, "iam:PassRole"), false);
  });

  it("associations and the agent are changed where they are, another add-on is not", () => {
    const page = statementsOf("pod-identity", "agent");
    const eks = (resource: string) => `arn:aws:eks:eu-west-1:${ACCOUNT}:${resource}`;
    const remove = "eks:DeletePodIdentityAssociation";
    assert.equal(may(page, remove, {}, eks("podidentityassociation/blue/a-1")), true);
    assert.equal(may(page, "eks:DeleteAddon", {}, eks("addon/blue/eks-pod-identity-agent/1")), true);
    assert.equal(may(page, "eks:DeleteAddon", {}, eks("addon/blue/vpc-cni/1")), false);
    assert.equal(may(page, "eks:CreateAddon", {}, eks("cluster/blue")), true);
    assert.equal(may(page, "eks:DeleteCluster", {}, eks("cluster/blue")), false);
  });

  it("no role is made or widened without the boundary, and it is never taken away or changed", () => {
    const [oidc, roles, ...others] = statementsOf("irsa");
    assert.ok(oidc && roles);
    const more = ["iam:PutRolePermissionsBoundary", "iam:DeleteRolePermissionsBoundary"];
    const withBoundary = { ...roles, Action: [roles.Action, more].flat() };
    const page = [oidc, withBoundary, ...others, ...statementsOf("boundary")];
    const ours = { "iam:PermissionsBoundary": BOUNDARY };
    const theirs = { "iam:PermissionsBoundary": ADMIN };
    for (const action of ["iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"]) {
      assert.equal(may(page, action, ours), true, action);
      assert.equal(may(page, action, theirs), false, action);
      assert.equal(may(page, action), false, action);
    }
    assert.equal(may(page, "iam:AttachRolePolicy", { ...ours, "iam:PolicyARN": S3_READ }), true);
    assert.equal(may(page, "iam:AttachRolePolicy", { "iam:PolicyARN": S3_READ }), false);
    assert.equal(may(page, "iam:DeleteRolePermissionsBoundary", ours), false);
    // Taking away makes nothing wider.
    assert.equal(may(page, "iam:DeleteRolePolicy"), true);
    assert.equal(may(page, "iam:DetachRolePolicy", { "iam:PolicyARN": S3_READ }), true);
  });
});
