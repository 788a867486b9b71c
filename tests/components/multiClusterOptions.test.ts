import assert from "node:assert/strict";
import { Provider as AwsProvider } from "@pulumi/aws/provider";
import { Provider as KubernetesProvider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import {
  cluster,
  FLEET,
  goodArgs,
  KUBERNETES,
  POD,
  PROVIDER,
  READER,
  ROLE,
  S3_READ,
  SERVICE_ACCOUNT,
} from "../support/clusters";
import { eksIssuer, providerArn } from "../support/fleet";
import { record, type Recording } from "../support/recorder";

const withoutKubeconfig = (name: string, character: string) => ({ name, issuerUrl: eksIssuer(character) });
const providerOf = (recording: Recording, type: string, name: string) =>
  recording.label(recording.one(type, name).provider);

describe("MultiClusterIrsa: Kubernetes providers", () => {
  it("the one given for a cluster goes before its kubeconfig", async () => {
    const { recording } = await record((lib) => {
      const green = new KubernetesProvider("mine", { kubeconfig: "other" });
      new lib.MultiClusterIrsa("app", goodArgs({ samplePod: {} }), { clusterProviders: { green } });
    });
    assert.deepEqual(
      recording
        .of(KUBERNETES)
        .map(({ name }) => name)
        .sort(),
      ["app/blue", "mine"],
    );
    for (const type of [SERVICE_ACCOUNT, POD]) {
      assert.equal(providerOf(recording, type, "app/green/default/s3-reader"), "kubernetes mine");
      assert.equal(providerOf(recording, type, "app/blue/default/s3-reader"), "kubernetes app/blue");
    }
    // They are for the clusters' children alone.
    assert.deepEqual(recording.one(FLEET).providers, {});
  });

  it("is looked up by the cluster's name alone, whatever else objects have", async () => {
    const { recording } = await record(
      (lib) => new lib.MultiClusterIrsa("app", goodArgs({ clusters: [cluster("constructor", "B")] })),
    );
    assert.equal(
      providerOf(recording, SERVICE_ACCOUNT, "app/constructor/default/s3-reader"),
      "kubernetes app/constructor",
    );
  });

  it("one is not needed of a cluster that no ServiceAccount is made in, which is not trusted either", async () => {
    const { recording } = await record(
      (lib) =>
        new lib.MultiClusterIrsa("app", {
          clusters: [cluster("blue", "B"), withoutKubeconfig("idle", "C"), cluster("idle-too", "D")],
          serviceAccounts: [{ ...READER, clusters: ["blue"] }],
        }),
    );
    assert.deepEqual(
      recording.of(KUBERNETES).map(({ name }) => name),
      ["app/blue"],
    );
    assert.deepEqual(
      recording
        .of(PROVIDER)
        .map(({ name }) => name)
        .sort(),
      ["app/blue", "app/idle", "app/idle-too"],
    );
    const trusted = String(recording.one(ROLE).inputs.assumeRolePolicy).match(/arn:[^"]*/g);
    assert.deepEqual(trusted, [providerArn(eksIssuer("B"))]);
  });

  for (const option of ["provider", "providers", "providers by package"]) {
    it(`the only cluster may have it from the component's options: ${option}`, async () => {
      const { recording } = await record((lib) => {
        const mine = new KubernetesProvider("mine", { kubeconfig: "other" });
        const aws = new AwsProvider("role-account");
        new lib.MultiClusterIrsa(
          "app",
          { clusters: [withoutKubeconfig("blue", "B")], serviceAccounts: [READER], samplePod: {} },
          option === "provider"
            ? { provider: mine }
            : { providers: option === "providers" ? [aws, mine] : { aws, kubernetes: mine } },
        );
      });
      assert.deepEqual(
        recording.of(KUBERNETES).map(({ name }) => name),
        ["mine"],
      );
      for (const type of [SERVICE_ACCOUNT, POD]) {
        assert.equal(providerOf(recording, type, "app/blue/default/s3-reader"), "kubernetes mine");
      }
      const { provider } = recording.one(ROLE);
      assert.equal(
        provider === "" ? "" : recording.label(provider),
        option === "provider" ? "" : "aws role-account",
      );
    });
  }
});

describe("MultiClusterIrsa: options and settings", () => {
  it("the aws provider of the options makes everything of AWS, and says which account it is", async () => {
    const { recording } = await record((lib) => {
      const provider = new AwsProvider("role-account");
      new lib.MultiClusterIrsa(
        "app",
        goodArgs({ policyArns: { s3Read: S3_READ }, inlinePolicies: { queue: "{}" } }),
        { provider },
      );
    });
    const { urn } = recording.one("pulumi:providers:aws");
    assert.deepEqual(
      recording.invokes.map(({ provider }) => provider),
      [urn],
    );
    const aws = recording.resources.filter(({ type }) => type.startsWith("aws:"));
    assert.equal(aws.length, 5);
    assert.deepEqual(new Set(aws.map(({ provider }) => provider)), new Set([urn]));
    for (const { provider } of recording.of(SERVICE_ACCOUNT)) {
      assert.match(recording.label(provider), /^kubernetes app\//);
    }
  });

  it("protect and transformations reach every child, aliases stay the component's", async () => {
    const seen: string[] = [];
    const { recording } = await record(
      (lib) =>
        new lib.MultiClusterIrsa("app", goodArgs({ samplePod: {}, policyArns: { s3Read: S3_READ } }), {
          protect: true,
          aliases: [{ name: "old-app" }],
          transformations: [
            ({ type, name }) => {
              seen.push(`${type}::${name}`);
              return undefined;
            },
          ],
        }),
    );
    assert.equal(recording.resources.length, 11);
    for (const { name, type, protect, aliases } of recording.resources) {
      assert.equal(protect, true, `${type} ${name}`);
      assert.deepEqual(aliases, type === FLEET ? ["old-app"] : [], `${type} ${name}`);
    }
    assert.deepEqual(seen.sort(), recording.resources.map(({ type, name }) => `${type}::${name}`).sort());
  });

  it("former names of a cluster are aliases of everything that has its name, and of nothing else", async () => {
    const clusters = [cluster("blue", "B", { formerNames: ["cyan", "teal"] }), cluster("green", "C")];
    const { recording } = await record(
      (lib) =>
        new lib.MultiClusterIrsa(
          "app",
          goodArgs({ clusters, samplePod: {}, policyArns: { s3Read: S3_READ } }),
        ),
    );
    const renamed = recording.resources.filter(({ aliases }) => aliases.length > 0);
    assert.deepEqual(Object.fromEntries(renamed.map(({ urn, aliases }) => [recording.label(urn), aliases])), {
      "OpenIdConnectProvider app/blue": ["app/cyan", "app/teal"],
      "kubernetes app/blue": ["app/cyan", "app/teal"],
      "ServiceAccount app/blue/default/s3-reader": [
        "app/cyan/default/s3-reader",
        "app/teal/default/s3-reader",
      ],
      "Pod app/blue/default/s3-reader": ["app/cyan/default/s3-reader", "app/teal/default/s3-reader"],
    });
  });

  it("settings of the role pass through, and those left out are left to AWS", async () => {
    const role = {
      name: "reader",
      path: "/workloads/",
      description: "reads",
      maxSessionDuration: pulumi.output(7200),
      permissionsBoundaryArn: "arn:aws:iam::123456789012:policy/boundary",
      forceDetachPolicies: true,
    };
    const { recording } = await record((lib) => new lib.MultiClusterIrsa("app", goodArgs({ role })));
    const { assumeRolePolicy, ...inputs } = recording.one(ROLE).inputs;
    assert.equal(typeof assumeRolePolicy, "string");
    assert.deepEqual(inputs, {
      name: "reader",
      path: "/workloads/",
      description: "reads",
      maxSessionDuration: 7200,
      permissionsBoundary: "arn:aws:iam::123456789012:policy/boundary",
      forceDetachPolicies: true,
    });
    const { metadata } = recording.one(SERVICE_ACCOUNT, "app/blue/default/s3-reader").inputs as {
      metadata: { annotations: object };
    };
    assert.deepEqual(metadata.annotations, {
      "eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/workloads/reader",
    });
  });

  it("a secret tag or description stays secret", async () => {
    const { recording } = await record(
      (lib) => new lib.MultiClusterIrsa("app", goodArgs({ tags: { key: pulumi.secret("s") } })),
    );
    for (const { inputs } of [...recording.of(PROVIDER), recording.one(ROLE)]) {
      assert.deepEqual(inputs.tags, { key: { secret: "s" } });
    }
  });

  it("there is no pod unless one is asked for", async () => {
    const { recording } = await record((lib) => new lib.MultiClusterIrsa("app", goodArgs()));
    assert.deepEqual(recording.of(POD), []);
    assert.equal(recording.of(SERVICE_ACCOUNT).length, 2);
  });

  it("another order of clusters, bindings and policies asks for the same", async () => {
    const bindings = [READER, { namespace: "jobs", name: "writer", clusters: ["blue"] }];
    const policyArns: [string, string][] = [
      ["s3Read", S3_READ],
      ["own", "arn:aws:iam::123456789012:policy/own"],
    ];
    const asked = async (order: <T>(list: T[]) => T[]) => {
      const { recording } = await record(
        (lib) =>
          new lib.MultiClusterIrsa("app", {
            clusters: order(goodArgs().clusters),
            serviceAccounts: order(bindings),
            policyArns: Object.fromEntries(order(policyArns)),
          }),
      );
      const children = recording.resources.filter(({ type }) => type !== FLEET);
      return children.sort((a, b) => (a.urn < b.urn ? -1 : 1));
    };
    assert.deepEqual(await asked((list) => [...list].reverse()), await asked((list) => list));
  });

  it("two components stand beside each other", async () => {
    const { recording } = await record((lib) => {
      for (const name of ["app", "app/blue"]) {
        new lib.MultiClusterIrsa(name, goodArgs({ samplePod: {}, policyArns: { blue: S3_READ } }));
      }
    });
    assert.equal(new Set(recording.resources.map(({ urn }) => urn)).size, 22);
  });
});
