import assert from "node:assert/strict";
import { loadedBy } from "../support/loaded";

/** Indexes of whole SDKs, and of the parts of them that have hundreds of resources. */
const WHOLE = [
  "@pulumi/aws/index.js",
  "@pulumi/aws/iam/index.js",
  "@pulumi/aws/eks/index.js",
  "@pulumi/aws/types/index.js",
  "@pulumi/kubernetes/index.js",
  "@pulumi/kubernetes/core/index.js",
  "@pulumi/kubernetes/core/v1/index.js",
  "@pulumi/eks/index.js",
];

describe("requiring the package", () => {
  it("loads no index of a whole SDK", async () => {
    const files = await loadedBy(`require("./index.ts")`);
    for (const used of ["index.ts", "node_modules/@pulumi/aws/iam/role.js"]) {
      assert.ok(files.includes(used), used);
    }
    assert.deepEqual(
      files.filter((file) => WHOLE.some((index) => file === `node_modules/${index}`)),
      [],
    );
  });

  it("would be seen to load one", async () => {
    const files = await loadedBy(`require("./index.ts"); require("@pulumi/aws/iam")`);
    assert.ok(files.includes("node_modules/@pulumi/aws/iam/index.js"));
  });
});
