import assert from "node:assert/strict";
import { Provider as AwsProvider } from "@pulumi/aws/provider";
import * as pulumi from "@pulumi/pulumi";
import { IdentityMode, type ClusterLookup } from "../../index";
import { KUBERNETES, late, PROVIDER, READER, ROLE } from "../support/clusters";
import { eksIssuer, providerArn } from "../support/fleet";
import { record, recordFailure, type RecordOptions, valueOf } from "../support/recorder";

const GET_CLUSTER = "aws:eks/getCluster:getCluster";
const issuer = eksIssuer("B");

/** EKS as a look-up sees it; the cluster lives in us-east-1 unless the look-up says otherwise. */
const eks = (changes: object = {}): RecordOptions => ({
  invokes: {
    [GET_CLUSTER]: ({ name, region }) => ({
      id: name,
      name,
      region: region ?? "us-east-1",
      endpoint: `https://${String(name)}.example.com`,
      certificateAuthorities: [{ data: "Q0E=" }],
      identities: [{ oidcs: [{ issuer }] }],
      ...changes,
    }),
  },
});

/** The kubeconfig as JSON, for these arguments after `aws eks`. */
const kubeconfig = (
  name: string,
  region: string,
  { more = [], env = null }: { more?: string[]; env?: unknown } = {},
) => ({
  apiVersion: "v1",
  kind: "Config",
  clusters: [
    { name, cluster: { server: `https://${name}.example.com`, "certificate-authority-data": "Q0E=" } },
  ],
  users: [
    {
      name,
      user: {
        exec: {
          apiVersion: "client.authentication.k8s.io/v1beta1",
          command: "aws",
          args: ["eks", "get-token", "--region", region, "--cluster-name", name, "--output", "json", ...more],
          env,
          interactiveMode: "Never",
        },
      },
    },
  ],
  contexts: [{ name, context: { cluster: name, user: name } }],
  "current-context": name,
});

async function lookUp(lookup?: ClusterLookup, options = eks()) {
  const { recording, result } = await record((lib) => lib.fromClusterName("east", lookup), options);
  return {
    recording,
    result,
    issuerUrl: await valueOf(pulumi.output(result.issuerUrl)),
    kubeconfig: JSON.parse((await valueOf(pulumi.output(result.kubeconfig))) ?? "") as unknown,
  };
}

