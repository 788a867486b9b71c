import assert from "node:assert/strict";
import { Provider as KubernetesProvider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import type { MultiClusterIrsaArgs, MultiClusterIrsaOptions } from "../../index";
import { cluster, FLEET, goodArgs, late } from "../support/clusters";
import { eksIssuer, trustedFleet } from "../support/fleet";
import { record, recordFailure } from "../support/recorder";
import { BAD_CLUSTERS } from "./badClusters";
import { BAD_OWNERSHIP } from "./badOwnership";
import { BAD_POD_IDENTITY } from "./badPodIdentity";
import { BAD_POD_IDENTITY_SETTINGS } from "./badPodIdentitySettings";
import { BAD_BINDINGS, BAD_MATERIALS, BAD_SETTINGS } from "./badSettings";
import { BAD_TRANSITIONS } from "./badTransitions";
import { BAD_TRUST } from "./badTrust";

/** The error of arguments that must be refused; nothing was asked of the engine. */
async function refused(
  args: MultiClusterIrsaArgs,
  options: () => MultiClusterIrsaOptions = () => ({}),
): Promise<pulumi.InputPropertiesError> {
  const recording = await recordFailure((lib) => new lib.MultiClusterIrsa("app", args, options()));
  assert.deepEqual(recording.of(FLEET), []);
  assert.deepEqual(
    recording.resources.filter(({ type }) => !type.startsWith("pulumi:providers:")),
    [],
  );
  assert.deepEqual(recording.invokes, []);
  assert.equal(recording.errors.length, 1);
  const [error] = recording.errors;
  assert.ok(pulumi.InputPropertiesError.isInstance(error));
  return error;
}

for (const [what, rows] of [
  ["clusters", BAD_CLUSTERS],
  ["bindings", BAD_BINDINGS],
  ["owners of ServiceAccounts", BAD_OWNERSHIP],
  ["settings", BAD_SETTINGS],
  ["roles, tags and pods", BAD_MATERIALS],
  ["the trust policy", BAD_TRUST],
  ["a fleet on its way", BAD_TRANSITIONS],
  ["clusters of Pod Identity", BAD_POD_IDENTITY],
  ["settings of Pod Identity", BAD_POD_IDENTITY_SETTINGS],
] as const) {
  describe(`bad input: ${what}`, () => {
    for (const [fault, args, path, reason] of rows) {
      it(`${fault}: ${path}`, async () => {
        const error = await refused(args);
        assert.deepEqual(
          error.errors.map(({ propertyPath }) => propertyPath),
          [path],
        );
        assert.match(error.errors[0]!.reason, reason);
        assert.equal(
          error.message,
          `MultiClusterIrsa "app": one problem in its arguments\n  - ${path} ${error.errors[0]!.reason}`,
        );
      });
    }
  });
}

describe("bad input: Kubernetes providers", () => {
  const mine = () => new KubernetesProvider("mine", { kubeconfig: "k" });
  const rows: [string, () => MultiClusterIrsaOptions][] = [
    ["provider", () => ({ provider: mine() })],
    ["providers, a list", () => ({ providers: [mine()] })],
    ["providers, by package", () => ({ providers: { kubernetes: mine() } })],
  ];
  for (const [option, options] of rows) {
    it(`one in opts (${option}) with more than one cluster`, async () => {
      const { errors } = await refused(goodArgs(), options);
      assert.deepEqual(
        errors.map(({ propertyPath }) => propertyPath),
        ["opts.provider"],
      );
      assert.match(
        errors[0]!.reason,
        /more than one cluster.*opts\.clusterProviders or clusters\[\]\.kubeconfig/,
      );
    });
  }

  it("one for a cluster that is not in the list", async () => {
    const { errors } = await refused(goodArgs(), () => ({ clusterProviders: { grey: mine() } }));
    assert.deepEqual(
      errors.map(({ propertyPath }) => propertyPath),
      ["opts.clusterProviders.grey"],
    );
    assert.match(errors[0]!.reason, /names no cluster of the list: "grey" \(there are "blue", "green"\)/);
  });

  it("one that is none", async () => {
    const { errors } = await refused(goodArgs(), () => ({
      clusterProviders: { blue: "kubeconfig" as unknown as KubernetesProvider },
    }));
    assert.deepEqual(
      errors.map(({ propertyPath }) => propertyPath),
      ["opts.clusterProviders.blue"],
    );
    assert.match(errors[0]!.reason, /is not a kubernetes\.Provider/);
  });
});

describe("bad input: a trust policy over the limit", () => {
  const fleet = (count: number) =>
    trustedFleet(count).map(({ name, oidcProviderArn }) => ({
      name,
      issuerUrl: oidcProviderArn.replace(/^.*oidc-provider\//, "https://"),
      kubeconfig: "k",
    }));

  it("says what is used, the limit, which cluster overflows, and every remedy", async () => {
    const { errors } = await refused(goodArgs({ clusters: fleet(5) }));
    assert.deepEqual(
      errors.map(({ propertyPath }) => propertyPath),
      ["clusters"],
    );
    const { reason } = errors[0]!;
    assert.match(reason, /needs 2238 characters .*the limit is 2048/);
    assert.match(reason, /cluster "cluster-04" is the first that no longer fits \(4 of 5 do\)/);
    assert.match(reason, /L-C07B4B0D\) raised, to 8192 at most, and set trust\.maxSize/);
    assert.match(reason, /trust\.shards.*bind fewer.*EKS Pod Identity/);
  });

  it("fits with a limit that was raised, up to that", async () => {
    await record(
      (lib) => new lib.MultiClusterIrsa("app", goodArgs({ clusters: fleet(9), trust: { maxSize: 4096 } })),
    );
    const { errors } = await refused(goodArgs({ clusters: fleet(10), trust: { maxSize: 4096 } }));
    assert.match(errors[0]!.reason, /the limit is 4096: cluster "cluster-09" is the first/);
  });

  it("is judged by the issuers that are known, though others are on their way", async () => {
    const clusters = [...fleet(5), cluster("zz", "D", { issuerUrl: late(eksIssuer("D")) })];
    const { errors } = await refused(goodArgs({ clusters }));
    assert.match(errors[0]!.reason, /cluster "cluster-04" is the first/);
  });
});

describe("bad input: all of it", () => {
  it("comes in one error, each fault once, in the order of the arguments", async () => {
    const error = await refused(
      {
        clusters: [
          { name: "blue", issuerUrl: "" },
          { name: "blue", issuerUrl: `${eksIssuer("B")}/`, kubeconfig: "k", thumbprints: ["x"] },
        ],
        serviceAccounts: [
          { namespace: "Default", name: "a b" },
          { namespace: "jobs", name: "writer", clusters: ["grey"] },
        ],
        role: { name: "a/b", maxSessionDuration: 1 },
        policyArns: { a: "x" },
        trust: { maxSize: 1 },
      },
      () => ({ clusterProviders: { red: new KubernetesProvider("mine", { kubeconfig: "k" }) } }),
    );
    const paths = [
      "clusters[0].issuerUrl",
      "clusters[1].issuerUrl",
      "clusters[1].thumbprints",
      "clusters[1].name",
      "serviceAccounts[0].namespace",
      "serviceAccounts[0].name",
      "serviceAccounts[1].clusters[0]",
      "trust.maxSize",
      "role.name",
      "role.maxSessionDuration",
      'policyArns["a"]',
      "opts.clusterProviders.red",
      "clusters[0].kubeconfig",
    ];
    assert.deepEqual(error.errors.map(({ propertyPath }) => propertyPath).sort(), [...paths].sort());
    const [head, ...lines] = error.message.split("\n");
    assert.equal(head, `MultiClusterIrsa "app": ${paths.length} problems in its arguments`);
    assert.deepEqual(
      lines,
      error.errors.map(({ propertyPath, reason }) => `  - ${propertyPath} ${reason}`),
    );
  });

  it("is for the user: the engine prints the message and no stack", async () => {
    const error: unknown = await refused(goodArgs({ clusters: [] }));
    assert.ok(pulumi.RunError.isInstance(error));
  });
});
