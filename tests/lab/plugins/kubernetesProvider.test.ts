import assert from "node:assert/strict";
import { readSettings } from "../../../lab/plugins/kubernetes/settings";
import { UNKNOWN, type Properties } from "../../../lab/plugins/shared/server";
import type { Document } from "./kubernetesFakeApi";
import { ProviderFixture, SERVICE_ACCOUNT, URN } from "./kubernetesFixture";

describe("kubernetes plugin: provider", () => {
  let at: ProviderFixture;

  beforeEach(async () => {
    at = await ProviderFixture.start();
  });

  afterEach(() => at.api.stop());

  describe("arguments", () => {
    const problemsOf = async (config: Properties) =>
      (await at.provider.checkConfig(config)).failures.map(
        ({ property, reason }) => `${property}: ${reason}`,
      );

    it("without a kubeconfig are refused: the ambient one is never used", async () => {
      const [problem, ...others] = await problemsOf({});
      assert.match(problem!, /^kubeconfig: .*never uses the ambient kubeconfig/);
      assert.deepEqual(others, []);
    });

    it("that mean something the stand-in cannot do are refused", async () => {
      const kubeconfig = "{}";
      assert.deepEqual(await problemsOf({ kubeconfig, renderYamlToDirectory: "out" }), [
        "renderYamlToDirectory: the lab's stand-in for Kubernetes does not support renderYamlToDirectory",
      ]);
      assert.deepEqual(await problemsOf({ kubeconfig, enableServerSideApply: "false" }), [
        "enableServerSideApply: the lab's stand-in for Kubernetes knows server-side apply only",
      ]);
      const fine: Properties = {
        enableServerSideApply: "true",
        upsertExistingObjects: "true",
        enablePatchForce: "true",
        clusterIdentifier: "x",
        namespace: UNKNOWN,
        version: "4.34.2",
      };
      assert.deepEqual(await problemsOf({ kubeconfig: UNKNOWN, ...fine }), []);
    });

    for (const [key, variable, unset] of [
      ["deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE", false],
      ["upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS", false],
      ["enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE", undefined],
    ] as const) {
      it(`${key} is the provider's, then the environment's`, () => {
        assert.equal(readSettings({}, {})[key], unset);
        assert.equal(readSettings({}, { [variable]: "true" })[key], true);
        assert.equal(readSettings({ [key]: "false" }, { [variable]: "true" })[key], false);
        assert.equal(readSettings({ [key]: "true" }, { [variable]: "false" })[key], true);
      });
    }
  });

  it("the default namespace is the provider's, then the context's", async () => {
    const context = { cluster: "c", user: "u", namespace: "of-context" };
    const kubeconfig = {
      ...(JSON.parse(at.api.kubeconfig()) as Document),
      contexts: [{ name: "x", context }],
    };
    const namespaceFor = async (config: Properties) => {
      await at.provider.configure({ kubeconfig: JSON.stringify(kubeconfig), ...config });
      const check = { urn: URN, name: "a", randomSeed: new Uint8Array(), log: () => Promise.resolve() };
      const { inputs } = await at.provider.check(SERVICE_ACCOUNT, {}, {}, check);
      return (inputs.metadata as Document).namespace;
    };
    assert.equal(await namespaceFor({}), "of-context");
    assert.equal(await namespaceFor({ namespace: "of-provider" }), "of-provider");
  });
});
