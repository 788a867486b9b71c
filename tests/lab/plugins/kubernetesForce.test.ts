import assert from "node:assert/strict";
import { isForced } from "../../../lab/plugins/kubernetes/force";
import { kindOf } from "../../../lab/plugins/kubernetes/kinds";
import type { Properties } from "../../../lab/plugins/shared/values";

const OURS = "pulumi-kubernetes-0";

/** What else is said about it. */
interface Said {
  patch?: boolean;
  annotations?: Properties;
  enablePatchForce?: boolean;
}

describe("kubernetes plugin: taking fields from others", () => {
  /** Is it forced, where these have written the object? */
  function forced(
    managers: string[] | undefined,
    preview: boolean,
    { patch = false, annotations = {}, enablePatchForce }: Said = {},
  ): boolean {
    const kind = kindOf(`kubernetes:core/v1:ServiceAccount${patch ? "Patch" : ""}`);
    const settings = { upsertExistingObjects: false, enablePatchForce };
    const log = () => Promise.resolve();
    const inputs = { metadata: { annotations } };
    const managedFields = managers?.map((who) => {
      const [operation = "", manager = ""] = who.split(" ");
      return { operation, manager };
    });
    const live = managedFields && { metadata: { managedFields } };
    return isForced({ kind, inputs, fieldManager: OURS, preview, settings, log }, live);
  }
  const cases: [what: string, managers: string[] | undefined, preview: boolean, up: boolean][] = [
    ["a creation", undefined, true, false],
    ["what another applied", ["Apply another"], false, false],
    ["what another wrote", ["Update helm"], false, false],
    ["what we applied", [`Apply ${OURS}`], false, false],
    ["what our creation left", [`Update ${OURS}`], true, false],
    ["what the plugin wrote before it applied", ["Update pulumi-kubernetes"], true, false],
    ["an object without a record of managers", [], true, true],
  ];
  for (const [what, managers, preview, up] of cases) {
    it(`of ${what}: ${preview ? "yes" : "no"} in a preview, ${up ? "yes" : "no"} in an update`, () => {
      assert.deepEqual([forced(managers, true), forced(managers, false)], [preview, up]);
    });
  }

  it("is not for a Patch that bears the name of who wrote them", () => {
    assert.equal(forced([`Update ${OURS}`], true, { patch: true }), false);
  });

  it("is as the provider says, but the object's own word goes first", () => {
    const annotations = { "pulumi.com/patchForce": "true" };
    assert.equal(forced(["Update helm"], false, { enablePatchForce: true }), true);
    assert.equal(forced([], true, { enablePatchForce: false }), false);
    assert.equal(forced(["Update helm"], false, { annotations, enablePatchForce: false }), true);
  });
});
