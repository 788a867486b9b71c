import assert from "node:assert/strict";
import { Provider as KubernetesProvider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { MultiClusterIrsa } from "../../index";
import { changesOf, stepsOf } from "../../lab/engine/journal";
import type { OperationResult } from "../../lab/engine/workspace";
import { describeEngine, irsaProgram, outputsOf, type Scope, type TestCluster } from "./lab";
import { childChanges, podsIn, serviceAccountsIn, TYPE } from "./support";

const NAMES = ["ireland", "virginia-blue"] as const;

const clustersOf = ({ clusters }: Scope) => NAMES.map((name) => clusters[name]);

const fleetOf = ({ namespace }: Scope) => ({
  serviceAccounts: [{ namespace, name: "reader" }],
  samplePod: {},
  verificationJob: {},
});

/** Providers of the user's own in place of the clusters' kubeconfigs. */
function withProviders(scope: Scope, providerFor: (cluster: TestCluster) => KubernetesProvider): PulumiFn {
  return () => {
    const clusters = clustersOf(scope);
    const irsa = new MultiClusterIrsa(
      "app",
      { ...fleetOf(scope), clusters: clusters.map(({ name, issuerUrl }) => ({ name, issuerUrl })) },
      {
        clusterProviders: Object.fromEntries(clusters.map((cluster) => [cluster.name, providerFor(cluster)])),
      },
    );
    return Promise.resolve(outputsOf(irsa));
  };
}

/** The same cluster for the engine, since it has the same identifier. */
const recognised = ({ name, kubeconfig, issuerUrl }: TestCluster) =>
  new KubernetesProvider(`to-${name}`, { kubeconfig: elsewhere(kubeconfig), clusterIdentifier: issuerUrl });

/** The component's own provider under another name. */
const takenOver = ({ name, kubeconfig, issuerUrl }: TestCluster) =>
  new KubernetesProvider(
    `to-${name}`,
    { kubeconfig, clusterIdentifier: issuerUrl },
    {
      aliases: [{ name: `app/${name}`, parent: pulumi.createUrn("app", "eks-irsa:index:MultiClusterIrsa") }],
    },
  );

/** To the engine another cluster: the address is another, and nothing says that it is the same cluster. */
const unrecognised = ({ name, kubeconfig }: TestCluster) =>
  new KubernetesProvider(`by-address-to-${name}`, { kubeconfig });

/** The same API server at another address. */
const elsewhere = (kubeconfig: string) => kubeconfig.replace("//127.0.0.1:", "//localhost:");

const namesOf = (result: OperationResult, op: string) =>
  stepsOf(result, { op })
    .map(({ type, name }) => `${type} ${name}`)
    .sort();

/** What is in the two clusters, by name, each with its uid: another one is another object. */
async function objectsIn(scope: Scope): Promise<Record<string, string | undefined>> {
  const inClusters = clustersOf(scope).map(async (cluster) => {
    const accounts = await serviceAccountsIn(cluster, scope.namespace);
    const pods = await podsIn(cluster, scope.namespace);
    const kept = Object.entries({ ...accounts, ...pods }).filter(
      ([name]) => !name.includes("-verification-"),
    );
    return kept.map(([name, { metadata }]) => [`${cluster.name}/${name}`, metadata?.uid] as const);
  });
  return Object.fromEntries((await Promise.all(inClusters)).flat());
}

describeEngine("engine: from kubeconfig to clusterProviders", (newScope) => {
  let scope: Scope;
  let first: OperationResult;
  let takenOverPreview: OperationResult;
  let preview: OperationResult;
  let up: OperationResult;
  let again: OperationResult;
  let back: OperationResult;
  let anew: OperationResult;
  let objects: Record<"first" | "after" | "anew", Record<string, string | undefined>>;

  before(async () => {
    scope = await newScope({ pods: true });
    const own = irsaProgram({ ...fleetOf(scope), clusters: clustersOf(scope) });
    const stack = await scope.open(own);
    first = await stack.up();
    const objectsFirst = await objectsIn(scope);
    takenOverPreview = await stack.preview(withProviders(scope, takenOver));
    preview = await stack.preview(withProviders(scope, recognised));
    up = await stack.up(withProviders(scope, recognised));
    const objectsAfter = await objectsIn(scope);
    again = await stack.preview(withProviders(scope, recognised));
    back = await stack.preview(own);
    anew = await stack.up(withProviders(scope, unrecognised));
    objects = { first: objectsFirst, after: objectsAfter, anew: await objectsIn(scope) };
  });

  const exchanged = (created: string, deleted: string) =>
    [
      ...NAMES.map((name) => `create ${TYPE.kubernetes} ${created}${name}`),
      ...NAMES.map((name) => `delete ${TYPE.kubernetes} ${deleted}${name}`),
    ].sort();

  it("with the issuer URL as clusterIdentifier exchanges the providers, and touches nothing in the clusters", () => {
    assert.deepEqual(childChanges(preview), exchanged("to-", "app/"));
    assert.deepEqual(childChanges(up), exchanged("to-", "app/"));
    assert.equal(Object.keys(objects.first).length, 4);
    assert.deepEqual(objects.after, objects.first);
    assert.deepEqual(changesOf(again), []);
  });

  it("is done back in the same way", () => {
    assert.deepEqual(childChanges(back), exchanged("app/", "to-"));
  });

  it("changes nothing at all with the component's providers as aliases", () => {
    assert.deepEqual(takenOverPreview.summary, { same: first.summary.create });
  });

  it("makes everything anew where nothing says that the clusters are the same, and loses nothing", () => {
    const made = [TYPE.serviceAccount, TYPE.pod, TYPE.job].flatMap((type) =>
      NAMES.map((name) => `${type} app/${name}/${scope.namespace}/reader`),
    );
    assert.deepEqual(namesOf(anew, "create-replacement"), made.sort());
    assert.deepEqual(namesOf(anew, "delete-replaced"), made.sort());
    assert.deepEqual(Object.keys(objects.anew).sort(), Object.keys(objects.first).sort());
    for (const [name, uid] of Object.entries(objects.anew)) assert.notEqual(uid, objects.first[name], name);
  });
});
