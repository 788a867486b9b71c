import assert from "node:assert/strict";
import type { IrsaCluster } from "../../components/types";
import { IdentityMode } from "../../trust/types";
import {
  ADDON,
  ASSOCIATION,
  cluster,
  FLEET,
  goodArgs,
  INLINE_POLICY,
  late,
  podIdentityCluster,
  POD,
  PROVIDER,
  READER,
  ROLE,
  SERVICE_ACCOUNT,
} from "../support/clusters";
import { ACCOUNT, record, recordFailure, type Recording, valueOf } from "../support/recorder";

const { Both, Irsa, PodIdentity } = IdentityMode;
const ROLE_ANNOTATION = "eks.amazonaws.com/role-arn";
const mixed = () => [
  cluster("a", "A"),
  podIdentityCluster("b", "B", { identity: Both }),
  podIdentityCluster("c", "C"),
];

interface Statement {
  Principal: { Federated?: string; Service?: string; AWS?: string };
  Action: string | string[];
  Condition: { StringEquals: Record<string, string | string[]> };
}

const statementsOf = (json: unknown) => (JSON.parse(String(json)) as { Statement: Statement[] }).Statement;
/** The annotations of each cluster's one ServiceAccount, which come in any order. */
const annotated = (recording: Recording): Record<string, string[]> =>
  Object.fromEntries(
    recording.of(SERVICE_ACCOUNT).map(({ name, inputs }) => {
      const { annotations = {} } = inputs.metadata as { annotations?: object };
      return [name.split("/")[1] ?? "", Object.keys(annotations)] as const;
    }),
  );

/** What the sample pods carry of their cluster's mode. */
async function modesOfPods(clusters: IrsaCluster[]): Promise<unknown[]> {
  const { recording } = await record(
    (lib) => new lib.MultiClusterIrsa("app", goodArgs({ clusters, samplePod: {} })),
  );
  return recording.of(POD).map(({ inputs }) => {
    const { containers } = inputs.spec as { containers: { env: { name: string; value: unknown }[] }[] };
    return containers[0]?.env.find(({ name }) => name === "IDENTITY")?.value;
  });
}

