import assert from "node:assert/strict";
import { changesOf, completedInOrder, completedOps, stepOf, stepsOf } from "../../lab/engine/journal";
import type { EngineStep, OperationResult } from "../../lab/engine/workspace";

function step(op: string, type: string, name: string): EngineStep {
  const urn = `urn:pulumi:lab::p::${type}::${name}`;
  return { op, urn, type, name, parent: "", provider: "", replaceKeys: [] };
}

const steps = [
  step("same", "pulumi:pulumi:Stack", "p-lab"),
  step("create", "aws:iam/role:Role", "role"),
  step("update", "aws:s3/bucket:Bucket", "data"),
  step("create", "aws:iam/rolePolicy:RolePolicy", "one"),
  step("create", "aws:iam/rolePolicy:RolePolicy", "two"),
];

const result: OperationResult = {
  summary: { create: 3, update: 1, same: 1 },
  steps,
  // In another order than they were begun: what is completed is what counts.
  completed: [steps[1], steps[4], steps[2], steps[3], steps[0]].map((one) => ({
    op: one!.op,
    urn: one!.urn,
  })),
  diagnostics: [],
  passing: [],
  outputs: {},
  text: "",
};

describe("the engine's journal", () => {
  it("finds steps by what is asked for", () => {
    assert.deepEqual(
      stepsOf(result, { op: "create" }).map(({ name }) => name),
      ["role", "one", "two"],
    );
    assert.equal(stepOf(result, { type: "aws:s3/bucket:Bucket" }).op, "update");
    assert.deepEqual(changesOf(result).length, 4);
  });

  it("says what there is when not exactly one step fits", () => {
    assert.throws(() => stepOf(result, { op: "delete" }), /0 steps are .*there are\n {2}same pulumi/);
    assert.throws(() => stepOf(result, { op: "create" }), /3 steps are/);
  });

  it("lists what was completed, in that order", () => {
    assert.deepEqual(completedOps(result), ["create role", "create two", "update data", "create one"]);
  });

  it("knows an order, and that there is none of what was not done", () => {
    const policies = { type: "aws:iam/rolePolicy:RolePolicy" };
    assert.equal(completedInOrder(result, { name: "role" }, policies), true);
    assert.equal(completedInOrder(result, policies, { name: "data" }), false);
    assert.equal(completedInOrder(result, { name: "data" }, policies), false);
    assert.throws(() => completedInOrder(result, { op: "delete" }, policies), /nothing completed is/);
  });
});
