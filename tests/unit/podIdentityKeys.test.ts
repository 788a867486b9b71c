import assert from "node:assert/strict";
import type { PodIdentityCall } from "../../trust/extraKeys";
import { conditionProblems } from "../../trust/extras";
import { buildTrustPolicy } from "../../trust/policy";
import type { TrustedPodIdentity } from "../../trust/types";

const reasonOf = (key: string, calls?: PodIdentityCall[]) => {
  const conditions = { StringLike: { [key]: ["x*"] } };
  const problems = conditionProblems(conditions, { for: "podIdentity", ...(calls && { calls }) });
  assert.ok(problems.length < 2);
  assert.ok(problems.every(({ path }) => path === `["StringLike"]["${key}"]`));
  return problems[0]?.reason;
};
const SERVICE = { baseRole: false, tags: true };
const BASE_ROLE = { baseRole: true, tags: true };
const SERVICE_UNTAGGED = { baseRole: false, tags: false };
const BASE_ROLE_UNTAGGED = { baseRole: true, tags: false };
const ALL = [SERVICE, BASE_ROLE, SERVICE_UNTAGGED, BASE_ROLE_UNTAGGED];

describe("keys of conditions for Pod Identity", () => {
  for (const key of [
    "aws:RequestTag/eks-cluster-arn",
    "aws:requesttag/EKS-Cluster-ARN",
    "aws:RequestTag/kubernetes-namespace",
    "aws:RequestTag/kubernetes-service-account",
    "aws:SourceArn",
    "AWS:SOURCEARN",
    "aws:SourceAccount",
    "sts:ExternalId",
    "sts:externalid",
  ]) {
    it(`${key} is the bindings' own, in whatever letters`, () => {
      for (const calls of [undefined, ...ALL.map((call) => [call])]) {
        assert.match(reasonOf(key, calls) ?? "", /^is written by the bindings, .* Leave it out$/);
      }
    });
  }

  const never: [string[], RegExp][] = [
    [
      [
        "aws:SourceVpc",
        "aws:SourceVpce",
        "aws:SourceIp",
        "aws:VpcSourceIp",
        "aws:SourceVpcArn",
        "aws:VpceAccount",
        "aws:VpceOrgID",
        "aws:Ec2InstanceSourceVpc",
        "ec2:SourceInstanceArn",
      ],
      /EKS makes the call from its own network/,
    ],
    [["aws:FederatedProvider", "saml:aud"], /no identity provider has a part in it/],
    [["aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge"], /nobody signs in/],
    [["aws:username"], /no user of IAM/],
    [["aws:RequestTag/team", "aws:RequestTag/eks-cluster-names"], /six tags of its own/],
  ];
  for (const [keys, reason] of never) {
    for (const key of keys) {
      it(`${key} says nothing of a pod, whatever the call`, () => {
        for (const calls of [undefined, ...ALL.map((call) => [call])]) {
          const text = reasonOf(key, calls) ?? "";
          assert.match(text, /^says nothing of a pod .* deny everyone, or mean nothing: .*\. Leave it out$/);
          assert.match(text, reason);
        }
      });
    }
  }

  const some: [string[], PodIdentityCall[], RegExp][] = [
    [
      ["aws:RequestTag/eks-cluster-name", "aws:RequestTag/kubernetes-pod-name", "aws:TagKeys"],
      [SERVICE_UNTAGGED, BASE_ROLE_UNTAGGED],
      /session tags of the associations are off/,
    ],
    [
      ["aws:RequestTag/kubernetes-pod-uid", "sts:TransitiveTagKeys"],
      [SERVICE_UNTAGGED, BASE_ROLE_UNTAGGED],
      /session tags of the associations are off/,
    ],
    [
      ["aws:PrincipalArn", "aws:PrincipalOrgID", "aws:principalTag/team", "aws:userid", "aws:TokenIssueTime"],
      [SERVICE, SERVICE_UNTAGGED],
      /the service itself makes the call/,
    ],
    [
      ["aws:SourceOrgID", "aws:SourceOrgPaths", "aws:PrincipalServiceName", "aws:PrincipalServiceNamesList"],
      [BASE_ROLE, BASE_ROLE_UNTAGGED],
      /a base role makes the call/,
    ],
  ];
  for (const [keys, refusing, reason] of some) {
    for (const key of keys) {
      it(`${key} is refused where there is a call without it, and only there`, () => {
        assert.equal(reasonOf(key), undefined);
        for (const call of ALL) {
          if (refusing.includes(call)) assert.match(reasonOf(key, [call]) ?? "", reason);
          else assert.equal(reasonOf(key, [call]), undefined);
        }
        assert.match(reasonOf(key, ALL) ?? "", reason);
      });
    }
  }

  for (const key of [
    "aws:CurrentTime",
    "aws:SecureTransport",
    "aws:RequestedRegion",
    "aws:PrincipalIsAWSService",
    "sts:RoleSessionName",
    "aws:usernames",
    "my-aws:SourceArn",
    "aws:SourceArns",
    "my-saml:aud",
    "my-ec2:SourceInstanceArn",
    "my-aws:SourceVpc",
    "aws:SourceVpcs",
    "my-sts:ExternalId",
    "aws:FederatedProviders",
    "my-aws:userid",
    "aws:SourceOrgIDs",
  ]) {
    it(`${key} is taken`, () => {
      assert.equal(reasonOf(key, ALL), undefined);
    });
  }

  for (const key of ["oidc.eks.us-east-1.amazonaws.com/id/AAAA:sub", "aws:", "SourceOrgID"]) {
    it(`${key} is none of AWS`, () => {
      assert.match(reasonOf(key) ?? "", /^is no key of AWS \(such as aws:SourceOrgID\)/);
    });
  }

  it("have values, as others have", () => {
    const conditions = { StringEquals: { "aws:SourceOrgID": [] } };
    assert.match(conditionProblems(conditions, { for: "podIdentity" })[0]!.reason, /^has no value/);
  });

  it("are judged by the calls that the clusters make", () => {
    const clusterArn = "arn:aws:eks:us-east-1:111122223333:cluster/east";
    const base = { baseRoleArn: "arn:aws:iam::111122223333:role/base" };
    const off = { disableSessionTags: true };
    const build = (key: string, podIdentity: Partial<TrustedPodIdentity>) => () =>
      buildTrustPolicy(
        [
          {
            name: "east",
            subjects: ["system:serviceaccount:a:b"],
            podIdentity: { clusterArn, ...podIdentity },
          },
        ],
        { podIdentityConditions: { StringEquals: { [key]: ["x"] } } },
      );
    assert.doesNotThrow(build("aws:SourceOrgID", {}));
    assert.doesNotThrow(build("aws:PrincipalOrgID", base));
    assert.doesNotThrow(build("aws:RequestTag/eks-cluster-name", base));
    const message = /^podIdentityConditions\["StringEquals"\]\["aws:\S+"\] says nothing of a pod/;
    assert.throws(build("aws:SourceOrgID", base), { message });
    assert.throws(build("aws:PrincipalOrgID", {}), { message });
    assert.throws(build("aws:RequestTag/eks-cluster-name", off), { message });
    assert.throws(build("aws:RequestTag/eks-cluster-name", { ...base, ...off }), { message });
  });
});