describe("MultiClusterIrsa: a cluster of each identity", () => {
  it("makes an OIDC provider where web identities are trusted, and an association where pods get one", async () => {
    const { recording } = await record(
      (lib) => new lib.MultiClusterIrsa("app", goodArgs({ clusters: mixed() })),
    );
    assert.deepEqual(
      recording.of(PROVIDER).map(({ name }) => name),
      ["app/a", "app/b"],
    );
    const role = recording.one(ROLE);
    assert.deepEqual(
      recording.of(ASSOCIATION).map(({ name, inputs, parent }) => ({ name, inputs, parent })),
      ["b", "c"].map((name) => ({
        name: `app/${name}/default/s3-reader`,
        parent: recording.one(FLEET).urn,
        inputs: {
          clusterName: `prod-${name}`,
          region: "us-east-1",
          namespace: "default",
          serviceAccount: "s3-reader",
          roleArn: `arn:aws:iam::${ACCOUNT}:role/app-1a2b3c4`,
        },
      })),
    );
    for (const { dependencies } of recording.of(ASSOCIATION)) assert.ok(dependencies.includes(role.urn));
  });

  it("trusts each as it is told to, and nobody else", async () => {
    const { recording } = await record(
      (lib) => new lib.MultiClusterIrsa("app", goodArgs({ clusters: mixed() })),
    );
    const [a, b, pods, ...others] = statementsOf(recording.one(ROLE).inputs.assumeRolePolicy);
    assert.deepEqual(others, []);
    assert.match(a?.Principal.Federated ?? "", /AAAA$/);
    assert.match(b?.Principal.Federated ?? "", /BBBB$/);
    assert.deepEqual(pods, {
      Effect: "Allow",
      Principal: { Service: "pods.eks.amazonaws.com" },
      Action: ["sts:AssumeRole", "sts:TagSession"],
      Condition: {
        StringEquals: {
          "aws:RequestTag/eks-cluster-arn": ["b", "c"].map(
            (name) => `arn:aws:eks:us-east-1:${ACCOUNT}:cluster/prod-${name}`,
          ),
          "aws:RequestTag/kubernetes-namespace": "default",
          "aws:RequestTag/kubernetes-service-account": "s3-reader",
        },
      },
    });
  });

  it("annotates ServiceAccounts where IRSA is to give the role, and has them and pods wait for the association", async () => {
    const { recording, result } = await record(
      (lib) => new lib.MultiClusterIrsa("app", goodArgs({ clusters: mixed(), samplePod: {} })),
    );
    assert.deepEqual(annotated(recording), { a: [ROLE_ANNOTATION], b: [ROLE_ANNOTATION], c: [] });
    for (const name of ["b", "c"]) {
      const association = recording.one(ASSOCIATION, `app/${name}/default/s3-reader`);
      const account = recording.one(SERVICE_ACCOUNT, `app/${name}/default/s3-reader`);
      const pod = recording.one(POD, `app/${name}/default/s3-reader`);
      assert.ok(account.dependencies.includes(association.urn));
      assert.ok(pod.dependencies.includes(account.urn));
    }
    assert.deepEqual(await valueOf(result.associationIds), {
      b: { "default/s3-reader": "a-app-b-default-s3-reader" },
      c: { "default/s3-reader": "a-app-c-default-s3-reader" },
    });
    const { a, c } = await valueOf(result.helmValues);
    assert.deepEqual(a, c, "the chart makes neither");
  });

  it("pods carry the mode that they were born with, but for those of IRSA, which are as they always were", async () => {
    assert.deepEqual(await modesOfPods(mixed()), [undefined, Both, PodIdentity]);
  });

  it("pods of IRSA are made anew when the role accepts it alone, since those of before may have Pod Identity still", async () => {
    const blue = (modes: Partial<IrsaCluster>) => [podIdentityCluster("blue", "B", modes)];
    assert.deepEqual(await modesOfPods(blue({ identity: Irsa, trusts: Both })), [
      "Irsa, PodIdentity accepted",
    ]);
    assert.deepEqual(await modesOfPods(blue({ identity: Irsa })), [undefined]);
    assert.deepEqual(await modesOfPods(blue({ trusts: Both })), [PodIdentity]);
  });

  it("what the role trusts may be wider than what pods get", async () => {
    const clusters = [
      podIdentityCluster("blue", "B", { trusts: Both }),
      podIdentityCluster("green", "C", { identity: Irsa, trusts: Both }),
    ];
    const { recording } = await record((lib) => new lib.MultiClusterIrsa("app", goodArgs({ clusters })));
    assert.equal(statementsOf(recording.one(ROLE).inputs.assumeRolePolicy).length, 3);
    assert.deepEqual(
      recording.of(ASSOCIATION).map(({ name }) => name),
      ["app/blue/default/s3-reader"],
    );
    assert.deepEqual(annotated(recording), { blue: [], green: [ROLE_ANNOTATION] });
  });

  it("a retired cluster keeps its trust and its associations", async () => {
    const clusters = [podIdentityCluster("blue", "B", { retired: true }), podIdentityCluster("green", "C")];
    const { recording } = await record((lib) => new lib.MultiClusterIrsa("app", goodArgs({ clusters })));
    assert.equal(recording.of(ASSOCIATION).length, 2);
    assert.deepEqual(
      recording.of(SERVICE_ACCOUNT).map(({ name }) => name),
      ["app/green/default/s3-reader"],
    );
  });

  it("a ServiceAccount that a chart makes has its association all the same", async () => {
    const serviceAccounts = [
      { ...READER, ownership: (await import("../../index")).ServiceAccountOwnership.None },
    ];
    const clusters = [podIdentityCluster("blue", "B", { kubeconfig: undefined as unknown as string })];
    const { recording, result } = await record(
      (lib) => new lib.MultiClusterIrsa("app", goodArgs({ clusters, serviceAccounts })),
    );
    assert.equal(recording.of(ASSOCIATION).length, 1);
    assert.deepEqual(await valueOf(result.helmValues), {
      blue: { "default/s3-reader": { serviceAccount: { create: true, name: "s3-reader" } } },
    });
    assert.deepEqual(await valueOf(result.serviceAccountAnnotations), {});
  });
});

