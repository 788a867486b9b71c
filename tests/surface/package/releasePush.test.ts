import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { PUBLISHED } from "../../../tools/release/tarball";
import { ROOT } from "../../support/root";
import { manifest } from "../manifest";
import { makeReleaseClone, type ReleaseClone } from "../releaseClone";
import { startSilentRegistry, type SilentRegistry } from "../silentRegistry";

/** A package that everything is as it should be with. */
const FILES = {
  ...Object.fromEntries(Object.keys(PUBLISHED).map((pattern) => [pattern.replace("*", "some"), ""])),
  "package.json": JSON.stringify({
    name: "released",
    version: "1.2.3",
    repository: { type: "git", url: "git+https://example.com/released.git" },
    files: manifest().files,
  }),
  "package-lock.json": '{ "version": "1.2.3", "packages": { "": { "version": "1.2.3" } } }',
  "CHANGELOG.md": "# Changelog\n\n## 1.2.3\n\n- A fix.\n",
  ".ci/run": "echo all is well\n",
};
const TAG = "v1.2.3";

describe("release: npm run release -- --push", function () {
  this.timeout(120_000);
  let registry: SilentRegistry;
  let clone: ReleaseClone;

  /** Runs the command in the clone, as `npm run` does. */
  async function release(...options: string[]): Promise<{ code: number | null; text: string }> {
    const main = join(ROOT, "tools", "release", "main.ts");
    const tsx = pathToFileURL(require.resolve("tsx")).href;
    const { NODE_OPTIONS: _, ...env } = process.env;
    const child = spawn(process.execPath, ["--import", tsx, main, ...options], {
      cwd: clone.folder,
      env: { ...env, npm_config_registry: registry.url },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (data: Buffer) => (text += data.toString()));
    }
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    return { code, text };
  }

  before(async () => {
    registry = await startSilentRegistry();
  });
  after(() => {
    registry.close();
  });
  beforeEach(() => {
    clone = makeReleaseClone(FILES);
    clone.write("new.ts", "");
    clone.commit();
  });
  afterEach(() => {
    clone.remove();
  });

  it("pushes main and the tag, once all tests have passed", async () => {
    const { code, text } = await release("--push");
    assert.equal(code, 0, text);
    assert.match(text, /^ok {4}all tests$[^]*^ok {4}main and v1\.2\.3 are pushed$/m);
    const { main, [TAG]: tag } = clone.atOrigin();
    assert.equal(main, clone.git("rev-parse", "main"));
    assert.equal(tag, clone.git("rev-parse", TAG));
    assert.equal(clone.git("cat-file", "-t", TAG), "tag");
  });

  it("pushes nothing without --push, nor where a test fails", async () => {
    const before = clone.atOrigin();
    const { code, text } = await release();
    assert.equal(code, 0, text);
    assert.match(text, /Nothing has left this machine/);
    clone.write(".ci/run", "exit 1\n");
    clone.commit();
    const failed = await release("--push");
    assert.equal(failed.code, 1, failed.text);
    assert.match(failed.text, /^FAIL {2}all tests/m);
    assert.deepEqual(clone.atOrigin(), before);
    assert.equal(clone.git("tag", "--list"), "");
  });

  it("publishes no tag of a main that origin refuses, and can be run again", async () => {
    const before = clone.atOrigin();
    const unprotect = clone.protectMain();
    const { code, text } = await release("--push");
    assert.equal(code, 1, text);
    assert.match(text, /main is protected/);
    assert.match(
      text,
      /^FAIL {2}main and v1\.2\.3 are pushed: git says above why\. The tag is deleted here again/m,
    );
    assert.doesNotMatch(text, /builds and publishes/);
    assert.deepEqual(clone.atOrigin(), before);
    assert.equal(clone.git("tag", "--list"), "");
    unprotect();
    assert.equal((await release("--push")).code, 0);
    assert.deepEqual(Object.keys(clone.atOrigin()), ["main", TAG]);
  });

  it("publishes no tag where somebody has pushed to main during the tests", async () => {
    clone.write(".ci/run", PUSH_ELSEWHERE);
    clone.commit();
    const { code, text } = await release("--push");
    assert.equal(code, 1, text);
    assert.match(text, /^ok {4}all tests$/m);
    assert.match(text, /^FAIL {2}main and v1\.2\.3 are pushed/m);
    assert.deepEqual(Object.keys(clone.atOrigin()), ["main"]);
    assert.equal(clone.git("tag", "--list"), "");
  });
});

/** Tests, during which somebody else pushes. */
const PUSH_ELSEWHERE = `set -e
git clone --quiet ../origin.git ../other
cd ../other
git -c user.name=x -c user.email=x@example.com commit --quiet --allow-empty --message x
git push --quiet origin main
`;
