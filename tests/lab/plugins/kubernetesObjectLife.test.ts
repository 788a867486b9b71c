import assert from "node:assert/strict";
import type { InitFailedError } from "../../../lab/plugins/shared/server";
import { refusal, type Document } from "./kubernetesFakeApi";
import { PATH, ProviderFixture, serviceAccount } from "./kubernetesFixture";

describe("kubernetes plugin: an object's life", () => {
  let at: ProviderFixture;

  beforeEach(async () => {
    at = await ProviderFixture.start();
    await at.configure();
  });

  afterEach(() => at.api.stop());

  describe("update", () => {
    it("applies under the field manager of the creation", async () => {
      const { state } = await at.create(serviceAccount({ role: "a" }));
      const after = await at.update(state, serviceAccount({ role: "b" }));
      const [first, second] = at.api.writes;
      assert.equal(second!.query.fieldManager, first!.query.fieldManager);
      assert.deepEqual((after.metadata as Document).annotations, { role: "b" });
      assert.deepEqual(after.__inputs, serviceAccount({ role: "b" }));
    });

    it("tries a preview out on the server", async () => {
      const { state } = await at.create(serviceAccount({ role: "a" }));
      const preview = { preview: true };
      await at.update(state, serviceAccount({ role: "b" }), preview);
      assert.equal(at.api.writes[1]!.query.dryRun, "All");
      assert.deepEqual((at.api.objects.get(PATH)!.metadata as Document).annotations, { role: "a" });
    });

    it("that is refused is recorded with what is there", async () => {
      const { state } = await at.create(serviceAccount({ role: "a" }));
      at.api.intercept = ({ method }) =>
        method === "PATCH" ? refusal(409, "Conflict", "conflict") : undefined;
      await assert.rejects(at.update(state, serviceAccount({ role: "b" })), (error: InitFailedError) => {
        assert.equal(error.id, "apps/a");
        assert.match(error.reasons[0]!, /reported that "apps\/a" failed to fully initialize or become live:/);
        assert.deepEqual((error.state.metadata as Document).annotations, { role: "a" });
        return true;
      });
    });

    it("of an object that is gone fails and says so", async () => {
      const { state } = await at.create(serviceAccount());
      at.api.objects.clear();
      await assert.rejects(
        at.update(state, serviceAccount({ role: "b" })),
        /^Error: update of resource ".*" failed: .*not found\nunable to get cluster state: .*not found$/,
      );
    });

    it("leaves an ignored field to whom it belongs, and sends its own as it is", async () => {
      const { state } = await at.create({
        ...serviceAccount(),
        secrets: [],
        automountServiceAccountToken: false,
      });
      const ours = state.__fieldManager;
      const managedFields = [
        { manager: "another", fieldsV1: { "f:secrets": {} } },
        { manager: ours, fieldsV1: { "f:automountServiceAccountToken": {} } },
      ];
      const live = at.api.objects.get(PATH)!;
      live.automountServiceAccountToken = true;
      live.metadata = { ...(live.metadata as Document), managedFields };
      const ignoreChanges = ["secrets", "automountServiceAccountToken"];
      const news = { ...serviceAccount({ role: "b" }), secrets: [], automountServiceAccountToken: false };
      await at.update(state, news, { ignoreChanges });
      assert.deepEqual(at.api.writes[1]!.body, {
        ...serviceAccount({ role: "b" }),
        automountServiceAccountToken: true,
      });
    });
  });

  describe("read", () => {
    it("gives what is there, and of it as inputs what the program spoke of", async () => {
      const { state } = await at.create(serviceAccount({ role: "a" }));
      const live = at.api.objects.get(PATH)!;
      live.metadata = {
        ...(live.metadata as Document),
        annotations: { role: "drifted", other: "x" },
        uid: "u",
      };
      const read = await at.read(state, serviceAccount({ role: "a" }));
      assert.deepEqual(read!.inputs, serviceAccount({ role: "drifted" }));
      assert.equal((read!.state.metadata as Document).uid, "u");
      assert.equal(read!.state.__fieldManager, state.__fieldManager);
    });

    it("of what is gone gives nothing", async () => {
      assert.equal(await at.read({}, {}), undefined);
    });

    it("for an import takes all that can be an input", async () => {
      const metadata = { name: "a", namespace: "apps", uid: "u", resourceVersion: "1", labels: { a: "b" } };
      at.api.objects.set(PATH, { apiVersion: "v1", kind: "ServiceAccount", metadata, status: {} });
      const read = await at.read({}, {});
      assert.deepEqual(read!.inputs, {
        apiVersion: "v1",
        kind: "ServiceAccount",
        metadata: { name: "a", namespace: "apps", labels: { a: "b" } },
      });
    });
  });

  describe("delete", () => {
    it("ends when the object is gone", async () => {
      const { state } = await at.create(serviceAccount());
      let left = 3;
      at.api.intercept = ({ method }) =>
        method === "GET" && left-- > 0
          ? { code: 200, body: { metadata: { uid: (state.metadata as Document).uid } } }
          : undefined;
      await at.delete(state);
      assert.equal(at.pauses.length, 3);
      assert.equal(at.api.writes[1]!.method, "DELETE");
      assert.equal(at.api.writes[1]!.body!.propagationPolicy, "Foreground");
    });

    it("takes what is gone already for deleted", async () => {
      const { state } = await at.create(serviceAccount());
      at.api.objects.clear();
      await at.delete(state);
    });

    it("does not wait for another object of the same name", async () => {
      const { state } = await at.create(serviceAccount());
      at.api.intercept = ({ method }) =>
        method === "GET" ? { code: 200, body: { metadata: { uid: "another" } } } : undefined;
      await at.delete(state);
    });

    it("propagates as the object says", async () => {
      const annotations = { "pulumi.com/deletionPropagationPolicy": "background" };
      const { state } = await at.create(serviceAccount(annotations));
      await at.delete(state);
      assert.equal(at.api.writes[1]!.body!.propagationPolicy, "Background");
    });

    for (const [what, timeout, cancel, message] of [
      [
        "at the timeout",
        0.001,
        false,
        /Timed out waiting for deletion of v1\/ServiceAccount "a"; finalizers .*\(keep\)/,
      ],
      ["when the user cancels", 300, true, /Resource operation was cancelled for "a"/],
    ] as const) {
      it(`gives up ${what}, and records the object as it is`, async () => {
        const { state } = await at.create(serviceAccount());
        const { uid } = state.metadata as Document;
        const metadata = { uid, name: "a", namespace: "apps", finalizers: ["keep"] };
        at.api.intercept = ({ method }) => (method === "GET" ? { code: 200, body: { metadata } } : undefined);
        if (cancel) at.provider.cancel();
        await assert.rejects(at.delete(state, { timeout }), (error: InitFailedError) => {
          assert.match(error.reasons[0]!, message);
          assert.deepEqual((error.state.metadata as Document).finalizers, ["keep"]);
          return true;
        });
      });
    }
  });
});
