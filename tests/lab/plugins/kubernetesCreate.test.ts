import assert from "node:assert/strict";
import { Secret, UNKNOWN, type Properties } from "../../../lab/plugins/shared/server";
import { refusal, type Document } from "./kubernetesFakeApi";
import { COLLECTION, PATH, ProviderFixture, serviceAccount, URN } from "./kubernetesFixture";

const NOT_CREATED = `resource "${URN}" was not successfully created by the Kubernetes API server: `;
const NO_NAMESPACE = refusal(404, "NotFound", 'namespaces "apps" not found', { kind: "namespaces" });

describe("kubernetes plugin: create", () => {
  let at: ProviderFixture;

  beforeEach(async () => {
    at = await ProviderFixture.start();
    await at.configure();
  });

  afterEach(() => at.api.stop());

  it("makes the object under a field manager of its own", async () => {
    const { id, state } = await at.create(serviceAccount());
    const [request, ...others] = at.api.writes;
    assert.deepEqual(others, []);
    assert.deepEqual([request!.method, request!.path], ["POST", COLLECTION]);
    assert.deepEqual(Object.keys(request!.query), ["fieldManager"]);
    assert.match(request!.query.fieldManager!, /^pulumi-kubernetes-[0-9a-f]{8}$/);
    assert.deepEqual(request!.body, serviceAccount());
    assert.equal(id, "apps/a");
    assert.equal(state.__fieldManager, request!.query.fieldManager);
    assert.equal(state.__initialApiVersion, "v1");
    assert.deepEqual(state.__inputs, serviceAccount());
    assert.equal((state.metadata as Document).uid, (at.api.objects.get(PATH)!.metadata as Document).uid);
  });

  it("refuses an object that exists already, in the server's words, and leaves it as it is", async () => {
    await at.create(serviceAccount({ role: "theirs" }));
    await assert.rejects(at.create(serviceAccount({ role: "ours" })), {
      message: `${NOT_CREATED}serviceaccounts "a" already exists`,
    });
    assert.deepEqual((at.api.objects.get(PATH)!.metadata as Document).annotations, { role: "theirs" });
    assert.deepEqual(at.pauses, []);
  });

  it("tries a preview out on the server, and leaves nothing there", async () => {
    const { id, state } = await at.create(serviceAccount(), { preview: true });
    assert.deepEqual(
      at.api.writes.map(({ method, query }) => [method, query.dryRun]),
      [["POST", "All"]],
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
    ["the namespace is not there yet", NO_NAMESPACE],
    ["the server forbids it for now", refusal(403, "Forbidden", "serviceaccount not found")],
    ["the object exists already", refusal(409, "AlreadyExists", 'serviceaccounts "a" already exists')],
  ] as const) {
    it(`previews the inputs as they are when ${what}`, async () => {
      at.api.intercept = ({ method }) => (method === "POST" ? answer : undefined);
      const inputs = serviceAccount();
      assert.deepEqual(await at.create(inputs, { preview: true }), { id: "", state: inputs });
      assert.deepEqual(at.pauses, []);
    });
  }

  it("waits for a namespace, longer each time", async () => {
    at.api.intercept = ({ method }) => (method === "POST" && at.pauses.length < 3 ? NO_NAMESPACE : undefined);
    assert.equal((await at.create(serviceAccount())).id, "apps/a");
    assert.deepEqual(at.pauses, [1000, 2000, 4000]);
  });

  it("gives up on a namespace that does not come", async () => {
    at.api.intercept = ({ method }) => (method === "POST" ? NO_NAMESPACE : undefined);
    await assert.rejects(at.create(serviceAccount()), {
      message: `${NOT_CREATED}namespaces "apps" not found`,
    });
    assert.equal(at.pauses.length, 5);
  });

  it("keeps what is secret out of the state's plain text", async () => {
    const { state } = await at.create(serviceAccount({ role: new Secret("hush") }));
    assert.deepEqual(at.api.writes[0]!.body, serviceAccount({ role: "hush" }));
    for (const part of [state, state.__inputs as Properties]) {
      assert.deepEqual((part.metadata as Properties).annotations, { role: new Secret("hush") });
    }
  });

  describe("with upsertExistingObjects", () => {
    beforeEach(() => at.configure({ upsertExistingObjects: "true" }));

    it("applies the object, whether there is one already or not", async () => {
      await at.create(serviceAccount({ role: "theirs" }));
      const { state } = await at.create(serviceAccount({ role: "ours" }));
      for (const { method, path, headers, query } of at.api.writes) {
        assert.deepEqual([method, path], ["PATCH", PATH]);
        assert.equal(headers["content-type"], "application/apply-patch+yaml");
        assert.deepEqual([query.force, query.dryRun], ["false", undefined]);
      }
      assert.equal(state.__fieldManager, at.api.writes[1]!.query.fieldManager);
      assert.deepEqual((at.api.objects.get(PATH)!.metadata as Document).annotations, { role: "ours" });
    });

    it("forces a preview, which would be in conflict with what it replaces", async () => {
      await at.create(serviceAccount(), { preview: true });
      assert.deepEqual(
        at.api.writes.map(({ query: { dryRun, force } }) => ({ dryRun, force })),
        [{ dryRun: "All", force: "true" }],
      );
    });

    it("previews a replacement of what is immutable under another name", async () => {
      at.api.intercept = ({ path }) =>
        path === PATH
          ? refusal(422, "Invalid", "data: Forbidden: field is immutable when `immutable` is set")
          : undefined;
      await at.create(serviceAccount(), { preview: true });
      assert.match(at.api.writes[1]!.path, /serviceaccounts\/a[0-9a-f]{5}$/);
      assert.match(
        at.logged[0]!,
        /^info: Preview creation failed due to immutable fields; retrying with name/,
      );
    });

    it("tells of a conflict with another field manager", async () => {
      at.api.intercept = ({ method }) =>
        method === "PATCH" ? refusal(409, "Conflict", 'conflict with "kubectl": .metadata') : undefined;
      await assert.rejects(
        at.create(serviceAccount()),
        /Server-Side Apply field conflict detected\. See .*\nThe resource managed by field manager "pulumi-kubernetes-\w+" had an apply conflict: conflict with "kubectl"/,
      );
    });

    it("takes fields from others when the object says so, or the provider", async () => {
      await at.create(serviceAccount({ "pulumi.com/patchForce": "true" }));
      await at.configure({ upsertExistingObjects: "true", enablePatchForce: "true" });
      await at.create(serviceAccount());
      assert.deepEqual(
        at.api.writes.map(({ query }) => query.force),
        ["true", "true"],
      );
    });
  });
});
