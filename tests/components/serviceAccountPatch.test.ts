import assert from "node:assert/strict";
import { ServiceAccountOwnership } from "../../index";
import {
  cluster,
  FLEET,
  goodArgs,
  JOB,
  KUBERNETES,
  POD,
  READER,
  SERVICE_ACCOUNT,
  SERVICE_ACCOUNT_PATCH,
} from "../support/clusters";
import { eksIssuer } from "../support/fleet";
import { record, recordFailure, UNKNOWN, type RecordOptions } from "../support/recorder";
import { ALL, ALL_ANNOTATIONS, app, byHelm, KEY, NAME, ROLE_ARN } from "./ownedBindings";

describe("ServiceAccountOwnership.Patch", () => {
  const ownership = ServiceAccountOwnership.Patch;
  const { automountServiceAccountToken: _, imagePullSecrets: __, ...fitting } = ALL;

  it("applies annotations and labels to the ServiceAccount that is there, and makes none", async () => {
    const { recording } = await record(app({ ownership, settings: fitting }), byHelm());
    assert.deepEqual(recording.of(SERVICE_ACCOUNT), []);
    const patch = recording.one(SERVICE_ACCOUNT_PATCH, NAME);
    assert.deepEqual(patch.inputs, {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { ...READER, labels: { team: "data", tier: "gold" }, annotations: ALL_ANNOTATIONS },
    });
    assert.equal(patch.parent, recording.one(FLEET).urn);
    assert.equal(recording.label(patch.provider), "kubernetes app/blue");
  });

  it("reads it first by the URN of one that is created here, so that the engine lets that go", async () => {
    const { recording } = await record(app({ ownership }), byHelm());
    const { recording: before } = await record(app({}));
    const [read, ...more] = recording.reads;
    assert.deepEqual(more, []);
    assert.equal(read!.id, "default/s3-reader");
    assert.equal(read!.urn, before.one(SERVICE_ACCOUNT).urn);
    assert.equal(read!.provider, recording.one(KUBERNETES).urn);
    assert.ok(recording.one(SERVICE_ACCOUNT_PATCH).dependencies.includes(read!.urn));
  });

  it("fails where there is none, since apply would make it", async () => {
    const { errors, resources } = await recordFailure(app({ ownership }));
    assert.match(errors[0]!.message, /resource 'default\/s3-reader' does not exist/);
    assert.ok(!resources.some(({ type }) => type === SERVICE_ACCOUNT_PATCH));
  });

  it("leaves the field manager to the plugin, which makes up one for each patch", async () => {
    const { recording } = await record(app({ ownership }), byHelm());
    const { metadata } = recording.one(SERVICE_ACCOUNT_PATCH).inputs as { metadata: { annotations: object } };
    assert.deepEqual(Object.keys(metadata.annotations), [KEY]);
  });

  it("comes before the sample pod and the verification Job", async () => {
    const { recording } = await record(app({ ownership }, { samplePod: {}, verificationJob: {} }), byHelm());
    const patch = recording.one(SERVICE_ACCOUNT_PATCH).urn;
    assert.ok(recording.one(POD, NAME).dependencies.includes(patch));
    assert.ok(recording.one(JOB, NAME).dependencies.includes(patch));
  });

  const others = { "f:annotations": { [`f:${KEY}`]: {} }, "f:labels": { "f:team": {} } };
  const taken = { annotations: { [KEY]: "arn:of:another" }, fields: others };

  it("fails where another manager has set a key to another value: told before the patch", async () => {
    const { errors, resources } = await recordFailure(app({ ownership }), byHelm(taken));
    assert.equal(
      errors[0]!.message.replace('error serializing property "metadata": ', ""),
      'MultiClusterIrsa "app": one problem in its arguments\n' +
        `  - serviceAccounts[0].settings cannot be applied by "${NAME}": annotations["${KEY}"] of the ServiceAccount has another ` +
        "value, set by helm. Take it out there, or set forceConflicts to true, which takes it over",
    );
    assert.ok(!resources.some(({ type }) => type === SERVICE_ACCOUNT_PATCH));
  });

  it("fails for a label too", async () => {
    const settings = { labels: { team: "data" } };
    const { errors } = await recordFailure(
      app({ ownership, settings }),
      byHelm({ labels: { team: "web" }, fields: others }),
    );
    assert.match(
      errors[0]!.message,
      /labels\["team"\] of the ServiceAccount has another value, set by helm\./,
    );
  });

  it("takes over by force only what is asked for, and only if asked for", async () => {
    const { recording } = await record(app({ ownership, settings: { forceConflicts: true } }), byHelm(taken));
    const { metadata } = recording.one(SERVICE_ACCOUNT_PATCH).inputs as { metadata: unknown };
    assert.deepEqual(metadata, {
      ...READER,
      annotations: { [KEY]: ROLE_ARN, "pulumi.com/patchForce": "true" },
    });
  });

  const free: [string, RecordOptions][] = [
    ["the same value by another", byHelm({ annotations: { [KEY]: ROLE_ARN }, fields: others })],
    ["another value of a key that nobody holds", byHelm({ annotations: { [KEY]: "arn:of:another" } })],
    ["another key", byHelm({ annotations: { "example.com/note": "theirs" }, fields: others })],
    [
      "a ServiceAccount without a record of managers",
      { existing: { "default/s3-reader": { metadata: READER } } },
    ],
  ];
  for (const [what, options] of free) {
    it(`is in no conflict with ${what}`, async () => {
      const { recording } = await record(app({ ownership }), options);
      assert.equal(recording.of(SERVICE_ACCOUNT_PATCH).length, 1);
    });
  }

  it("leaves its own former value to the API server, which knows its name", async () => {
    const options = byHelm({ annotations: { [KEY]: "arn:of:before" } });
    const [, ours] = (options.existing!["default/s3-reader"]!.metadata as { managedFields: object[] })
      .managedFields;
    Object.assign(ours!, { fieldsV1: { "f:metadata": others } });
    const { recording } = await record(app({ ownership }), options);
    assert.equal(recording.of(SERVICE_ACCOUNT_PATCH).length, 1);
  });

  it("knows at preview what it applies, but for the ARN of a role that is not there yet", async () => {
    const { recording } = await record(app({ ownership, settings: fitting }), {
      ...byHelm(taken),
      preview: true,
    });
    const { metadata } = recording.one(SERVICE_ACCOUNT_PATCH).inputs as { metadata: unknown };
    assert.deepEqual(metadata, {
      ...READER,
      labels: { team: "data", tier: "gold" },
      annotations: { ...ALL_ANNOTATIONS, [KEY]: UNKNOWN },
    });
  });

  it("wants a way to its cluster", async () => {
    const { clusters } = goodArgs();
    const unreachable = [clusters[0]!, { name: "green", issuerUrl: eksIssuer("C") }];
    const { errors, resources } = await recordFailure(app({ ownership }, { clusters: unreachable }));
    assert.match(
      errors[0]!.message,
      /clusters\[1\]\.kubeconfig is missing and .* made or patched in "green"/,
    );
    assert.deepEqual(resources, []);
  });

  it("keeps its place when the cluster is renamed", async () => {
    const clusters = [cluster("blue", "B", { formerNames: ["old"] })];
    const { recording } = await record(app({ ownership }, { clusters }), byHelm());
    assert.deepEqual(recording.one(SERVICE_ACCOUNT_PATCH).aliases, ["app/old/default/s3-reader"]);
  });
});
