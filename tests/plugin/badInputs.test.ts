import assert from "node:assert/strict";
import { consumer } from "../support/consumers";
import type { Construction } from "./pluginProcess";
import { refusingPlugin } from "./refusals";
import { BINDINGS, CLUSTER, lately } from "./wire";

const INVALID_ARGUMENT = 3;
const ARN = "arn:aws:iam::123456789012:role/app";
const GOOD = { clusters: [CLUSTER], serviceAccounts: BINDINGS };

/** The faults that a component is refused with, by property path. */
const ROWS: [title: string, type: string, inputs: Construction["inputs"], faults: Record<string, string>][] =
  [
    [
      "wrong types",
      "MultiClusterIrsa",
      { ...GOOD, clusters: 3, tags: ["a"] },
      { clusters: "is number: write a list", tags: "is a list: write a map" },
    ],
    [
      "nothing at all",
      "MultiClusterIrsa",
      {},
      {
        clusters: "is empty: list at least one cluster",
        serviceAccounts: "is empty: list at least one ServiceAccount",
      },
    ],
    [
      "no issuer",
      "MultiClusterIrsa",
      { ...GOOD, clusters: [{ name: "east", kubeconfig: "k" }] },
      { "clusters[0].issuerUrl": "" },
    ],
    [
      "an issuer that is null",
      "MultiClusterIrsa",
      { ...GOOD, clusters: [{ ...CLUSTER, issuerUrl: null }] },
      { "clusters[0].issuerUrl": "" },
    ],
    [
      "no ServiceAccount's role",
      "IrsaServiceAccount",
      { namespace: "default", name: "reader" },
      { roleArn: "is missing: write it" },
    ],
    [
      "wrong types of a provider",
      "ClusterOidcProvider",
      { issuerUrl: 3, thumbprints: "aa" },
      { issuerUrl: "is number: write text, or an Output of it", thumbprints: "is string: write a list" },
    ],
    [
      "an unknown property",
      "MultiClusterIrsa",
      { ...GOOD, policyARN: {} },
      { policyARN: "is not known: write policyArns" },
    ],
    [
      "an unknown nested property",
      "MultiClusterIrsa",
      { ...GOOD, serviceAccounts: [{ ...BINDINGS[0], createNamespaces: true }] },
      { "serviceAccounts[0].createNamespaces": "is not known: write createNamespace" },
    ],
    [
      "a property as Python writes it",
      "IrsaServiceAccount",
      { namespace: "default", name: "reader", role_arn: ARN, roleArn: ARN },
      { role_arn: "is not known: write roleArn" },
    ],
    [
      "an enum's value that there is not",
      "MultiClusterIrsa",
      { ...GOOD, clusters: [{ ...CLUSTER, identity: "IRSA" }] },
      { "clusters[0].identity": "" },
    ],
    [
      "a list of clusters that is not known yet",
      "MultiClusterIrsa",
      { ...GOOD, clusters: lately(undefined) },
      { clusters: "arrives while the program runs: write a list" },
    ],
    [
      "a name that is not known yet",
      "MultiClusterIrsa",
      { ...GOOD, clusters: [{ ...CLUSTER, name: lately(undefined) }] },
      { "clusters[0].name": "" },
    ],
    [
      "a number as text",
      "MultiClusterIrsa",
      { ...GOOD, trust: { maxSize: "4096" }, role: { maxSessionDuration: "3600" } },
      { "trust.maxSize": "", "role.maxSessionDuration": "is string: write a number" },
    ],
    [
      "an entry that is null",
      "FleetOidcProviders",
      { clusters: [CLUSTER, null] },
      { "clusters[1]": "is empty: write a map" },
    ],
    [
      "seconds that are none",
      "IrsaRole",
      {
        clusters: [{ name: "east", oidcProviderArn: lately(undefined) }],
        serviceAccounts: BINDINGS,
        settleSeconds: -1,
      },
      { settleSeconds: "is -1: write seconds, a whole number from 0 to 300" },
    ],
  ];

describe("plugin: what is written wrongly in another language", function () {
  consumer("Construct");
  this.timeout(120_000);
  const { running, refusal } = refusingPlugin();

  for (const [title, type, inputs, faults] of ROWS) {
    it(`is told by its property path: ${title}`, async () => {
      const refused = await refusal({ type, name: "app", inputs, dryRun: true });
      assert.equal(refused.code, INVALID_ARGUMENT, refused.message);
      assert.deepEqual(Object.keys(refused.faults).sort(), Object.keys(faults).sort());
      for (const [path, reason] of Object.entries(faults)) {
        assert.ok(refused.faults[path]!.includes(reason), refused.faults[path]);
      }
    });
  }

  it("is told of a component that there is not", async () => {
    const { message } = await refusal({ type: "MultiClusterIrsas", name: "app", inputs: GOOD });
    assert.match(message, /^eks-irsa:index:MultiClusterIrsas is no component of eks-irsa: it has /);
  });

  it("is told without a stack when it comes in an Output, and the component fails", async () => {
    const { engine, plugin } = running();
    const clusters = [{ ...CLUSTER, issuerUrl: lately("http://example.org") }];
    const { message } = await refusal({
      type: "MultiClusterIrsa",
      name: "late",
      inputs: { ...GOOD, clusters },
    });
    assert.match(
      message,
      /^MultiClusterIrsa "late": one problem in its arguments\n {2}- clusters\[0\]\.issuerUrl must begin with https/,
    );

    const errors = await engine.errors();
    assert.ok(errors.some(({ urn }) => urn.endsWith("::late")));
    for (const told of errors) assert.equal(told.message, message);
    assert.equal(plugin.printed, "");
  });
});
