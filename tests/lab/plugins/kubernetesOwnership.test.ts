import assert from "node:assert/strict";
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import type { EngineStack } from "../../../lab/engine/workspace";
import { metadataText } from "../../../lab/plugins/kubernetes/objects";
import {
  changesOf,
  clusterLab,
  clusterProvider,
  Objects,
  openClusterStack,
  serviceAccountsIn,
  type ClusterLab,
} from "./kubernetesLab";

const NAMESPACE = "owned";

describe("kubernetes plugin, who owns an object, in the engine and a cluster", function () {
  this.timeout(120_000);
  let at: ClusterLab;
  let accounts: Objects;
  const opened: EngineStack[] = [];

  before(async () => {
    at = await clusterLab();
    accounts = await serviceAccountsIn(at, NAMESPACE);
  });

  afterEach(async () => {
    for (const stack of opened.splice(0)) await stack.destroy();
  });

  async function open(
    ...[project, program, more]: Parameters<typeof openClusterStack>
  ): Promise<EngineStack> {
    const stack = await openClusterStack(project, program, more);
    opened.push(stack);
    return stack;
  }

  describe("that exists already", () => {
    /** A namespace and a ServiceAccount in it. */
    const program =
      (args: kubernetes.ProviderArgs = {}, imports = false): PulumiFn =>
      () => {
        const provider = clusterProvider(at, "cluster", args);
        const optionsFor = (id: string): pulumi.CustomResourceOptions => ({
          provider,
          retainOnDelete: true,
          ...(imports && { import: id }),
        });
        const metadata = { name: "there", namespace: NAMESPACE, annotations: { a: "1" } };
        new kubernetes.core.v1.Namespace(
          "namespace",
          { metadata: { name: NAMESPACE } },
          optionsFor(NAMESPACE),
        );
        new kubernetes.core.v1.ServiceAccount("account", { metadata }, optionsFor(`${NAMESPACE}/there`));
        return Promise.resolve({});
      };

    before(() => accounts.make("there", { a: "1" }));

    it("is not created, which no preview tells", async () => {
      const stack = await open("exists", program());
      assert.ok(changesOf(await stack.preview()).includes("create namespace"));
      await assert.rejects(
        stack.up(),
        /resource "urn:pulumi:lab::exists::kubernetes:core\/v1:Namespace::namespace" was not successfully created by the Kubernetes API server: namespaces "owned" already exists/,
      );
    });

    it("is taken over with upsertExistingObjects", async () => {
      const stack = await open("upserts", program({ upsertExistingObjects: true }));
      const { summary } = await stack.up();
      assert.equal(summary.create, 4);
      assert.deepEqual(changesOf(await stack.preview()), []);
    });

    it("is imported, and is an object like any other then", async () => {
      const stack = await open("imports", program({}, true));
      const { summary } = await stack.up();
      assert.equal(summary.import, 2);
      assert.deepEqual(changesOf(await stack.preview(program())), []);
      const inputs = (await stack.exportState()).deployment as {
        resources: { type: string; inputs: { metadata: unknown } }[];
      };
      const account = inputs.resources.find(({ type }) => type === "kubernetes:core/v1:ServiceAccount");
      assert.deepEqual(account?.inputs.metadata, {
        name: "there",
        namespace: NAMESPACE,
        annotations: { a: "1" },
      });
    });
  });

  describe("when its provider is another resource", () => {
    const program =
      (name: string, args: kubernetes.ProviderArgs = {}, opts: pulumi.ResourceOptions = {}): PulumiFn =>
      () => {
        const provider = clusterProvider(at, name, args, opts);
        const metadata = { name: "moved", namespace: NAMESPACE };
        new kubernetes.core.v1.ServiceAccount("account", { metadata }, { provider });
        return Promise.resolve({});
      };

    it("is kept for the same identifier, and replaced for another", async () => {
      const stack = await open("providers", program("first"));
      await stack.up();
      const before = metadataText(await accounts.live("moved"), "uid");
      const unlike = at.cluster.kubeconfig.replaceAll(at.cluster.endpoint, `${at.cluster.endpoint}/`);
      const up = await stack.up(program("second", { kubeconfig: unlike }));
      assert.deepEqual(changesOf(up), ["create second", "delete first"]);
      assert.equal(metadataText(await accounts.live("moved"), "uid"), before);

      const replaced = changesOf(await stack.preview(program("third", { clusterIdentifier: "two" })));
      assert.ok(replaced.includes("replace account"), replaced.join(", "));
      // An alias says that it is the same provider: the engine asks no more then, and the object is left where it was.
      const aliases = { aliases: [{ name: "second" }] };
      const aliased = await stack.preview(program("third", { clusterIdentifier: "two" }, aliases));
      assert.deepEqual(changesOf(aliased), [
        "create-replacement third",
        "replace third",
        "delete-replaced second",
      ]);
    });
  });

  describe("in a cluster that is gone", () => {
    it("is forgotten when the environment says so", async () => {
      const closed = at.cluster.kubeconfig.replaceAll(at.cluster.endpoint, "https://127.0.0.1:1");
      const program =
        (kubeconfig: string): PulumiFn =>
        () => {
          const provider = clusterProvider(at, "cluster", { kubeconfig });
          const metadata = { name: "lost", namespace: NAMESPACE };
          new kubernetes.core.v1.ServiceAccount("account", { metadata }, { provider });
          return Promise.resolve({});
        };
      const stack = await openClusterStack("lost", program(at.cluster.kubeconfig));
      await stack.up();
      assert.deepEqual(changesOf(await stack.up(program(closed))), ["update cluster"]);
      await assert.rejects(stack.destroy(), /cluster is unreachable\. .*PULUMI_K8S_DELETE_UNREACHABLE/);

      const environment = { PULUMI_K8S_DELETE_UNREACHABLE: "true" };
      const forgetful = await openClusterStack("lost", program(closed), { environment });
      assert.deepEqual((await forgetful.destroy()).summary, { delete: 3 });
      assert.ok(await accounts.live("lost"), "it was not reached");
    });
  });
});