describe("fromClusterName", () => {
  it("finds issuer, endpoint and certificate authority by one look-up", async () => {
    const found = await lookUp();
    assert.equal(found.result.name, "east");
    assert.equal(found.issuerUrl, issuer);
    assert.deepEqual(found.kubeconfig, kubeconfig("east", "us-east-1"));
    assert.deepEqual(found.recording.invokes, [
      { token: GET_CLUSTER, inputs: { name: "east" }, provider: "" },
    ]);
    assert.deepEqual(Object.keys(found.result).sort(), [
      "autoMode",
      "clusterName",
      "issuerUrl",
      "kubeconfig",
      "name",
    ]);
  });

  it("looks in the region that is given, for the name that it has there", async () => {
    const found = await lookUp({ clusterName: "prod-east", region: "eu-west-1" });
    assert.equal(found.result.name, "east");
    assert.deepEqual(found.recording.invokes[0]?.inputs, { name: "prod-east", region: "eu-west-1" });
    assert.deepEqual(found.kubeconfig, kubeconfig("prod-east", "eu-west-1"));
  });

  it("logs in by the profile and the role that are given", async () => {
    const found = await lookUp({ profile: "prod", roleArn: "arn:aws:iam::123456789012:role/admin" });
    assert.deepEqual(
      found.kubeconfig,
      kubeconfig("east", "us-east-1", {
        more: ["--role-arn", "arn:aws:iam::123456789012:role/admin"],
        env: [{ name: "AWS_PROFILE", value: "prod" }],
      }),
    );
  });

  it("uses the aws provider that is given", async () => {
    const { recording } = await record(
      (lib) => lib.fromClusterName("east", {}, { provider: new AwsProvider("there") }),
      eks(),
    );
    assert.equal(recording.invokes[0]?.provider, recording.one("pulumi:providers:aws").urn);
  });

  it("says whatever else the list is to say of it", async () => {
    const said = {
      shard: "a",
      formerShards: ["b"],
      retired: true,
      oidcProviderArn: providerArn(issuer),
      oidcProviderClientIds: ["sts.amazonaws.com"],
      importOidcProvider: true,
      baseRole: { arn: "arn:aws:iam::210987654321:role/base" },
    };
    const { result } = await record(
      (lib) => lib.fromClusterName("east", { ...said, profile: "p", roleArn: "r" }),
      eks(),
    );
    const { issuerUrl: _, kubeconfig: __, autoMode: ___, ...rest } = result;
    assert.deepEqual(rest, { name: "east", clusterName: "east", ...said });
  });

  it("loses nothing that a program without types says: the component tells of a key that nobody knows", async () => {
    const lookup = { region: "us-east-1", retird: true };
    const { result } = await record(
      (lib) =>
        lib.findProblems({ clusters: [lib.fromClusterName("east", lookup)], serviceAccounts: [READER] }),
      eks(),
    );
    assert.deepEqual(result, [{ propertyPath: "clusters[0].retird", reason: "is not known: write retired" }]);
  });

  it("says what Pod Identity asks of the cluster, where it is given", async () => {
    const lookup: ClusterLookup = {
      clusterName: "prod-east",
      region: "us-east-1",
      identity: IdentityMode.PodIdentity,
      trusts: IdentityMode.Both,
      accountId: "210987654321",
      installAgent: true,
    };
    const { issuerUrl: _, kubeconfig: __, autoMode: ___, ...said } = (await lookUp(lookup)).result;
    assert.deepEqual(said, { name: "east", ...lookup });
  });

  const computeConfigs: [string, object, boolean][] = [
    ["in EKS Auto Mode", { computeConfigs: [{ enabled: true, nodePools: [], nodeRoleArn: "" }] }, true],
    ["with Auto Mode off", { computeConfigs: [{ enabled: false, nodePools: [], nodeRoleArn: "" }] }, false],
    ["without Auto Mode", { computeConfigs: [] }, false],
    ["of an aws provider that does not know Auto Mode", {}, false],
  ];
  for (const [what, changes, autoMode] of computeConfigs) {
    it(`finds whether the agent is built in: a cluster ${what}`, async () => {
      const { result } = await lookUp({}, eks(changes));
      assert.equal(await valueOf(pulumi.output(result.autoMode)), autoMode);
    });
  }

  it("has no agent installed where that is found to be built in", async () => {
    const { errors } = await recordFailure(
      (lib) =>
        new lib.MultiClusterIrsa("app", {
          clusters: [
            lib.fromClusterName("east", {
              region: "us-east-1",
              identity: IdentityMode.Both,
              installAgent: true,
            }),
          ],
          serviceAccounts: [READER],
        }),
      eks({ computeConfigs: [{ enabled: true }] }),
    );
    assert.match(
      errors.map(({ message }) => message).join("\n"),
      /clusters\[0\]\.installAgent is set, and the cluster is in EKS Auto Mode/,
    );
  });

  it("makes a cluster of the list: created provider, secret kubeconfig, former names", async () => {
    const { recording } = await record(
      (lib) =>
        new lib.MultiClusterIrsa("app", {
          clusters: [lib.fromClusterName("east", { formerNames: ["e"] })],
          serviceAccounts: [READER],
        }),
      eks(),
    );
    const provider = recording.one(PROVIDER, "app/east");
    assert.equal(provider.inputs.url, issuer);
    assert.deepEqual(provider.aliases, ["app/e"]);
    assert.deepEqual(recording.one(KUBERNETES).inputs, {
      kubeconfig: { secret: JSON.stringify(kubeconfig("east", "us-east-1")) },
      clusterIdentifier: issuer,
    });
  });

  it("adopts the provider that is given", async () => {
    const { recording } = await record(
      (lib) =>
        new lib.MultiClusterIrsa("app", {
          clusters: [lib.fromClusterName("east", { oidcProviderArn: late(providerArn(issuer)) })],
          serviceAccounts: [READER],
        }),
      eks(),
    );
    assert.deepEqual(recording.of(PROVIDER), []);
    assert.ok(String(recording.one(ROLE).inputs.assumeRolePolicy).includes(providerArn(issuer)));
  });

  it("is whole at preview: an existing cluster is known", async () => {
    const { recording } = await record(
      (lib) =>
        new lib.MultiClusterIrsa("app", {
          clusters: [lib.fromClusterName("east")],
          serviceAccounts: [READER],
        }),
      { ...eks(), preview: true },
    );
    assert.ok(String(recording.one(ROLE).inputs.assumeRolePolicy).includes(providerArn(issuer)));
  });

  const noIssuer: [string, object][] = [
    ["no identity", { identities: [] }],
    ["no OIDC identity", { identities: [{ oidcs: [] }] }],
    ["an empty issuer", { identities: [{ oidcs: [{ issuer: "" }] }] }],
  ];
  for (const [what, changes] of noIssuer) {
    it(`says that a cluster has no issuer: ${what}`, async () => {
      const { errors, of } = await recordFailure(
        (lib) =>
          new lib.MultiClusterIrsa("app", {
            clusters: [lib.fromClusterName("east", { clusterName: "prod" })],
            serviceAccounts: [READER],
          }),
        eks(changes),
      ).then((recording) => ({ errors: recording.errors, of: (type: string) => recording.of(type) }));
      assert.equal(errors.length, 1);
      assert.match(errors[0]!.message, /fromClusterName\("east"\): EKS cluster "prod" has no OIDC issuer/);
      assert.ok(pulumi.RunError.isInstance(errors[0]));
      assert.deepEqual([...of(ROLE), ...of(PROVIDER)], []);
    });
  }
});
