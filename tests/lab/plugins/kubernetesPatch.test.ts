import assert from "node:assert/strict";
import { kindOf } from "../../../lab/plugins/kubernetes/kinds";
import { diffObject } from "../../../lab/plugins/kubernetes/diff";
import type { OperationContext, Properties } from "../../../lab/plugins/shared/server";
import { refusal, type Document } from "./kubernetesFakeApi";
import { PATH, ProviderFixture, serviceAccount } from "./kubernetesFixture";

const PATCH = "kubernetes:core/v1:ServiceAccountPatch";
const MANAGER = "pulumi.com/patchFieldManager";

describe("kubernetes plugin: a Patch", () => {
  let at: ProviderFixture;

  beforeEach(async () => {
    at = await ProviderFixture.start();
    await at.configure();
    at.api.objects.set(PATH, { ...serviceAccount(), metadata: { name: "a", namespace: "apps", uid: "1" } });
  });

  afterEach(() => at.api.stop());

  const create = (inputs: Properties, more: Partial<OperationContext> = {}) =>
    at.provider.create(PATCH, inputs, at.context(more));
  const update = (state: Properties, inputs: Properties, more: Partial<OperationContext> = {}) =>
    at.provider.update(PATCH, "apps/a", state, inputs, { ...at.context(more), oldInputs: {} });

  /** The writes, as far as they tell who wrote what. */
  const writes = () =>
    at.api.writes.map(({ method, headers, query, body }) => ({
      how: `${method} ${headers["content-type"]}`,
      query,
      body,
    }));

  it("is applied to what exists, with its annotations for the plugin, under a field manager of its own", async () => {
    const inputs = serviceAccount({ role: "ours", "pulumi.com/patchForce": "true" });
    const { id, state } = await create(inputs);
    const fieldManager = state.__fieldManager as string;
    assert.match(fieldManager, /^pulumi-kubernetes-[0-9a-f]{8}$/);
    assert.deepEqual(writes(), [
      {
        how: "PATCH application/apply-patch+yaml",
        query: { fieldManager, force: "true", fieldValidation: "Warn" },
        body: inputs,
      },
    ]);
    assert.equal(id, "apps/a");
    assert.equal((state.metadata as Document).uid, "1");
  });

  it("makes the object where there is none", async () => {
    at.api.objects.clear();
    assert.equal((await create(serviceAccount({ role: "ours" }))).id, "apps/a");
    assert.deepEqual((at.api.objects.get(PATH)!.metadata as Document).annotations, { role: "ours" });
  });

  it("is previewed as it is, without asking the server", async () => {
    const inputs = serviceAccount({ role: "ours" });
    assert.deepEqual(await create(inputs, { preview: true }), { id: "", state: inputs });
    assert.deepEqual(at.api.writes, []);
  });

  it("takes nothing over at an update but what it speaks of", async () => {
    const { state } = await create(serviceAccount({ role: "ours" }));
    const managedFields = [{ manager: "kubectl-annotate", operation: "Update", fieldsV1: { "f:x": {} } }];
    const live = at.api.objects.get(PATH)!;
    live.metadata = { ...(live.metadata as Document), managedFields };
    await update(state, serviceAccount({ role: "new" }), { preview: true });
    await update(state, serviceAccount({ role: "new" }));
    assert.deepEqual(
      writes()
        .slice(1)
        .map(({ how, query }) => [how, query.dryRun, query.force]),
      [
        ["PATCH application/apply-patch+yaml", "All", "false"],
        ["PATCH application/apply-patch+yaml", undefined, "false"],
      ],
    );
  });

  it("gives up the fields of a field manager that it had before", async () => {
    const { state } = await create(serviceAccount({ [MANAGER]: "one" }));
    await update(state, serviceAccount({ [MANAGER]: "two" }), { preview: true });
    const after = await update(state, serviceAccount({ [MANAGER]: "two" }));
    assert.equal(after.__fieldManager, "two");
    const identity = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "a", namespace: "apps" } };
    assert.deepEqual(
      at.api.writes.map(({ query }) => query.fieldManager),
      ["one", "two", "two", "one"],
    );
    assert.deepEqual(at.api.writes[3]!.body, identity);
  });

  it("is replaced for another object only", () => {
    const inputs = serviceAccount({ role: "ours" });
    const state = { ...inputs, __inputs: inputs };
    const replaces = (metadata: Properties) =>
      diffObject(kindOf(PATCH), state, { ...inputs, metadata }, []).replaces;
    assert.deepEqual(replaces({ name: "b", namespace: "apps" }), ["metadata.name"]);
    assert.deepEqual(replaces({ name: "a", namespace: "other" }), ["metadata.namespace"]);
    assert.deepEqual(replaces({ name: "a", namespace: "apps", annotations: { role: "new" } }), []);
  });

  it("gives its fields up when it is deleted, and leaves the object", async () => {
    const { state } = await create(serviceAccount({ role: "ours" }));
    await at.provider.delete(PATCH, "apps/a", state, at.context());
    assert.deepEqual(writes()[1], {
      how: "PATCH application/apply-patch+yaml",
      query: { fieldManager: state.__fieldManager },
      body: { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "a", namespace: "apps" } },
    });
    assert.ok(at.api.objects.has(PATH));
  });

  it("cannot be deleted in a namespace that is gone", async () => {
    const { state } = await create(serviceAccount({ role: "ours" }));
    at.api.intercept = () => refusal(404, "NotFound", 'namespaces "apps" not found');
    await assert.rejects(at.provider.delete(PATCH, "apps/a", state, at.context()), {
      message: 'namespaces "apps" not found',
    });
  });

  it("is read like any object, but not without its inputs: it cannot be imported", async () => {
    const inputs = serviceAccount({ role: "ours" });
    const { state } = await create(inputs);
    const read = await at.provider.read(PATCH, "apps/a", state, inputs, at.context());
    assert.deepEqual(read!.inputs, inputs);
    assert.equal(await at.provider.read(PATCH, "apps/a", {}, {}, at.context()), undefined);
  });
});
