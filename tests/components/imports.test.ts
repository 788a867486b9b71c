import assert from "node:assert/strict";
import { loadedBy } from "../support/loaded";

/** An index of an SDK, of one of its services or of a service's version: it loads, or is ready to load, all that is below it. */
const INDEX = /^node_modules\/@pulumi\/(aws|kubernetes)\/(.+\/)?index\.js$/;
/** Used for its types only. */
const EKS = /^node_modules\/@pulumi\/eks\//;

/** Of the files that were loaded, those that requiring the package must not load. */
function tooMuch(files: string[]): string[] {
  return files.filter((file) => INDEX.test(file) || EKS.test(file));
}

describe("requiring the package", () => {
  it("loads no index of the AWS and Kubernetes SDKs, and nothing of @pulumi/eks", async () => {
    const files = await loadedBy(`require("./index.ts")`);
    for (const used of ["index.ts", "node_modules/@pulumi/aws/iam/role.js"]) {
      assert.ok(files.includes(used), used);
    }
    assert.deepEqual(tooMuch(files), []);
  });

  it("would be seen to load each of them", async () => {
    const modules = [
      "@pulumi/aws",
      "@pulumi/aws/iam",
      "@pulumi/aws/types/enums",
      "@pulumi/kubernetes",
      "@pulumi/kubernetes/core",
      "@pulumi/kubernetes/core/v1",
      "@pulumi/eks/types/enums",
    ];
    const files = await loadedBy(modules.map((name) => `require("${name}");`).join(" "));
    const seen = tooMuch(files);
    for (const name of modules) {
      assert.ok(seen.includes(`node_modules/${name}/index.js`), name);
    }
  });
});
