import assert from "node:assert/strict";
import { stepOf } from "../../lab/engine/journal";
import type { OperationResult } from "../../lab/engine/workspace";
import { describeEngine } from "../engine/lab";
import { changesIn } from "../engine/recipes";
import { TYPE } from "../engine/support";
import { ROOT } from "../support/root";
import { openExample, type Example } from "./runExample";

/** README's clusters are somewhere else than the lab's. */
const NAMES = { "virginia-blue": "prod-east", ireland: "prod-west", "eu-west-1": "us-west-2" };

describeEngine("examples: two-clusters", (newScope) => {
  let example: Example;
  let preview: OperationResult;
  let ofClone: OperationResult;

  before(async () => {
    const scope = await newScope({ pods: true });
    example = await openExample(scope, "two-clusters", { names: NAMES });
    preview = await example.preview();
    const keys = Object.entries(example.config);
    const config = Object.fromEntries(
      keys.map(([key, value]) => [key.replace("two-clusters:", "eks-irsa:"), value]),
    );
    ofClone = await (await openExample(scope, "two-clusters", { folder: ROOT, config })).preview();
  });

  it("previews as its README shows it", () => {
    example.assertShown(preview);
  });

  it("is what the clone's own project runs, with keys of its own", () => {
    assert.deepEqual(changesIn(ofClone), changesIn(preview));
    const trust = (result: OperationResult) =>
      stepOf(result, { type: TYPE.role }).newInputs?.assumeRolePolicy;
    assert.equal(typeof trust(preview), "string");
    assert.equal(trust(ofClone), trust(preview));
  });
});
