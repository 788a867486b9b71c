import assert from "node:assert/strict";
import type { MultiClusterIrsaArgs } from "../../index";
import { cluster, FLEET, goodArgs, KUBERNETES, late, NAMESPACE, SERVICE_ACCOUNT } from "../support/clusters";
import { eksIssuer, providerArn } from "../support/fleet";
import { inStack, STACK } from "../support/program";
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
  /** The second one's cluster is the first one's by another name, unless it has another issuer. */
  const two = (issuer: string, namespace: string) => (lib: Library) => {
    const azure = cluster("azure", issuer, {
      issuerUrl: late(eksIssuer(issuer)),
      oidcProviderArn: providerArn(eksIssuer(issuer)),
    });
    new lib.MultiClusterIrsa("app", fleet({}));
    const serviceAccounts = [{ ...jobs("w"), namespace }];
    new lib.MultiClusterIrsa("web", fleet({ clusters: [azure], serviceAccounts }));
  };

  it("in one cluster is an error that names both, whatever they call the cluster", async () => {
    const { errors, resources } = await recordFailure(inStack(two("B", "jobs")), STACK);
    assert.equal(
      errors[0]!.message.replace('error serializing property "metadata": ', ""),
      'MultiClusterIrsa "web": one problem in its arguments\n' +
        `  - serviceAccounts[0].createNamespace asks for namespace "jobs" in "azure" (${eksIssuer("B")}), which ` +
        'MultiClusterIrsa "app" makes too: set createNamespace in one of them only, and let the other one depend on it (opts.dependsOn)',
    );
    assert.ok(!resources.some(({ type, name }) => type === NAMESPACE && name.startsWith("web/")));
  });

  it("in two clusters is none, nor are two namespaces", async () => {
    for (const program of [two("D", "jobs"), two("B", "web")]) {
      const { recording } = await record(inStack(program), STACK);
      assert.equal(recording.of(NAMESPACE).length, 3);
    }
  });

  it("in two programs of one process is none", async () => {
    for (const name of ["app", "web"]) {
      const { recording } = await record(
        inStack((lib) => new lib.MultiClusterIrsa(name, fleet({}))),
        STACK,
      );
      assert.equal(recording.of(NAMESPACE).length, 2);
    }
  });

  it("is nobody's without a program, as in a user's tests with mocks", async () => {
    const { recording } = await record(two("B", "jobs"));
    assert.equal(recording.of(NAMESPACE).length, 3);
  });
});
