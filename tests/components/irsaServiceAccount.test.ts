import assert from "node:assert/strict";
import { Provider as KubernetesProvider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { ServiceAccountOwnership, type IrsaServiceAccountArgs } from "../../index";
import { JOB, late, POD, SERVICE_ACCOUNT, SERVICE_ACCOUNT_PATCH } from "../support/clusters";
import { record, recordFailure, UNKNOWN } from "../support/recorder";

const TYPE = "eks-irsa:index:IrsaServiceAccount";
const roleArn = "arn:aws:iam::123456789012:role/app";
const good: IrsaServiceAccountArgs = { namespace: "default", name: "s3-reader", roleArn };

describe("IrsaServiceAccount", () => {
  it("makes the ServiceAccount under itself, annotated with the role, in its provider's cluster", async () => {
    const { recording } = await record(
      (lib) =>
        new lib.IrsaServiceAccount(
          "reader",
          { ...good, namespace: late("default") },
          { provider: new KubernetesProvider("east", { kubeconfig: "k" }) },
        ),
    );
    const account = recording.one(SERVICE_ACCOUNT, "reader");
    assert.deepEqual(account.inputs, {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: {
        namespace: "default",
        name: "s3-reader",
        annotations: { "eks.amazonaws.com/role-arn": roleArn },
      },
    });
    assert.equal(account.parent, recording.one(TYPE).urn);
    assert.equal(recording.label(account.provider), "kubernetes east");
    assert.deepEqual(recording.of(POD), []);
    assert.deepEqual(recording.one(TYPE).inputs, { name: "s3-reader" });
    assert.deepEqual(recording.outputs.get(recording.one(TYPE).urn), {
      serviceAccountName: "s3-reader",
      namespace: "default",
      samplePodName: "",
      verificationJobName: "",
    });
  });

  it("makes the sample pod after it, and tells its name", async () => {
    const { recording } = await record(
      (lib) => new lib.IrsaServiceAccount("reader", { ...good, samplePod: {} }),
    );
    const pod = recording.one(POD, "reader");
    const { metadata } = pod.inputs as { metadata: { name: string } };
    assert.equal(pod.parent, recording.one(TYPE).urn);
    assert.deepEqual(pod.dependencies, [recording.one(SERVICE_ACCOUNT).urn]);
    assert.match(metadata.name, /^s3-reader-irsa-sample/);
    const { samplePodName } = recording.outputs.get(recording.one(TYPE).urn) as { samplePodName: string };
    assert.equal(samplePodName, metadata.name);
  });

  it("makes the verification Job after it, beside the sample pod, and tells its name", async () => {
    const { recording } = await record(
      (lib) => new lib.IrsaServiceAccount("reader", { ...good, samplePod: {}, verificationJob: {} }),
    );
    const job = recording.one(JOB, "reader");
    const { metadata } = job.inputs as { metadata: { name: string } };
    assert.equal(job.parent, recording.one(TYPE).urn);
    assert.deepEqual(job.dependencies, [recording.one(SERVICE_ACCOUNT).urn]);
    const outputs = recording.outputs.get(recording.one(TYPE).urn) as Record<string, string>;
    assert.equal(outputs.verificationJobName, metadata.name);
    assert.equal(recording.of(POD).length, 1);
  });

  it("leaves open at preview what a role's ARN is that is not known yet", async () => {
    const { recording } = await record(
      (lib) => {
        const role = new lib.IrsaRole("app", {
          clusters: [
            {
              name: "blue",
              oidcProviderArn: "arn:aws:iam::123456789012:oidc-provider/issuer.example.com",
            },
          ],
          serviceAccounts: [{ namespace: "default", name: "s3-reader" }],
        });
        return new lib.IrsaServiceAccount("reader", { ...good, roleArn: role.roleArn });
      },
      { preview: true },
    );
    const { metadata } = recording.one(SERVICE_ACCOUNT).inputs as { metadata: { annotations: unknown } };
    assert.deepEqual(metadata.annotations, { "eks.amazonaws.com/role-arn": UNKNOWN });
  });

  it("makes it with settings", async () => {
    const settings = { labels: { team: "data" }, tokenExpiration: 600, automountServiceAccountToken: false };
    const { recording } = await record((lib) => new lib.IrsaServiceAccount("reader", { ...good, settings }));
    assert.deepEqual(recording.one(SERVICE_ACCOUNT, "reader").inputs, {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: {
        namespace: "default",
        name: "s3-reader",
        labels: { team: "data" },
        annotations: {
          "eks.amazonaws.com/role-arn": roleArn,
          "eks.amazonaws.com/token-expiration": "600",
        },
      },
      automountServiceAccountToken: false,
    });
  });

  it("patches the one that is there, and then makes what proves it", async () => {
    const { recording } = await record(
      (lib) =>
        new lib.IrsaServiceAccount(
          "reader",
          {
            ...good,
            namespace: late("default"),
            ownership: ServiceAccountOwnership.Patch,
            samplePod: {},
          },
          { provider: new KubernetesProvider("east", { kubeconfig: "k" }) },
        ),
      { existing: { "default/s3-reader": { metadata: {} } } },
    );
    const patch = recording.one(SERVICE_ACCOUNT_PATCH, "reader");
    const type = recording.one(TYPE);
    assert.equal(patch.parent, type.urn);
    const [read] = recording.reads;
    assert.equal(read!.parent, type.urn);
    for (const { provider } of [read!, patch]) assert.equal(recording.label(provider), "kubernetes east");
    assert.deepEqual(recording.of(SERVICE_ACCOUNT), []);
    assert.ok(recording.one(POD, "reader").dependencies.includes(patch.urn));
    const { serviceAccountName, namespace } = recording.outputs.get(type.urn) as Record<string, string>;
    assert.deepEqual([namespace, serviceAccountName], ["default", "s3-reader"]);
  });

  const wrong: [string, object, string, RegExp][] = [
    ["nobody for an owner", { ownership: "None" }, "ownership", /is None, .*leave IrsaServiceAccount out/],
    ["an owner that there is not", { ownership: "Mine" }, "ownership", /write Create, Patch, None/],
    ["another audience", { settings: { audience: "x" } }, "settings.audience", /"sts\.amazonaws\.com" only/],
    ["settings that are none", { settings: null }, "settings", /is empty: write a map/],
    ["labels in a list", { settings: { labels: ["a"] } }, "settings.labels", /is a list: write a map/],
    [
      "pull secrets of a patch",
      { ownership: "Patch", settings: { imagePullSecrets: ["a"] } },
      "settings.imagePullSecrets",
      /annotations and labels only/,
    ],
  ];
  for (const [what, changes, path, reason] of wrong) {
    it(`refuses ${what}`, async () => {
      const { errors, resources } = await recordFailure(
        (lib) => new lib.IrsaServiceAccount("reader", { ...good, ...changes }),
      );
      assert.deepEqual(resources, []);
      const [error] = errors;
      assert.ok(pulumi.InputPropertiesError.isInstance(error));
      assert.deepEqual(
        error.errors.map(({ propertyPath }) => propertyPath),
        [path],
      );
      assert.match(error.errors[0]!.reason, reason);
    });
  }

  it("refuses every fault at once, and asks for nothing", async () => {
    const { errors, resources } = await recordFailure(
      (lib) => new lib.IrsaServiceAccount("reader", { namespace: "A", name: "b_c", roleArn: "app" }),
    );
    assert.deepEqual(resources, []);
    const [error] = errors;
    assert.ok(pulumi.InputPropertiesError.isInstance(error) && pulumi.RunError.isInstance(error));
    assert.deepEqual(
      error.errors.map(({ propertyPath }) => propertyPath),
      ["namespace", "name", "roleArn"],
    );
    assert.match(error.message, /^IrsaServiceAccount "reader": 3 problems in its arguments\n/);
    assert.match(
      error.message,
      /- roleArn is not the ARN of a role \(arn:<partition>:iam::<account>:role\/<name>\)/,
    );
  });

  it("takes a role with a path, in any partition", async () => {
    for (const arn of [
      "arn:aws-cn:iam::123456789012:role/a/b/app",
      "arn:aws-us-gov:iam::123456789012:role/app",
    ]) {
      await record((lib) => new lib.IrsaServiceAccount("reader", { ...good, roleArn: arn }));
    }
  });

  it("refuses a ServiceAccount whose name leaves no room for its pod's", async () => {
    const named = (length: number) => ({ ...good, name: "a".repeat(length), samplePod: {} });
    const { recording } = await record((lib) => new lib.IrsaServiceAccount("reader", named(232)));
    const { metadata } = recording.one(POD).inputs as { metadata: { name: string } };
    assert.equal(metadata.name.length, 253);
    const { errors } = await recordFailure((lib) => new lib.IrsaServiceAccount("reader", named(233)));
    assert.match(errors[0]?.message ?? "", /- name is too long for a sample pod.*or leave samplePod out/);
  });

  it("refuses a namespace when it is known, before the ServiceAccount", async () => {
    const { errors, resources } = await recordFailure(
      (lib) => new lib.IrsaServiceAccount("reader", { ...good, namespace: late("A") }),
    );
    assert.match(errors[0]?.message ?? "", /- namespace is not a name that Kubernetes takes: "A"/);
    assert.deepEqual(
      resources.map(({ type }) => type),
      [TYPE],
    );
  });

  it("refuses a role's ARN when it is known, before the ServiceAccount", async () => {
    for (const wrong of ["", "arn:aws:iam::123456789012:user/app"]) {
      const { errors, resources } = await recordFailure(
        (lib) => new lib.IrsaServiceAccount("reader", { ...good, roleArn: late(wrong) }),
      );
      assert.match(errors[0]?.message ?? "", /- roleArn is not the ARN of a role/);
      assert.deepEqual(
        resources.map(({ type }) => type),
        [TYPE],
      );
    }
  });
});
