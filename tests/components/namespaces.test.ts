import assert from "node:assert/strict";
import type { MultiClusterIrsaArgs } from "../../index";
import { cluster, FLEET, goodArgs, KUBERNETES, late, NAMESPACE, SERVICE_ACCOUNT } from "../support/clusters";
import { eksIssuer } from "../support/fleet";
import { record, recordFailure, type Library } from "../support/recorder";

const jobs = (name: string, createNamespace = true) => ({ namespace: "jobs", name, createNamespace });
const fleet = (changes: Partial<MultiClusterIrsaArgs>) =>
  goodArgs({ serviceAccounts: [jobs("a")], ...changes });

describe("createNamespace", () => {
  it("makes a namespace once in each of the bindings' clusters, which is left behind", async () => {
    const clusters = [
      cluster("blue", "B"),
      cluster("green", "C", { formerNames: ["old"] }),
      cluster("red", "D"),
    ];
    const serviceAccounts = [
      jobs("a", false),
      { ...jobs("b"), clusters: ["blue", "green"] },
      { ...jobs("c"), clusters: ["green"] },
    ];
    const { recording } = await record(
      (lib) => new lib.MultiClusterIrsa("app", fleet({ clusters, serviceAccounts })),
    );
    const made = recording.of(NAMESPACE);
    assert.deepEqual(made.map(({ name }) => name).sort(), ["app/blue/jobs", "app/green/jobs"]);
    for (const { inputs, retainOnDelete, parent, provider, name } of made) {
      assert.deepEqual(inputs, { apiVersion: "v1", kind: "Namespace", metadata: { name: "jobs" } });
      assert.equal(retainOnDelete, true);
      assert.equal(parent, recording.one(FLEET).urn);
      assert.equal(provider, recording.one(KUBERNETES, name.replace("/jobs", "")).urn);
    }
    assert.deepEqual(recording.one(NAMESPACE, "app/green/jobs").aliases, ["app/old/jobs"]);
  });

  it("comes before every ServiceAccount in it, whichever binding asked", async () => {
    const serviceAccounts = [jobs("a", false), jobs("b"), { namespace: "default", name: "c" }];
    const { recording } = await record((lib) => new lib.MultiClusterIrsa("app", fleet({ serviceAccounts })));
    const waits = (name: string, namespace: string) =>
      recording.one(SERVICE_ACCOUNT, name).dependencies.includes(recording.one(NAMESPACE, namespace).urn);
    for (const name of ["blue", "green"]) {
      assert.ok(waits(`app/${name}/jobs/a`, `app/${name}/jobs`));
      assert.ok(waits(`app/${name}/jobs/b`, `app/${name}/jobs`));
      assert.ok(!waits(`app/${name}/default/c`, `app/${name}/jobs`));
    }
  });
});

describe("createNamespace by two components of one program", () => {
  const two =
    (first: Partial<MultiClusterIrsaArgs>, second: Partial<MultiClusterIrsaArgs>) => (lib: Library) => {
      new lib.MultiClusterIrsa("app", fleet(first));
      new lib.MultiClusterIrsa("web", fleet({ serviceAccounts: [jobs("w")], ...second }));
    };

  it("in one cluster is an error that names both, whatever they call the cluster", async () => {
    const called = { clusters: [cluster("azure", "B", { issuerUrl: late(eksIssuer("B")) })] };
    const { errors, resources } = await recordFailure(two({}, called));
    assert.equal(
      errors[0]!.message.replace('error serializing property "metadata": ', ""),
      'MultiClusterIrsa "web": one problem in its arguments\n' +
        `  - serviceAccounts[0].createNamespace asks for namespace "jobs" in "azure" (${eksIssuer("B")}), which ` +
        'MultiClusterIrsa "app" makes too: set createNamespace in one of them only, and let the other one depend on it (opts.dependsOn)',
    );
    assert.ok(!resources.some(({ type, name }) => type === NAMESPACE && name.startsWith("web/")));
  });

  it("in two clusters is none, nor are two namespaces", async () => {
    const elsewhere = { clusters: [cluster("blue", "D")] };
    const another = { serviceAccounts: [{ ...jobs("w"), namespace: "web" }] };
    for (const changes of [elsewhere, another]) {
      const { recording } = await record(two({}, changes));
      const perCluster = changes === elsewhere ? 1 : 2;
      assert.equal(recording.of(NAMESPACE).length, 2 + perCluster);
    }
  });

  it("in two programs of one process is none", async () => {
    for (const name of ["app", "web"]) {
      const { recording } = await record((lib) => new lib.MultiClusterIrsa(name, fleet({})));
      assert.equal(recording.of(NAMESPACE).length, 2);
    }
  });
});