describe("MultiClusterIrsa: the EKS Pod Identity Agent", () => {
  it("is installed where it is asked for, before the associations", async () => {
    const clusters = [
      podIdentityCluster("blue", "B", { installAgent: true }),
      podIdentityCluster("green", "C"),
    ];
    const { recording } = await record((lib) => new lib.MultiClusterIrsa("app", goodArgs({ clusters })));
    const agent = recording.one(ADDON);
    assert.equal(agent.name, "app/blue");
    assert.deepEqual(agent.inputs, {
      clusterName: "prod-blue",
      region: "us-east-1",
      addonName: "eks-pod-identity-agent",
    });
    const waiting = recording.of(ASSOCIATION).map(({ dependencies }) => dependencies.includes(agent.urn));
    assert.deepEqual(waiting, [true, false]);
  });

  it("is refused where Auto Mode turns out to have it built in", async () => {
    const clusters = [podIdentityCluster("blue", "B", { installAgent: true, autoMode: late(true) })];
    const { errors, resources } = await recordFailure(
      (lib) => new lib.MultiClusterIrsa("app", goodArgs({ clusters })),
    );
    assert.match(
      String(errors[0]?.message),
      /clusters\[0\]\.installAgent is set, and the cluster is in EKS Auto Mode/,
    );
    assert.ok(!resources.some(({ type }) => type === ADDON || type === ASSOCIATION));
  });
});

