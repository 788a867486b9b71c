import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readOptions, USAGE } from "../../../lab/demo/options";

describe("the demo's options", () => {
  it("have IRSA as the way unless another is said", () => {
    assert.equal(readOptions([]).identity, "irsa");
    for (const identity of ["irsa", "both", "pod-identity"]) {
      assert.equal(readOptions(["--identity", identity]).identity, identity);
      assert.ok(USAGE.includes(identity));
    }
  });

  for (const unknown of ["PodIdentity", "", "toString", "irsa,both"]) {
    it(`take no way that is called "${unknown}", and say which there are`, () => {
      assert.throws(() => readOptions(["--identity", unknown]), {
        message: `--identity is "${unknown}": write irsa or both or pod-identity`,
      });
    });
  }

  it("that are wrong end the demo with exit code 2, that sentence and the usage, before anything is started", () => {
    const main = join(__dirname, "..", "..", "..", "lab", "demo", "main.ts");
    const loader = pathToFileURL(require.resolve("tsx")).href;
    const options = { encoding: "utf8", env: { PATH: process.env.PATH } } as const;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["--import", loader, main, "--identity", "podidentity"],
      options,
    );
    assert.equal(status, 2);
    assert.equal(stdout, "");
    assert.equal(stderr, `--identity is "podidentity": write irsa or both or pod-identity\n\n${USAGE}\n`);
  });
});
