import assert from "node:assert/strict";
import { makeCheckpoint } from "../../../lab/plugins/kubernetes/checkpoint";
import { diffObject } from "../../../lab/plugins/kubernetes/diff";
import { kindOf } from "../../../lab/plugins/kubernetes/kinds";
import { UNKNOWN, type Properties } from "../../../lab/plugins/shared/values";

const about = { initialApiVersion: "v1", fieldManager: "pulumi-kubernetes-0" };

/** The state of an object whose live form has what the server adds. */
function deployed(inputs: Properties, added: Properties = {}): Properties {
  const metadata = { ...(inputs.metadata as Properties), uid: "1", resourceVersion: "7", managedFields: [] };
  return makeCheckpoint({ ...inputs, ...added, metadata }, inputs, inputs, about);
}

const container = (more: Properties = {}): Properties => ({ name: "c", image: "i:1", ...more });

const pod = (spec: Properties, metadata: Properties = {}): Properties => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "p", namespace: "default", ...metadata },
  spec: { containers: [container()], ...spec },
});

const podKind = kindOf("kubernetes:core/v1:Pod");
const autonamed = { annotations: { "pulumi.com/autonamed": "true" } };

const diffPods = (before: Properties, after: Properties, ignored: string[] = []) =>
  diffObject(podKind, deployed(before), after, ignored);

describe("kubernetes plugin: diff", () => {
  it("sees no change in what the server added", () => {
    const inputs = pod({});
    const live = { spec: { containers: [container({ terminationMessagePath: "/dev" })], dnsPolicy: "x" } };
    const result = diffObject(
      podKind,
      deployed(inputs, { ...live, status: { phase: "Pending" } }),
      inputs,
      [],
    );
    assert.equal(result.changes, "NONE");
    assert.deepEqual(result.detailedDiff, {});
  });

  it("sees what somebody else changed in the cluster, after a refresh", () => {
    const inputs = { metadata: { name: "a", namespace: "default", annotations: { role: "mine" } } };
    const drifted = { metadata: { ...inputs.metadata, annotations: { role: "theirs" } } };
    const state = makeCheckpoint(drifted, inputs, inputs, about);
    const result = diffObject(kindOf("kubernetes:core/v1:ServiceAccount"), state, inputs, []);
    assert.deepEqual(Object.keys(result.detailedDiff!), ["metadata.annotations.role"]);
  });

  it("updates annotations in place", () => {
    const before = pod({}, { annotations: { "eks.amazonaws.com/role-arn": "a", gone: "x" } });
    const after = pod({}, { annotations: { "eks.amazonaws.com/role-arn": "b", fresh: "y" } });
    const result = diffPods(before, after);
    assert.deepEqual(result.detailedDiff, {
      'metadata.annotations["eks.amazonaws.com/role-arn"]': { kind: "update", inputDiff: false },
      "metadata.annotations.gone": { kind: "delete", inputDiff: true },
      "metadata.annotations.fresh": { kind: "add", inputDiff: false },
    });
    assert.deepEqual(result.replaces, []);
    assert.equal(result.deleteBeforeReplace, false);
  });

  const replacing: [string, Properties, string][] = [
    ["an env value", { containers: [container({ env: [{ name: "A", value: "2" }] })] }, "update"],
    [
      "an env variable more",
      { containers: [container({ env: [{ name: "A", value: "1" }, { name: "B" }] })] },
      "add",
    ],
    ["the env gone", { containers: [container()] }, "delete"],
    [
      "another image",
      { containers: [container({ env: [{ name: "A", value: "1" }], image: "i:2" })] },
      "update",
    ],
    [
      "a container more",
      { containers: [container({ env: [{ name: "A", value: "1" }] }), container()] },
      "add",
    ],
  ];
  for (const [what, spec, change] of replacing) {
    it(`replaces a pod for ${what}`, () => {
      const before = pod({ containers: [container({ env: [{ name: "A", value: "1" }] })] });
      const result = diffPods(before, pod(spec));
      assert.equal(result.replaces!.length, 1);
      assert.equal(result.detailedDiff![result.replaces![0]!]!.kind, `${change}-replace`);
    });
  }

  it("replaces a pod for another ServiceAccount, and not for another deadline", () => {
    const before = pod({ serviceAccountName: "a", activeDeadlineSeconds: 5 });
    assert.deepEqual(diffPods(before, pod({ serviceAccountName: "b", activeDeadlineSeconds: 5 })).replaces, [
      "spec.serviceAccountName",
    ]);
    assert.deepEqual(
      diffPods(before, pod({ serviceAccountName: "a", activeDeadlineSeconds: 9 })).replaces,
      [],
    );
  });

  it("deletes before it replaces when the user named the object, and not otherwise", () => {
    const [before, after] = [{ hostname: "a" }, { hostname: "b" }];
    assert.equal(diffPods(pod(before), pod(after)).deleteBeforeReplace, true);
    assert.equal(diffPods(pod(before, autonamed), pod(after, autonamed)).deleteBeforeReplace, false);
    assert.equal(diffPods(pod(before), pod(after, { name: "q" })).deleteBeforeReplace, false);
    assert.equal(diffPods(pod(before), pod(after, { namespace: "apps" })).deleteBeforeReplace, false);
  });

  it("replaces any object for another name or namespace", () => {
    const serviceAccount = kindOf("kubernetes:core/v1:ServiceAccount");
    const inputs = (name: string, namespace: string): Properties => ({ metadata: { name, namespace } });
    const replaces = (after: Properties) =>
      diffObject(serviceAccount, deployed(inputs("a", "n")), after, []).replaces;
    assert.deepEqual(replaces(inputs("b", "n")), ["metadata.name"]);
    assert.deepEqual(replaces(inputs("a", "m")), ["metadata.namespace"]);
    assert.deepEqual(replaces(inputs("a", "n")), []);
  });

  it("takes no namespace for the default one", () => {
    const result = diffPods(pod({}), { ...pod({}), metadata: { name: "p" } });
    assert.equal(result.changes, "NONE");
  });

  it("takes an unknown for a change, and replaces where a change would", () => {
    const before = pod({ containers: [container({ env: [{ name: "A", value: "1" }] })] });
    const after = pod({ containers: [container({ env: [{ name: "A", value: UNKNOWN }] })] });
    assert.deepEqual(diffPods(before, after).detailedDiff, {
      "spec.containers[0].env[0].value": { kind: "update-replace", inputDiff: false },
    });
  });

  it("leaves out what is to be ignored", () => {
    const before = pod({ hostname: "a" }, { annotations: { "a/b": "1" } });
    const after = pod({ hostname: "b" }, { annotations: { "a/b": "2" } });
    assert.deepEqual(diffPods(before, after, ["spec", 'metadata.annotations["a/b"]']).changes, "NONE");
    assert.deepEqual(diffPods(before, after, ["spec.hostname"]).replaces, []);
    const images = [pod({ containers: [container()] }), pod({ containers: [container({ image: "i:2" })] })];
    assert.equal(diffPods(images[0]!, images[1]!, ["spec.containers[*].image"]).changes, "NONE");
  });
});
