import assert from "node:assert/strict";
import { takeOverFields } from "../../../lab/plugins/kubernetes/takeover";
import type { Properties } from "../../../lab/plugins/shared/values";

const entry = (manager: string, operation: string, fieldsV1: Properties, more: Properties = {}) => ({
  manager,
  operation,
  fieldsV1,
  ...more,
});
const takeOver = (...managedFields: Properties[]) => takeOverFields({ metadata: { managedFields } }, "ours");

describe("kubernetes plugin: taking over fields", () => {
  it("makes ours what kubectl wrote, beside what was ours", () => {
    const ours = entry("ours", "Apply", { "f:metadata": { "f:labels": { ".": {}, "f:a": {} } } });
    const theirs = entry("kubectl-edit", "Update", { "f:metadata": { "f:labels": { "f:b": {} } } });
    const another = entry("controller", "Update", { "f:secrets": {} });
    assert.deepEqual(takeOver(ours, theirs, another), [
      another,
      entry("ours", "Apply", { "f:metadata": { "f:labels": { ".": {}, "f:a": {}, "f:b": {} } } }),
    ]);
  });

  it("starts with theirs where nothing is ours yet", () => {
    const theirs = entry("kubectl-client-side-apply", "Update", { "f:data": {} }, { apiVersion: "v1" });
    assert.deepEqual(takeOver(theirs), [entry("ours", "Apply", { "f:data": {} }, { apiVersion: "v1" })]);
  });

  it("leaves others and subresources alone", () => {
    const status = entry("kubectl", "Update", { "f:status": {} }, { subresource: "status" });
    assert.equal(takeOver(entry("ours", "Apply", {}), entry("argocd", "Apply", {}), status), undefined);
  });
});
