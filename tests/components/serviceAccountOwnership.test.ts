import assert from "node:assert/strict";
import { ServiceAccountOwnership, SubjectMatch, type ServiceAccountSettings } from "../../index";
import { cluster, FLEET, goodArgs, late, READER, ROLE, SERVICE_ACCOUNT } from "../support/clusters";
import { eksIssuer } from "../support/fleet";
import { record, recordFailure, valueOf } from "../support/recorder";
import { ALL, ALL_ANNOTATIONS, app, KEY, NAME, ROLE_ARN } from "./ownedBindings";

describe("ServiceAccountOwnership.Create", () => {
  it("makes the ServiceAccount with its settings", async () => {
    const { recording } = await record(app({ settings: ALL }));
    assert.deepEqual(recording.one(SERVICE_ACCOUNT, NAME).inputs, {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { ...READER, labels: { team: "data", tier: "gold" }, annotations: ALL_ANNOTATIONS },
      automountServiceAccountToken: false,
      imagePullSecrets: [{ name: "registry" }, { name: "mirror" }],
    });
    assert.deepEqual(recording.reads, []);
  });

  it("with settings that say nothing is as without", async () => {
    const nothing = { labels: {}, annotations: {}, imagePullSecrets: [], forceConflicts: false };
    const { recording } = await record(
      app({ ownership: ServiceAccountOwnership.Create, createNamespace: false, settings: nothing }),
    );
    assert.deepEqual(recording.one(SERVICE_ACCOUNT).inputs, {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { ...READER, annotations: { [KEY]: ROLE_ARN } },
    });
  });

  const wrong: [string, ServiceAccountSettings, RegExp][] = [
    [
      "label",
      { labels: { team: late("a b") } },
      /serviceAccounts\[0\]\.settings\.labels\["team"\] is not the value/,
    ],
    [
      "pull secret",
      { imagePullSecrets: ["fine", late("")] },
      /serviceAccounts\[0\]\.settings\.imagePullSecrets\[1\] is not the name of a Secret: ""/,
    ],
  ];
  for (const [what, settings, message] of wrong) {
    it(`a late ${what} that is wrong: an error before the ServiceAccount`, async () => {
      const { errors, resources } = await recordFailure(app({ settings }));
      assert.match(errors[0]!.message, /MultiClusterIrsa "app": one problem in its arguments\n/);
      assert.match(errors[0]!.message, message);
      assert.ok(resources.some(({ type }) => type === ROLE));
      assert.ok(!resources.some(({ type }) => type === SERVICE_ACCOUNT));
    });
  }
});

describe("ServiceAccountOwnership.None", () => {
  const ownership = ServiceAccountOwnership.None;
  const withoutKubeconfig = { clusters: [{ name: "blue", issuerUrl: eksIssuer("B") }] };

  it("makes nothing in the cluster, needs no way to it, and trusts the ServiceAccount", async () => {
    const { recording } = await record(
      app({ ownership }, { ...withoutKubeconfig, samplePod: {}, verificationJob: {} }),
    );
    assert.deepEqual(recording.resources.map(({ type }) => type.replace(/^.*:/, "")).sort(), [
      "MultiClusterIrsa",
      "OpenIdConnectProvider",
      "Role",
    ]);
    assert.match(
      String(recording.one(ROLE).inputs.assumeRolePolicy),
      /system:serviceaccount:default:s3-reader/,
    );
  });

  it("gives out the values with which a Helm chart makes it, and of others their names", async () => {
    const { labels: _, imagePullSecrets: __, ...fitting } = ALL;
    const serviceAccounts = [
      { ...READER, ownership, settings: fitting },
      { namespace: "jobs", name: "writer", ownership: ServiceAccountOwnership.Patch },
      { namespace: "jobs", name: "plain", ownership, clusters: ["blue"] },
      { namespace: "jobs", name: "made" },
      { namespace: "jobs", name: "any-*", match: SubjectMatch.Wildcard },
    ];
    const existing = { "jobs/writer": { metadata: {} } };
    const { result: irsa } = await record(
      (lib) => new lib.MultiClusterIrsa("app", goodArgs({ serviceAccounts })),
      { existing },
    );
    const made = { create: true, name: "s3-reader", automount: false, annotations: ALL_ANNOTATIONS };
    const shared = {
      "default/s3-reader": { serviceAccount: made },
      "jobs/writer": { serviceAccount: { create: false, name: "writer" } },
      "jobs/made": { serviceAccount: { create: false, name: "made" } },
    };
    const plain = { create: true, name: "plain", annotations: { [KEY]: ROLE_ARN } };
    assert.deepEqual(await valueOf(irsa.helmValues), {
      blue: { ...shared, "jobs/plain": { serviceAccount: plain } },
      green: shared,
    });
  });

  it("gives each cluster the role of its shard", async () => {
    const clusters = [cluster("blue", "B", { shard: "a" }), cluster("green", "C", { shard: "b" })];
    const { result: irsa } = await record(app({ ownership }, { clusters, trust: { shards: ["a", "b"] } }));
    const helmValues = await valueOf(irsa.helmValues);
    for (const [name, shard] of [["blue", "a"] as const, ["green", "b"] as const]) {
      assert.deepEqual(helmValues[name]!["default/s3-reader"]!.serviceAccount.annotations, {
        [KEY]: `arn:aws:iam::123456789012:role/app-${shard}-1a2b3c4`,
      });
    }
  });

  it("wants room for no sample pod in the name", async () => {
    const name = "a".repeat(253);
    await record(app({ ownership, name }, { samplePod: {} }));
    await assert.rejects(record(app({ name }, { samplePod: {} })), /too long for a sample pod/);
  });
});

describe("a fleet's own record", () => {
  it("says who owns a ServiceAccount and its namespace, where that was said", async () => {
    const binding = {
      namespace: "jobs",
      name: "w",
      ownership: ServiceAccountOwnership.Create,
      createNamespace: true,
    };
    const { recording } = await record(app(binding));
    assert.deepEqual(recording.one(FLEET).inputs.serviceAccounts, [binding]);
  });
});