describe("MultiClusterIrsa: Pod Identity across accounts", () => {
  const OTHER = "210987654321";
  const TARGET = `arn:aws:iam::${OTHER}:role/app`;

  it("refuses a cluster of another account, and says how it is done", async () => {
    const clusters = [podIdentityCluster("blue", "B", { accountId: OTHER })];
    const { errors } = await recordFailure((lib) => new lib.MultiClusterIrsa("app", goodArgs({ clusters })));
    assert.match(
      String(errors[0]?.message),
      new RegExp(
        `clusters\\[0\\]\\.accountId is ${OTHER}, and the role is in ${ACCOUNT}: .*podIdentity\\.targetRoleArn`,
      ),
    );
  });

  it("makes a base role in the cluster's account, which may do nothing but assume the target", async () => {
    const clusters = [podIdentityCluster("blue", "B")];
    const args = goodArgs({ clusters, podIdentity: { targetRoleArn: TARGET }, samplePod: {} });
    const { recording } = await record((lib) => new lib.MultiClusterIrsa("app", args));
    const { inputs, dependencies } = recording.one(INLINE_POLICY);
    assert.deepEqual(JSON.parse(String(inputs.policy)), {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: ["sts:AssumeRole", "sts:TagSession"], Resource: TARGET }],
    });
    assert.ok(dependencies.includes(recording.one(ROLE).urn));
    const association = recording.one(ASSOCIATION);
    assert.equal(association.inputs.targetRoleArn, TARGET);
    assert.ok(association.dependencies.includes(recording.one(INLINE_POLICY).urn));
    const { containers } = recording.one(POD).inputs.spec as { containers: { env: { name: string }[] }[] };
    assert.deepEqual(
      containers[0]?.env.find(({ name }) => name === "EXPECTED_ROLE_ARN"),
      { name: "EXPECTED_ROLE_ARN", value: TARGET },
    );
  });

  const untagged = { targetRoleArn: TARGET, disableSessionTags: true, allowClusterWideTrust: true };

  it("takes an external ID for what it was computed to be", async () => {
    const args = goodArgs({ clusters: [podIdentityCluster("blue", "B")], podIdentity: untagged });
    const { result } = await record((lib) => new lib.MultiClusterIrsa("app", args));
    assert.deepEqual(await valueOf(result.associationIds), {
      blue: { "default/s3-reader": "a-app-blue-default-s3-reader" },
    });
  });

  it("goes no further where EKS has another external ID than the target role asks for", async () => {
    const args = goodArgs({ clusters: [podIdentityCluster("blue", "B")], podIdentity: untagged });
    const { errors } = await recordFailure((lib) => new lib.MultiClusterIrsa("app", args), {
      externalId: "us-east-1/123456789012/prod-blue/default/other",
    });
    assert.match(
      String(errors[0]?.message),
      /gave the association of default\/s3-reader the external ID ".*other" where ".*s3-reader" was computed/,
    );
  });

  it("trusts a base role of another account at the target, and makes nothing there", async () => {
    const base = `arn:aws:iam::${OTHER}:role/base`;
    const blue = podIdentityCluster("blue", "B", { baseRole: { arn: late(base) } });
    const clusters = [{ ...blue, kubeconfig: undefined as unknown as string }, cluster("green", "C")];
    const { recording } = await record((lib) => new lib.MultiClusterIrsa("app", goodArgs({ clusters })));
    const chained = statementsOf(recording.one(ROLE).inputs.assumeRolePolicy).at(-1);
    assert.deepEqual(chained?.Principal, { AWS: base });
    assert.equal(
      chained.Condition.StringEquals["aws:RequestTag/eks-cluster-arn"],
      `arn:aws:eks:us-east-1:${OTHER}:cluster/prod-blue`,
    );
    assert.deepEqual(recording.of(ASSOCIATION), []);
    assert.deepEqual(
      recording.of(SERVICE_ACCOUNT).map(({ name }) => name),
      ["app/green/default/s3-reader"],
    );
  });

  it("asks for the computed external ID where the base role's session tags are off", async () => {
    const base = `arn:aws:iam::${OTHER}:role/base`;
    const clusters = [podIdentityCluster("blue", "B", { baseRole: { arn: base, disableSessionTags: true } })];
    const { recording } = await record((lib) => new lib.MultiClusterIrsa("app", goodArgs({ clusters })));
    const [chained] = statementsOf(recording.one(ROLE).inputs.assumeRolePolicy);
    assert.deepEqual(chained?.Action, "sts:AssumeRole");
    assert.deepEqual(chained.Condition.StringEquals, {
      "sts:ExternalId": `us-east-1/${OTHER}/prod-blue/default/s3-reader`,
    });
  });

  it("refuses two names for one cluster, when the base role tells its account", async () => {
    const where = { clusterName: "prod", baseRole: { arn: late(`arn:aws:iam::${OTHER}:role/base`) } };
    const clusters = [
      podIdentityCluster("blue", "B", { ...where, accountId: OTHER }),
      podIdentityCluster("green", "C", where),
    ];
    const { errors } = await recordFailure((lib) => new lib.MultiClusterIrsa("app", goodArgs({ clusters })));
    const message = `clusters[1].clusterName is that of arn:aws:eks:us-east-1:${OTHER}:cluster/prod, as clusters[0].clusterName is: list that cluster once`;
    assert.ok(errors[0]?.message.includes(message), errors[0]?.message);
  });

  for (const [what, arn, expected] of [
    ["that is none", "base", /clusters\[0\]\.baseRole\.arn is not the ARN of a role/],
    [
      "of another partition",
      `arn:aws-cn:iam::${OTHER}:role/base`,
      /is in the partition aws-cn, and the role is in aws/,
    ],
    [
      "of another account than the cluster's",
      `arn:aws:iam::${ACCOUNT}:role/base`,
      /is in account 123456789012, and the cluster in/,
    ],
  ] as const) {
    it(`refuses a base role ${what}, when it arrives`, async () => {
      const clusters = [podIdentityCluster("blue", "B", { accountId: OTHER, baseRole: { arn: late(arn) } })];
      const { errors } = await recordFailure(
        (lib) => new lib.MultiClusterIrsa("app", goodArgs({ clusters })),
      );
      assert.match(String(errors[0]?.message), expected);
    });
  }
});

