import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { manifest } from "../manifest";
import { workflowIn, type Job } from "../workflows";

const { test, pack, publish } = workflowIn("release.yml").jobs as { test: Job; pack: Job; publish: Job };
const runsOf = ({ steps }: Job) => steps.flatMap(({ run }) => run ?? []);
const PUBLISH = 'npm publish "./eks-irsa-${GITHUB_REF_NAME#v}.tgz" --provenance --access public';

describe("release: the workflow that publishes", () => {
  it("publishes nothing before all tests have passed, and the release script has looked", () => {
    assert.deepEqual(publish.needs, ["test", "pack"]);
    assert.ok(runsOf(test).includes("bash .ci/run"));
    assert.deepEqual(runsOf(pack), [
      "npm ci --ignore-scripts",
      'npm run release -- --tag "$GITHUB_REF_NAME"',
      "npm pack",
    ]);
    assert.equal(runsOf(publish).at(-1), PUBLISH);
  });

  it("runs nothing of this repository or of its dependencies where npm takes what is sent", () => {
    assert.equal(publish.environment, "npm");
    assert.deepEqual(
      publish.steps.flatMap(({ uses }) => uses?.split("@")[0] ?? []),
      ["actions/setup-node", "actions/download-artifact"],
    );
    const commands = runsOf(publish).join("\n");
    assert.doesNotMatch(commands.replace(PUBLISH, ""), /\b(npm|npx|pnpm|yarn|tsx|git|curl|wget)\b/);
  });

  it("publishes the tarball that was packed", () => {
    const artifact = (job: Job, action: string) =>
      job.steps.find(({ uses }) => uses?.startsWith(`actions/${action}-artifact@`))?.with;
    const sent = artifact(pack, "upload");
    assert.deepEqual(sent, { name: "tarball", path: "eks-irsa-*.tgz", "if-no-files-found": "error" });
    assert.deepEqual(artifact(publish, "download"), { name: sent.name });
    assert.equal(manifest().name, "eks-irsa");
  });

  it("restores no cache, which another workflow may have filled", () => {
    const steps = [test, pack, publish].flatMap((job) => job.steps);
    assert.ok(!steps.some((step) => step.uses?.includes("actions/cache") ?? false));
    const nodes = steps.filter(({ uses }) => uses?.includes("setup-node"));
    assert.equal(nodes.length, 3);
    for (const { with: settings } of nodes) assert.equal(settings?.["package-manager-cache"], false);
  });

  describe("compares the tag with what is in the tarball, and", () => {
    const [check = ""] = runsOf(publish);
    let folder: string;

    /** Whether a tag passes where a tarball of a name has a package. */
    const passes = (tag: string, file: string, inside: object) => {
      writeFileSync(join(folder, "package", "package.json"), JSON.stringify(inside));
      execFileSync("tar", ["-czf", file, "package"], { cwd: folder });
      // As the forge does it: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
      const { status } = spawnSync("bash", ["-e", "-c", check], {
        cwd: folder,
        env: { ...process.env, GITHUB_REF_NAME: tag },
      });
      return status === 0;
    };

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "eks-irsa-publish-"));
      mkdirSync(join(folder, "package"));
    });
    afterEach(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    it("takes the same", () => {
      assert.ok(passes("v1.2.3", "eks-irsa-1.2.3.tgz", { name: "eks-irsa", version: "1.2.3" }));
    });

    it("refuses another version, another package, none, and a file of another name", () => {
      assert.ok(!passes("v1.2.3", "eks-irsa-1.2.3.tgz", { name: "eks-irsa", version: "1.2.4" }));
      assert.ok(!passes("v1.2.3", "eks-irsa-1.2.3.tgz", { name: "other", version: "1.2.3" }));
      assert.ok(!passes("v1.2.3", "eks-irsa-1.2.3.tgz", {}));
      assert.ok(!passes("v1.2.4", "eks-irsa-1.2.3.tgz", { name: "eks-irsa", version: "1.2.4" }));
    });
  });
});
