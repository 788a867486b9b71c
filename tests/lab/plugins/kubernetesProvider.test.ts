import assert from "node:assert/strict";
import { Secret, UNKNOWN, type Properties } from "../../../lab/plugins/shared/server";
import { refusal, type Document } from "./kubernetesFakeApi";
import { PATH, ProviderFixture, SERVICE_ACCOUNT, serviceAccount, URN } from "./kubernetesFixture";

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
        clusterIdentifier: "x",
        namespace: UNKNOWN,
        version: "4.34.2",
      };
      assert.deepEqual(await problemsOf({ kubeconfig: UNKNOWN, ...fine }), []);
    });
  });

  describe("create", () => {
    beforeEach(() => at.configure());

    it("applies the object under a field manager of its own", async () => {
      const { id, state } = await at.create(serviceAccount());
      const [patch] = at.api.writes;
      assert.equal(patch!.path, PATH);
      assert.equal(patch!.headers["content-type"], "application/apply-patch+yaml");
      assert.match(patch!.query.fieldManager!, /^pulumi-kubernetes-[0-9a-f]{8}$/);
      assert.equal(patch!.query.force, "false");
      assert.equal(patch!.query.dryRun, undefined);
      assert.deepEqual(patch!.body, serviceAccount());
      assert.equal(id, "apps/a");
      assert.equal(state.__fieldManager, patch!.query.fieldManager);
      assert.equal(state.__initialApiVersion, "v1");
      assert.deepEqual(state.__inputs, serviceAccount());
      assert.equal((state.metadata as Document).uid, (at.api.objects.get(PATH)!.metadata as Document).uid);
    });

    it("tries a preview out on the server, and leaves nothing there", async () => {
      const { id, state } = await at.create(serviceAccount(), { preview: true });
      assert.deepEqual(
        at.api.writes.map(({ query: { dryRun, force } }) => ({ dryRun, force })),
        [{ dryRun: "All", force: "true" }],
      );
      assert.equal(id, "");
      assert.ok((state.metadata as Document).uid);
      assert.equal(at.api.objects.size, 0);
    });

    it("previews the inputs as they are when something in them is unknown", async () => {
      const inputs = serviceAccount({ role: UNKNOWN });
      assert.deepEqual(await at.create(inputs, { preview: true }), { id: "", state: inputs });
      assert.deepEqual(at.api.writes, []);
    });

    for (const [what, answer] of [
      ["the namespace is not there yet", refusal(404, "NotFound", "no apps", { kind: "namespaces" })],
      ["the server forbids it for now", refusal(403, "Forbidden", "serviceaccount not found")],
    ] as const) {
      it(`previews the inputs as they are when ${what}`, async () => {
        at.api.intercept = ({ method }) => (method === "PATCH" ? answer : undefined);
        const inputs = serviceAccount();
        assert.deepEqual(await at.create(inputs, { preview: true }), { id: "", state: inputs });
        assert.deepEqual(at.pauses, []);
      });
    }

    it("previews a replacement of what is immutable under another name", async () => {
      at.api.intercept = ({ method, path }) =>
        method === "PATCH" && path === PATH
          ? refusal(422, "Invalid", "data: Forbidden: field is immutable when `immutable` is set")
          : undefined;
      await at.create(serviceAccount(), { preview: true });
      assert.match(at.api.writes[1]!.path, /serviceaccounts\/a[0-9a-f]{5}$/);
      assert.match(
        at.logged[0]!,
        /^info: Preview creation failed due to immutable fields; retrying with name/,
      );
    });

    it("waits for a namespace, longer each time", async () => {
      const missing = refusal(404, "NotFound", 'namespaces "apps" not found', { kind: "namespaces" });
      at.api.intercept = ({ method }) => (method === "PATCH" && at.pauses.length < 3 ? missing : undefined);
      assert.equal((await at.create(serviceAccount())).id, "apps/a");
      assert.deepEqual(at.pauses, [1000, 2000, 4000]);
    });

    it("gives up on a namespace that does not come", async () => {
      const missing = refusal(404, "NotFound", 'namespaces "apps" not found', { kind: "namespaces" });
      at.api.intercept = ({ method }) => (method === "PATCH" ? missing : undefined);
      await assert.rejects(at.create(serviceAccount()), {
        message: `resource "${URN}" was not successfully created by the Kubernetes API server: namespaces "apps" not found`,
      });
      assert.equal(at.pauses.length, 5);
    });

    it("tells of a conflict with another field manager", async () => {
      at.api.intercept = ({ method }) =>
        method === "PATCH" ? refusal(409, "Conflict", 'conflict with "kubectl": .metadata') : undefined;
      await assert.rejects(
        at.create(serviceAccount()),
        /Server-Side Apply field conflict detected\. See .*\nThe resource managed by field manager "pulumi-kubernetes-\w+" had an apply conflict: conflict with "kubectl"/,
      );
    });

    it("takes fields from others when the object says so", async () => {
      await at.create(serviceAccount({ "pulumi.com/patchForce": "true" }));
      assert.equal(at.api.writes[0]!.query.force, "true");
    });

    it("keeps what is secret out of the state's plain text", async () => {
      const { state } = await at.create(serviceAccount({ role: new Secret("hush") }));
      assert.deepEqual(at.api.writes[0]!.body, serviceAccount({ role: "hush" }));
      for (const part of [state, state.__inputs as Properties]) {
        assert.deepEqual((part.metadata as Properties).annotations, { role: new Secret("hush") });
      }
    });
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
