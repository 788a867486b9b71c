import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import type { InitFailedError, OperationContext, Properties } from "../../../lab/plugins/shared/server";
import { ProviderFixture } from "./kubernetesFixture";
import {
  condition,
  pod,
  job,
  STARTED,
  READY,
  CRASHING,
  CRASH_TEXT,
  COMPLETE,
  FAILED,
} from "./kubernetesPods";

const POD = "kubernetes:core/v1:Pod";
const JOB = "kubernetes:batch/v1:Job";
const POD_PATH = "/api/v1/namespaces/default/pods/p";
const JOB_PATH = "/apis/batch/v1/namespaces/default/jobs/j";

describe("kubernetes plugin: waiting", () => {
  let at: ProviderFixture;

  beforeEach(async () => {
    at = await ProviderFixture.start();
    await at.configure();
  });

  afterEach(() => at.api.stop());

  const create = (type: string, inputs: Properties, more: Partial<OperationContext> = {}) =>
    at.provider.create(type, inputs, at.context(more));

  /** The reasons of a failure. */
  async function reasonsOf(operation: Promise<unknown>): Promise<string[]> {
    const error = await operation.then(
      () => undefined,
      (failure: unknown) => failure as InitFailedError,
    );
    assert.ok(error !== undefined, "it fails");
    return error.reasons;
  }

  it("ends when the pod is ready, shows what it waits for, and keeps the pod as it is then", async () => {
    const created = create(POD, pod());
    await at.api.watched(1);
    at.api.put(POD_PATH, pod({ conditions: STARTED }));
    at.api.put(POD_PATH, pod(READY));
    const { state } = await created;
    assert.deepEqual(state.status, READY);
    assert.deepEqual(at.logged, [
      'info: Waiting for Pod "p" to be scheduled',
      'info: Waiting for Pod "p" to be initialized',
      'info: Waiting for Pod "p" to be ready',
      "info: ",
    ]);
  });

  it("ends at once for what is to be left alone, and for kinds that are ready as they are", async () => {
    await create(POD, pod({}, { "pulumi.com/skipAwait": "true" }));
    await create("kubernetes:core/v1:ConfigMap", { ...pod(), kind: "ConfigMap" });
    assert.deepEqual(at.logged, []);
  });

  it("fails at the time limit with what the pod's status tells, and the pod's state", async () => {
    const failed = create(POD, pod(CRASHING), { timeout: 0.05 });
    await assert.rejects(failed, (error: InitFailedError) => {
      assert.equal(error.id, "default/p");
      assert.deepEqual(error.state.status, CRASHING);
      assert.match(
        error.reasons[0]!,
        /^resource ".*" was successfully created, but the Kubernetes API server reported that it failed to fully initialize or become live: 'p' timed out waiting to be Ready$/,
      );
      assert.deepEqual(error.reasons.slice(1), [CRASH_TEXT]);
      return true;
    });
  });

  it("takes the limit of the annotation, but the resource's option first", async () => {
    const annotated = (seconds: string, name: string) =>
      pod({}, { "pulumi.com/timeoutSeconds": seconds }, name);
    assert.match((await reasonsOf(create(POD, annotated("0", "p"))))[0]!, /timed out/);
    assert.match((await reasonsOf(create(POD, annotated("600", "q"), { timeout: 0.01 })))[0]!, /timed out/);
  });

  it("ends when the user cancels", async () => {
    const created = reasonsOf(create(POD, pod(CRASHING)));
    await at.api.watched(1);
    at.provider.cancel();
    const [first, ...others] = await created;
    assert.match(first!, /Resource operation was cancelled for "p"$/);
    assert.deepEqual(others, [CRASH_TEXT]);
  });

  it("is part of an update, and a refresh tells of a pod that is not ready any more", async () => {
    const { state } = await create(POD, pod(READY));
    const context = { ...at.context({ timeout: 0.05 }), oldInputs: {} };
    const update = at.provider.update(POD, "default/p", state, pod(CRASHING), context);
    const [first, ...others] = await reasonsOf(update);
    assert.equal(
      first,
      `the Kubernetes API server reported that "default/p" failed to fully initialize or become live: 'p' timed out waiting to be Ready`,
    );
    assert.deepEqual(others, [CRASH_TEXT]);
    const read = at.provider.read(POD, "default/p", state, pod(), at.context());
    assert.deepEqual(await reasonsOf(read), [
      "Resource 'p' was created but failed to initialize",
      CRASH_TEXT,
    ]);
    assert.ok(await at.provider.read(POD, "default/p", {}, {}, at.context()), "an import takes it as it is");
  });

  it("ends when a Job is complete", async () => {
    const created = create(JOB, job());
    await at.api.watched(2);
    at.api.put(JOB_PATH, job(COMPLETE));
    assert.deepEqual((await created).state.status, COMPLETE);
  });

  it("fails as soon as a Job fails, with what its pods tell", async () => {
    const created = reasonsOf(create(JOB, job()));
    await at.api.watched(2);
    const broken = { ...CRASHING, conditions: [...STARTED, condition("Ready", "False", "broken")] };
    const text = CRASH_TEXT.replace("containers with unready status: [x]", "broken");
    const owned = pod(broken);
    owned.metadata = { name: "p", namespace: "default", ownerReferences: [{ kind: "Job", name: "j" }] };
    at.api.put("/api/v1/namespaces/default/pods/q", pod(CRASHING, {}, "q"));
    at.api.put(POD_PATH, owned);
    while (!at.logged.includes(`warning: ${text}`)) await setImmediate();
    at.api.put(JOB_PATH, job(FAILED));
    const [first, ...others] = await created;
    assert.match(first!, /: Resource 'j' was created but failed to initialize$/);
    assert.deepEqual(others, [text, "[BackoffLimitExceeded] limit"]);
  });

  it("is over for a failed Job that says so: it is made anew", async () => {
    const inputs = job({}, { "pulumi.com/replaceUnready": "true" });
    const diff = (object: Properties) => {
      at.api.put(JOB_PATH, object);
      return at.provider.diff(
        JOB,
        "default/j",
        { ...inputs, __inputs: inputs },
        inputs,
        {},
        [],
        at.context(),
      );
    };
    const { changes, replaces, deleteBeforeReplace } = await diff({ ...inputs, status: FAILED });
    assert.deepEqual(
      [changes, replaces, deleteBeforeReplace],
      ["SOME", ['.metadata.annotations["pulumi.com/replaceUnready"]'], true],
    );
    assert.equal((await diff({ ...inputs, status: COMPLETE })).changes, "NONE");
  });

  it("for what an annotation names is refused, as nobody here does it", async () => {
    const inputs = pod({}, { "pulumi.com/waitFor": "condition=Ready" });
    const check = { ...at.context(), randomSeed: new Uint8Array() };
    const { failures } = await at.provider.check(POD, {}, inputs, check);
    assert.match(failures[0]!.reason, /does not support the annotation pulumi.com\/waitFor/);
  });
});
