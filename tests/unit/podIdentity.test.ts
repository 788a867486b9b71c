import assert from "node:assert/strict";
import { externalIdOf } from "../../trust/podIdentity";
import { buildTrustPolicy } from "../../trust/policy";
import { TrustPolicyForm, type PodIdentityCluster, type TrustedPodIdentity } from "../../trust/types";

const ARN = (name: string, account = "111122223333") => `arn:aws:eks:us-east-1:${account}:cluster/${name}`;
const BASE = "arn:aws:iam::444455556666:role/base";
const READER = "system:serviceaccount:default:s3-reader";
const WRITER = "system:serviceaccount:jobs:writer";
const HEAD = '{"Effect":"Allow","Principal":';
const SERVICE = '{"Service":"pods.eks.amazonaws.com"}';
const TAGGED = '"Action":["sts:AssumeRole","sts:TagSession"]';
const UNTAGGED = '"Action":"sts:AssumeRole"';

const cluster = (
  name: string,
  subjects: string[] = [READER],
  changes: Partial<TrustedPodIdentity> = {},
): PodIdentityCluster => ({ name, subjects, podIdentity: { clusterArn: ARN(name), ...changes } });
const abroad = (name: string, subjects: string[] = [READER], changes: Partial<TrustedPodIdentity> = {}) =>
  cluster(name, subjects, { clusterArn: ARN(name, "444455556666"), baseRoleArn: BASE, ...changes });
const tags = (arns: string | string[], namespaces: string | string[], names: string | string[]) =>
  `"Condition":{"StringEquals":{"aws:RequestTag/eks-cluster-arn":${JSON.stringify(arns)},` +
  `"aws:RequestTag/kubernetes-namespace":${JSON.stringify(namespaces)},` +
  `"aws:RequestTag/kubernetes-service-account":${JSON.stringify(names)}}}}`;
const statements = (...args: Parameters<typeof buildTrustPolicy>) =>
  buildTrustPolicy(...args).Statement.map((statement) => JSON.stringify(statement));

describe("statements for EKS Pod Identity", () => {
  // The text: the order of keys is what IAM is sent, and what a diff shows.
  it("ask for the session tags of cluster, namespace and ServiceAccount", () => {
    assert.deepEqual(statements([cluster("east")]), [
      `${HEAD}${SERVICE},${TAGGED},${tags(ARN("east"), "default", "s3-reader")}`,
    ]);
  });

  it("name the base role instead of the service", () => {
    assert.deepEqual(statements([abroad("east")]), [
      `${HEAD}{"AWS":"${BASE}"},${TAGGED},${tags(ARN("east", "444455556666"), "default", "s3-reader")}`,
    ]);
  });

  it("ask for the cluster alone where the session tags are off, whatever is bound", () => {
    const off = { disableSessionTags: true };
    assert.deepEqual(statements([cluster("west", [WRITER], off), cluster("east", [READER], off)]), [
      `${HEAD}${SERVICE},${UNTAGGED},"Condition":{"StringEquals":{"aws:SourceAccount":"111122223333",` +
        `"aws:SourceArn":["${ARN("east")}","${ARN("west")}"]}}}`,
    ]);
  });

  it("ask for the external ID of each ServiceAccount where a base role's session tags are off", () => {
    const off = { disableSessionTags: true };
    assert.deepEqual(statements([abroad("west", [WRITER, READER], off), abroad("east", [READER], off)]), [
      `${HEAD}{"AWS":"${BASE}"},${UNTAGGED},"Condition":{"StringEquals":{"sts:ExternalId":[` +
        '"us-east-1/444455556666/east/default/s3-reader",' +
        '"us-east-1/444455556666/west/default/s3-reader","us-east-1/444455556666/west/jobs/writer"]}}}',
    ]);
    const one = statements([abroad("east", [READER], off)])[0]!;
    assert.match(one, /"sts:ExternalId":"us-east-1\/444455556666\/east\/default\/s3-reader"/);
  });

  it("are shared by clusters with the same bindings, and by namespaces with the same names", () => {
    const both = ["a:x", "a:y", "b:y", "b:x", "c:x"].map((tail) => `system:serviceaccount:${tail}`);
    const got = statements([cluster("west", both), cluster("north"), cluster("east", [...both].reverse())]);
    assert.deepEqual(got, [
      `${HEAD}${SERVICE},${TAGGED},${tags([ARN("east"), ARN("west")], ["a", "b"], ["x", "y"])}`,
      `${HEAD}${SERVICE},${TAGGED},${tags([ARN("east"), ARN("west")], "c", "x")}`,
      `${HEAD}${SERVICE},${TAGGED},${tags(ARN("north"), "default", "s3-reader")}`,
    ]);
  });

  it("have no cross product where names differ by namespace", () => {
    const got = statements([cluster("east", [WRITER, READER])]);
    assert.deepEqual(got, [
      `${HEAD}${SERVICE},${TAGGED},${tags(ARN("east"), "default", "s3-reader")}`,
      `${HEAD}${SERVICE},${TAGGED},${tags(ARN("east"), "jobs", "writer")}`,
    ]);
  });

  it("write a subject that is given twice once", () => {
    assert.deepEqual(statements([cluster("east", [READER, READER])]), statements([cluster("east")]));
    const off = { disableSessionTags: true };
    assert.deepEqual(
      statements([abroad("east", [READER, READER], off)]),
      statements([abroad("east", [READER], off)]),
    );
  });

  it("stand in the order of their kind: the service's, then each base role's, tagged before untagged", () => {
    const off = { disableSessionTags: true };
    const other = { baseRoleArn: BASE.replace("base", "another") };
    const got = buildTrustPolicy([
      abroad("a", [READER], off),
      abroad("b"),
      abroad("c", [READER], other),
      cluster("d", [READER], off),
      cluster("e"),
    ]).Statement;
    assert.deepEqual(
      got.map(({ Principal, Action }) => [Principal.Service ?? Principal.AWS, typeof Action === "string"]),
      [
        ["pods.eks.amazonaws.com", false],
        ["pods.eks.amazonaws.com", true],
        [other.baseRoleArn, false],
        [BASE, false],
        [BASE, true],
      ],
    );
  });

  it("take session tags that are said to be on for session tags", () => {
    const said = { disableSessionTags: false };
    assert.deepEqual(statements([cluster("a"), cluster("b", [READER], said)]).length, 1);
  });

  it("do not change their order with the clusters' names", () => {
    const order = (...names: [string, string]) =>
      buildTrustPolicy([cluster(names[0], [WRITER]), cluster(names[1], [READER])]).Statement.map(
        ({ Condition }) => Condition?.StringEquals?.["aws:RequestTag/kubernetes-namespace"],
      );
    assert.deepEqual(order("a", "b"), ["default", "jobs"]);
    assert.deepEqual(order("b", "a"), ["default", "jobs"]);
  });
});