describe("IrsaRole", () => {
  it("trusts clusters by Pod Identity too", async () => {
    const clusterArn = `arn:aws:eks:us-east-1:${ACCOUNT}:cluster/prod-blue`;
    const { recording } = await record(
      (lib) =>
        new lib.IrsaRole("app", {
          clusters: [{ name: "blue", podIdentity: { clusterArn: late(clusterArn) } }],
          serviceAccounts: [READER],
        }),
    );
    const [only, ...others] = statementsOf(recording.one(ROLE).inputs.assumeRolePolicy);
    assert.deepEqual(others, []);
    assert.equal(only?.Condition.StringEquals["aws:RequestTag/eks-cluster-arn"], clusterArn);
  });

  it("is told of one cluster under two names, early and late", async () => {
    const clusterArn = `arn:aws:eks:us-east-1:${ACCOUNT}:cluster/prod`;
    for (const second of [clusterArn, late(clusterArn)]) {
      const clusters = [
        { name: "blue", podIdentity: { clusterArn } },
        { name: "green", podIdentity: { clusterArn: second } },
      ];
      const { errors } = await recordFailure(
        (lib) => new lib.IrsaRole("app", { clusters, serviceAccounts: [READER] }),
      );
      assert.match(
        errors[0]?.message ?? "",
        /IrsaRole "app": one problem in its arguments\n {2}- clusters\[1\]\.podIdentity\.clusterArn is that of arn:.*prod, as clusters\[0\]/,
      );
    }
  });

  it("is told of a condition that says nothing of a call that its clusters make", async () => {
    const podIdentity = { clusterArn: `arn:aws:eks:us-east-1:${ACCOUNT}:cluster/prod` };
    const podIdentityConditions = { StringEquals: { "aws:PrincipalOrgID": ["o-1"] } };
    const { errors } = await recordFailure(
      (lib) =>
        new lib.IrsaRole("app", {
          clusters: [{ name: "blue", podIdentity }],
          serviceAccounts: [READER],
          trust: { podIdentityConditions },
        }),
    );
    const path = 'trust.podIdentityConditions["StringEquals"]["aws:PrincipalOrgID"] says nothing of a pod';
    assert.ok(errors[0]?.message.includes(path), errors[0]?.message);
  });

  it("is told of clusters that come by no way, and of ways that are wrong", async () => {
    const clusters = [
      { name: "none" },
      { name: "no-arn", podIdentity: { clusterArn: "prod" } },
      {
        name: "no-base",
        podIdentity: { clusterArn: `arn:aws:eks:us-east-1:${ACCOUNT}:cluster/x`, baseRole: { arn: "x" } },
      },
      {
        name: "wide",
        podIdentity: { clusterArn: `arn:aws:eks:us-east-1:${ACCOUNT}:cluster/y`, disableSessionTags: true },
      },
    ];
    const { errors } = await recordFailure(
      (lib) => new lib.IrsaRole("app", { clusters, serviceAccounts: [READER] }),
    );
    const told = String(errors[0]?.message);
    for (const path of [
      "clusters[0].oidcProviderArn is missing",
      "clusters[1].podIdentity.clusterArn is not the ARN",
      "clusters[2].podIdentity.baseRole.arn is not the ARN",
      "clusters[3].podIdentity.allowClusterWideTrust is not set",
    ]) {
      assert.ok(told.includes(path), `${path}\n${told}`);
    }
  });
});
