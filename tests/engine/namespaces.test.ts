import assert from "node:assert/strict";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { MultiClusterIrsa } from "../../index";
import { changesOf, completedInOrder, stepsOf } from "../../lab/engine/journal";
import type { OperationFailed, OperationResult } from "../../lab/engine/workspace";
import { clusterApi } from "../../lab/kubernetes/client";
import { describeEngine, irsaProgram, type Scope } from "./lab";
import { failureOf, providerArn, serviceAccountsIn, TYPE } from "./support";

const NAMESPACE = "kubernetes:core/v1:NamespacePatch";

describeEngine("engine: namespaces", (newScope) => {
  let scope: Scope;
  let namespace: string;
  let made: OperationResult;
  let two: OperationFailed;
  let left: { phase: string | undefined; accounts: string[] };
  let again: OperationResult;
  let without: OperationResult;

  const args = (createNamespace: boolean) => ({
    clusters: [scope.clusters.ireland, scope.clusters["virginia-blue"]],
    serviceAccounts: [
      { namespace, name: "a", createNamespace },
      { namespace, name: "b" },
    ],
  });
  const twoComponents: PulumiFn = () => {
    const { ireland } = scope.clusters;
    const adopted = {
      ...ireland,
      name: "dublin",
      oidcProviderArn: providerArn(scope.lab, ireland.issuerUrl),
    };
    new MultiClusterIrsa("app", args(true));
    new MultiClusterIrsa("web", {
      clusters: [adopted],
      serviceAccounts: [{ namespace, name: "w", createNamespace: true }],
    });
    return Promise.resolve({});
  };

  before(async () => {
    scope = await newScope();
    namespace = `${scope.project}-made`;
    const stack = await scope.open(irsaProgram(args(true)));
    two = await failureOf(stack.preview(twoComponents));
    made = await stack.up();
    await stack.destroy();
    const found = await clusterApi(scope.clusters.ireland).core.readNamespace({ name: namespace });
    const accounts = await serviceAccountsIn(scope.clusters.ireland, namespace);
    left = { phase: found.status?.phase, accounts: Object.keys(accounts) };
    again = await stack.up();
    without = await stack.up(irsaProgram(args(false)));
  });

  it("are made in each cluster, before the ServiceAccounts in them", () => {
    const names = stepsOf(made, { op: "create", type: NAMESPACE }).map(({ name }) => name);
    assert.deepEqual(names.sort(), [`app/ireland/${namespace}`, `app/virginia-blue/${namespace}`]);
    for (const name of names) {
      for (const account of ["a", "b"]) {
        const second = { type: TYPE.serviceAccount, name: `${name}/${account}` };
        assert.ok(completedInOrder(made, { type: NAMESPACE, name }, second));
      }
    }
  });

  it("of two components over one cluster are refused at preview, by whatever name it goes", () => {
    assert.match(
      two.message,
      /MultiClusterIrsa "web".*\n.*serviceAccounts\[0\]\.createNamespace asks for .* in "dublin" .*which MultiClusterIrsa "app" makes too/,
    );
  });

  it("are left behind, without what was ours in them", () => {
    assert.deepEqual(left, { phase: "Active", accounts: [] });
  });

  it("that were left behind are found again", async () => {
    assert.equal(stepsOf(again, { op: "create", type: NAMESPACE }).length, 2);
    assert.deepEqual(Object.keys(await serviceAccountsIn(scope.clusters.ireland, namespace)).sort(), [
      "a",
      "b",
    ]);
  });

  it("stay when nobody asks for them any more", async () => {
    const changes = changesOf(without).filter(({ type }) => type.startsWith("kubernetes:"));
    assert.deepEqual([...new Set(changes.map(({ type }) => type))], [NAMESPACE]);
    for (const name of ["ireland", "virginia-blue"] as const) {
      const { status } = await clusterApi(scope.clusters[name]).core.readNamespace({ name: namespace });
      assert.equal(status?.phase, "Active");
    }
  });
});
