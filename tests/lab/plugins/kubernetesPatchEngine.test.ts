import assert from "node:assert/strict";
import * as kubernetes from "@pulumi/kubernetes";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import type { EngineStack, OperationResult } from "../../../lab/engine/workspace";
import { textOf } from "../../../lab/plugins/kubernetes/checks";
import { managedFieldsOf } from "../../../lab/plugins/kubernetes/objects";
import {
  changesOf,
  clusterLab,
  clusterProvider,
  openClusterStack,
  serviceAccountsIn,
  type ClusterLab,
  type Objects,
} from "./kubernetesLab";

const NAMESPACE = "patched";
const ROLE = "eks.amazonaws.com/role-arn";
const FORCE = "pulumi.com/patchForce";
const MANAGER = "pulumi.com/patchFieldManager";

/** A Patch: the ServiceAccount it is for, and what it annotates. */
type Patch = [name: string, annotations: Record<string, string>];

describe("kubernetes plugin, Patches in the engine and a cluster", function () {
  this.timeout(120_000);
  let at: ClusterLab;
  let accounts: Objects;
  const opened: EngineStack[] = [];

  before(async () => {
    at = await clusterLab();
    accounts = await serviceAccountsIn(at, NAMESPACE);
  });

  after(async () => {
    for (const stack of opened) await stack.destroy();
  });

  /** Patches by their names in the program, made one after the other. */
  const program =
    (patches: Record<string, Patch>): PulumiFn =>
    () => {
      const provider = clusterProvider(at, "cluster");
      const made: kubernetes.core.v1.ServiceAccountPatch[] = [];
      for (const [key, [name, annotations]] of Object.entries(patches)) {
        const metadata = { name, namespace: NAMESPACE, annotations };
        const options = { provider, dependsOn: [...made] };
        made.push(new kubernetes.core.v1.ServiceAccountPatch(key, { metadata }, options));
      }
      return Promise.resolve({});
    };

  async function stackFor(project: string, patches: Record<string, Patch>): Promise<EngineStack> {
    const stack = await openClusterStack(project, program(patches));
    opened.push(stack);
    return stack;
  }

  const managersOf = async (name: string) =>
    managedFieldsOf(await accounts.live(name)).map(
      ({ manager, operation }) => `${textOf(operation)} ${textOf(manager)}`,
    );

  describe("on ServiceAccounts of a chart, and on one that is not there", () => {
    let stack: EngineStack;
    let preview: OperationResult;

    before(async () => {
      await accounts.make("chart", { helm: "x" });
      await accounts.make("forced", { [ROLE]: "arn:theirs" });
      stack = await stackFor("patches", {
        role: ["chart", { [ROLE]: "arn:ours" }],
        other: ["chart", { other: "y" }],
        forced: ["forced", { [ROLE]: "arn:ours", [FORCE]: "true" }],
        absent: ["absent", { [ROLE]: "arn:ours" }],
      });
      preview = await stack.preview();
      await stack.up();
    });

    it("preview as creations", () => {
      const created = changesOf(preview);
      for (const key of ["role", "other", "forced", "absent"]) assert.ok(created.includes(`create ${key}`));
    });

    it("add what is theirs, each under a field manager of its own", async () => {
      assert.deepEqual(await accounts.annotationsOf("chart"), { helm: "x", [ROLE]: "arn:ours", other: "y" });
      const [helm, one, two, ...others] = (await managersOf("chart")).sort().reverse();
      assert.equal(helm, "Update helm");
      for (const manager of [one, two]) assert.match(manager!, /^Apply pulumi-kubernetes-[0-9a-f]{8}$/);
      assert.notEqual(one, two);
      assert.deepEqual(others, []);
    });

    it("take a key from others when forced, and leave their own annotations on the object", async () => {
      assert.deepEqual(await accounts.annotationsOf("forced"), { [ROLE]: "arn:ours", [FORCE]: "true" });
    });

    it("make the object that is not there", async () => {
      assert.deepEqual(await accounts.annotationsOf("absent"), { [ROLE]: "arn:ours" });
    });

    it("change nothing the second time", async () => {
      assert.deepEqual(changesOf(await stack.preview()), []);
    });

    it("see at a refresh that their annotation is gone, and put it back", async () => {
      await accounts.removeAnnotation("chart", ROLE);
      assert.equal((await stack.refresh()).summary.update, 1);
      const up = await stack.up();
      assert.deepEqual(changesOf(up), ["update role"]);
      const { detailedDiff } = up.steps.find(({ op }) => op === "update")!;
      assert.deepEqual(detailedDiff, { [`metadata.annotations["${ROLE}"]`]: "add" });
      assert.deepEqual(await accounts.annotationsOf("chart"), { helm: "x", [ROLE]: "arn:ours", other: "y" });
    });

    // The last of them.
    it("take away what is theirs when they are destroyed, and leave the rest", async () => {
      await accounts.delete("absent");
      assert.equal((await stack.destroy()).summary.delete, 6);
      assert.deepEqual(await accounts.annotationsOf("chart"), { helm: "x" });
      assert.deepEqual(await managersOf("chart"), ["Update helm"]);
      // What was taken by force does not come back, and what had gone is an empty object.
      assert.equal(await accounts.annotationsOf("forced"), undefined);
      assert.equal(await accounts.annotationsOf("absent"), undefined);
    });
  });

  it("are in conflict with who manages the same key", async () => {
    await accounts.make("conflict", { [ROLE]: "arn:theirs" });
    const stack = await stackFor("patch-conflict", { role: ["conflict", { [ROLE]: "arn:ours" }] });
    assert.ok(changesOf(await stack.preview()).includes("create role"));
    await assert.rejects(
      stack.up(),
      /was not successfully created by the Kubernetes API server: Server-Side Apply field conflict detected\. See .*\nThe resource managed by field manager "pulumi-kubernetes-\w{8}" had an apply conflict: Apply failed with 1 conflict: conflict with "helm" using v1: \.metadata\.annotations\.eks\.amazonaws\.com\/role-arn/,
    );
  });

  it("of one object cannot name two field managers, and under the same name the last one's fields are left", async () => {
    await accounts.make("shared");
    const patches = (one: string, two: string): Record<string, Patch> => ({
      a: ["shared", { a: "1", [MANAGER]: one }],
      b: ["shared", { b: "1", [MANAGER]: two }],
    });
    const stack = await stackFor("patch-managers", patches("one", "two"));
    await assert.rejects(
      stack.up(),
      /field manager "two" had an apply conflict: Apply failed with 1 conflict: conflict with "one": \.metadata\.annotations\.pulumi\.com\/patchFieldManager/,
    );
    assert.deepEqual(changesOf(await stack.up(program(patches("one", "one")))), ["create b"]);
    assert.deepEqual(await accounts.annotationsOf("shared"), { b: "1", [MANAGER]: "one" });
  });
});
