import assert from "node:assert/strict";
import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { resourceError } from "../../components/resourceError";

describe("resourceError", () => {
  const resource = { everything: "that hangs together" } as unknown as pulumi.Resource;
  const error = resourceError("one problem", resource);

  it("is told of its resource, without a stack", () => {
    assert.ok(pulumi.ResourceError.isInstance(error));
    assert.equal(error.resource, resource);
    assert.ok(error.hideStack);
    assert.doesNotMatch(error.stack ?? "", /\n/);
  });

  it("is not written out with all that its resource reaches", () => {
    const inspected = inspect(error, { depth: Infinity });
    assert.match(inspected, /one problem/);
    assert.doesNotMatch(inspected, /hangs together/);
  });
});