describe("a fleet of which some clusters have Pod Identity", () => {
  const oidcProviderArn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/AAAA";
  const web = {
    name: "web",
    oidcProviderArn,
    subjects: [READER],
    oidcProviderClientIds: ["sts.amazonaws.com"],
  };
  const extra = { awsPrincipals: ["arn:aws:iam::111122223333:role/break-glass"] };

  it("has the statements for web identities first, and the extra ones last", () => {
    const got = statements([cluster("east"), web], { statements: [extra] });
    assert.deepEqual(got, [
      ...statements([web]),
      ...statements([cluster("east")]),
      ...statements([web], { statements: [extra] }).slice(1),
    ]);
  });

  it("has both for a cluster with both", () => {
    const both = { ...cluster("web"), ...web };
    assert.deepEqual(statements([both]), [...statements([web]), ...statements([cluster("web")])]);
  });

  for (const form of Object.values(TrustPolicyForm)) {
    it(`${form} is about web identities alone, and makes no statement of nobody`, () => {
      const pods = statements([cluster("east")]);
      assert.deepEqual(statements([cluster("east")], { form }), pods);
      assert.deepEqual(statements([cluster("east"), web], { form }), [
        ...statements([web], { form }),
        ...pods,
      ]);
    });
  }
});

describe("conditions for web identities and for Pod Identity", () => {
  const oidcProviderArn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/AAAA";
  const both = { ...cluster("east"), oidcProviderArn };
  const conditions = { StringEquals: { "aws:SourceVpc": ["vpc-1"] } };
  const podIdentityConditions = { StringEquals: { "aws:SourceOrgID": ["o-1"] } };

  it("stand each in their own statements", () => {
    const [web, pods] = buildTrustPolicy([both], { conditions, podIdentityConditions }).Statement;
    assert.deepEqual(Object.keys(web!.Condition!.StringEquals!).slice(2), ["aws:SourceVpc"]);
    assert.deepEqual(Object.entries(pods!.Condition!.StringEquals!).slice(3), [["aws:SourceOrgID", "o-1"]]);
  });

  it("are refused where the first would not narrow Pod Identity, and nobody said so", () => {
    for (const clusters of [[both], [cluster("east")], [both, cluster("west")]]) {
      assert.throws(
        () => buildTrustPolicy(clusters, { conditions }),
        /^Error: podIdentityConditions is missing: conditions narrow web identities alone/,
      );
    }
    const [, pods] = buildTrustPolicy([both], { conditions, podIdentityConditions: {} }).Statement;
    assert.equal(JSON.stringify(pods), statements([cluster("east")])[0]);
    assert.doesNotThrow(() => buildTrustPolicy([both], { conditions: {} }));
    const { podIdentity: _, ...web } = both;
    assert.doesNotThrow(() => buildTrustPolicy([web], { conditions }));
  });
});

describe("the external ID of a ServiceAccount", () => {
  it("has region, account, cluster, namespace and name", () => {
    const parts = { partition: "aws", region: "eu-north-1", accountId: "111122223333", clusterName: "c_1" };
    assert.equal(externalIdOf(parts, "default", "app.v1"), "eu-north-1/111122223333/c_1/default/app.v1");
  });
});
