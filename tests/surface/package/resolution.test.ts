import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { ROOT } from "../../support/root";
import { command } from "../npm";
import { tarball, type Tarball } from "../tarball";

/**
 * What publint (https://publint.dev/rules) and attw (https://github.com/arethetypeswrong/arethetypeswrong.github.io#problems) may find,
 * each with the reason why it stays: a code, with the place where it is found. There is none.
 */
const ACCEPTED: Record<"publint" | "attw", Record<string, string>> = { publint: {}, attw: {} };

describe("surface: how the tarball is found and loaded", function () {
  this.timeout(300_000);
  let made: Tarball;

  before(async () => {
    made = await tarball();
  });

  it("publint finds what is accepted, and nothing else", async () => {
    const { publint } = await import("publint");
    const bytes = new Uint8Array(readFileSync(made.file));
    const { messages } = await publint({ pack: { tarball: bytes.buffer }, strict: true });
    const found = messages.map(({ code, path }) => `${code} ${path.join(".")}`);
    assert.deepEqual(found.sort(), Object.keys(ACCEPTED.publint).sort());
  });

  it("attw finds what is accepted, and nothing else, in each way of resolving", () => {
    // It ends with an exit code of 1 when it finds something.
    const { stdout } = spawnSync(
      join(ROOT, "node_modules", ".bin", "attw"),
      [made.file, "--format", "json"],
      {
        encoding: "utf8",
        maxBuffer: 2 ** 26,
      },
    );
    const { analysis } = JSON.parse(stdout) as { analysis: AttwAnalysis };
    const ways = Object.keys(analysis.entrypoints["."]?.resolutions ?? {});
    assert.deepEqual(ways.sort(), ["bundler", "node10", "node16-cjs", "node16-esm"]);
    const found = analysis.problems.map(({ kind, entrypoint, resolutionKind }) =>
      [kind, entrypoint, resolutionKind].filter(Boolean).join(" "),
    );
    assert.deepEqual(found.sort(), Object.keys(ACCEPTED.attw).sort());
  });

  it("an ES module imports every export by its name", async () => {
    const names = Object.keys(createRequire(join(made.folder, "package.json"))("eks-irsa") as object);
    assert.ok(names.includes("MultiClusterIrsa") && names.length > 10);
    const script = `import { ${names.join(", ")} } from "eks-irsa";
      console.log([${names.join(", ")}].every((one) => one !== undefined))`;
    // Inside of the package its name means itself, by way of \`exports\`.
    const output = await command(made.folder, process.execPath, ["--input-type=module", "--eval", script]);
    assert.equal(output.trim(), "true");
  });

  it("requires no @pulumi/eks, though its declarations may speak of it", async () => {
    const script = `require("eks-irsa"); console.log(JSON.stringify(Object.keys(require.cache)))`;
    const output = await command(made.folder, process.execPath, ["--eval", script]);
    const files = JSON.parse(output) as string[];
    assert.ok(files.some((file) => file.includes(join("@pulumi", "aws", "iam", "role"))));
    assert.deepEqual(
      files.filter((file) => file.includes(join("@pulumi", "eks"))),
      [],
    );
    assert.equal([...made.files.keys()].filter((path) => path.endsWith(".js")).some(speaksOfEks), false);

    function speaksOfEks(path: string): boolean {
      return readFileSync(join(made.folder, path), "utf8").includes('@pulumi/eks"');
    }
  });
});

/** Of attw's JSON, what is read. */
interface AttwAnalysis {
  entrypoints: Record<string, { resolutions: Record<string, unknown> }>;
  problems: { kind: string; entrypoint?: string; resolutionKind?: string }[];
}
