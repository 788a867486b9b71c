import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { TrustPolicyForm } from "../../../trust/types";
import { builtFor, mixedFleet } from "./fleets";

const PROVE = join(__dirname, "..", "..", "..", "lab", "proof", "prove.ts");

/** What a program prints that has `proveTrust`. Ended by force it has no exit code. */
function run(program: string): { status: number | null; stdout: string; stderr: string } {
  const text = `const { proveTrust } = require(${JSON.stringify(PROVE)});\n${program}`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", "-e", text], {
    encoding: "utf8",
    timeout: 60_000,
    killSignal: "SIGKILL",
  });
  return { status, stdout, stderr };
}

describe("a program with proofs", function () {
  this.timeout(130_000);
  const claim = mixedFleet(2);
  const document = builtFor(claim, TrustPolicyForm.SubjectOnly);

  it("does not load Z3 before it proves something", () => {
    const { stdout, status, stderr } = run(
      "console.log(Object.keys(require.cache).filter((file) => file.includes('z3-solver')).length);",
    );
    assert.deepEqual({ stdout, status }, { stdout: "0\n", status: 0 }, stderr);
  });

  it("waits for its proof, and ends by itself when it has it", () => {
    const { stdout, status, stderr } = run(
      `proveTrust(${JSON.stringify(document)}, ${JSON.stringify(claim)}).then((proof) => console.log(proof.proved));`,
    );
    assert.deepEqual({ stdout, status }, { stdout: "true\n", status: 0 }, stderr);
  });

  it("ends by itself when there is none, too", () => {
    const nobody = { ...claim, bindings: [] };
    const { stdout, status, stderr } = run(
      `proveTrust(${JSON.stringify(document)}, ${JSON.stringify(nobody)}).then((proof) => console.log(proof.text));`,
    );
    assert.match(stdout, /^the trust policy admits a token of cluster "cluster-00" with subject/, stderr);
    assert.equal(status, 0);
  });
});
