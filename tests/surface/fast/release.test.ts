import assert from "node:assert/strict";
import { checkClone } from "../../../tools/release/checks";
import { readOptions } from "../../../tools/release/options";
import { checkTarball, PUBLISHED } from "../../../tools/release/tarball";
import { makeReleaseClone, type ReleaseClone } from "../releaseClone";

const MANIFEST = '{ "version": "1.2.3", "repository": { "url": "git+https://example.com/eks-irsa.git" } }';

const FILES = {
  ".changeset/README.md": "what this folder is for\n",
  "package.json": MANIFEST,
  "package-lock.json": '{ "version": "1.2.3", "packages": { "": { "version": "1.2.3" } } }',
  "CHANGELOG.md": "# Changelog\n\n## 1.2.3\n\n### Patch Changes\n\n- A fix.\n\n## 1.2.30\n\n- Another.\n",
};

describe("release: what is in the way", () => {
  let clone: ReleaseClone;
  const git = (...args: string[]) => clone.git(...args);
  const write = (file: string, text: string) => {
    clone.write(file, text);
  };
  const commit = () => {
    clone.commit();
  };
  const problems = (tag?: string) => checkClone(clone.folder, tag).flatMap(({ problem }) => problem ?? []);

  beforeEach(() => {
    clone = makeReleaseClone(FILES);
  });
  afterEach(() => {
    clone.remove();
  });

  it("nothing, where all is as it should be", () => {
    assert.deepEqual(problems(), []);
  });

  it("another branch, and none", () => {
    git("switch", "--quiet", "--create", "feature");
    assert.deepEqual(problems(), ["this is the branch feature: git switch main"]);
    git("switch", "--quiet", "--detach", "main");
    assert.deepEqual(problems(), ["this is no branch: git switch main"]);
  });

  it("a main that lacks what origin's has, be it behind or beside it; not one that is ahead", () => {
    write("new.ts", "");
    commit();
    assert.deepEqual(problems(), []);
    clone.commitElsewhere();
    assert.deepEqual(problems(), ["origin's is 1 ahead, and this one 1: git pull --rebase"]);
    git("reset", "--quiet", "--hard", "HEAD~1");
    assert.deepEqual(problems(), ["origin's is 1 ahead: git pull --ff-only"]);
    git("pull", "--quiet", "--ff-only", "origin", "main");
    assert.deepEqual(problems(), []);
  });

  it("an origin that is not there", () => {
    git("remote", "set-url", "origin", `${clone.folder}/nowhere`);
    assert.match(problems().join(), /^origin gives no main: fatal: '.*nowhere' does not appear to be/);
    git("remote", "remove", "origin");
    assert.match(problems().join(), /^origin gives no main: fatal: 'origin' does not appear to be/);
  });

  it("a tag that only origin has", () => {
    git("tag", "v1.2.3");
    git("push", "--quiet", "origin", "v1.2.3");
    git("tag", "--delete", "v1.2.3");
    assert.match(problems().join(), /^it exists: raise the version/);
  });

  it("what is not committed, a new file too", () => {
    write("package.json", `${MANIFEST}\n`);
    write("new.ts", "");
    assert.deepEqual(problems(), ["commit or stash package.json, new.ts"]);
  });

  it("a tag that is there already", () => {
    git("tag", "v1.2.3");
    assert.match(problems().join(), /^it exists: raise the version/);
  });

  it("a lock of another version", () => {
    write("package-lock.json", '{ "version": "1.2.3", "packages": { "": { "version": "1.2.2" } } }');
    commit();
    assert.match(problems().join(), /npm install --package-lock-only$/);
  });

  it("a package.json that does not say where the sources are, which npm's provenance needs", () => {
    write("package.json", '{ "version": "1.2.3" }');
    commit();
    assert.match(problems().join(), /^npm refuses provenance without it/);
  });

  it("changesets that no version has taken up", () => {
    write(".changeset/calm-owls-sing.md", '---\n"eks-irsa": patch\n---\n\nA fix.\n');
    commit();
    assert.deepEqual(problems(), ["calm-owls-sing.md: npm run version puts them into CHANGELOG.md"]);
  });

  it("a changelog without the version, one that calls it unreleased, and one that lists nothing of it", () => {
    const entries = [
      ["## 1.2.30\n\n- Another.\n", 'write an entry "## 1.2.3"'],
      ["## 1.2.3 (unreleased)\n\n- A fix.\n", 'take "(unreleased)" out of its heading'],
      ["## 1.2.3\n\n## 1.2.2\n\n- Another.\n", "its entry lists nothing"],
    ];
    for (const [entry, problem] of entries) {
      write("CHANGELOG.md", `# Changelog\n\n${entry}`);
      commit();
      assert.deepEqual(problems(), [problem]);
    }
  });

  it("a tag that is not this version's, or not here; where it is, no branch is asked for", () => {
    git("tag", "v1.2.3");
    git("switch", "--quiet", "--detach", "v1.2.3");
    assert.deepEqual(problems("v1.2.3"), []);
    assert.deepEqual(problems("v1.2.4"), ["package.json has 1.2.3: the tag must be v1.2.3"]);
    write("new.ts", "");
    commit();
    assert.deepEqual(problems("v1.2.3"), ["it does not point here: git switch --detach v1.2.3"]);
  });

  it("a tarball that lacks what it needs, has what is for this repository alone, or is too large", () => {
    const needed = Object.keys(PUBLISHED).map((pattern) => pattern.replace("*", "some"));
    const of = (paths: string[], size = 1_000) =>
      checkTarball({ size, files: paths.map((path) => ({ path })) }).flatMap(({ problem }) => problem ?? []);
    assert.deepEqual(of([...needed, "dist/trust/some.d.ts", "dist/trust/some.js.map"]), []);
    // Of the plugin's code index.js has an entry of its own.
    for (const path of needed.filter((one) => one !== "dist/plugin/some.js")) {
      const [problem = "", ...others] = of(needed.filter((other) => other !== path));
      assert.match(problem, /^missing: \S+; see "files"/, path);
      assert.deepEqual(others, []);
    }
    for (const extra of [
      ...["lab/start.mjs", "tests/run.mjs", "dist/a.test.js", "dist/trust/a.test.js", "dist/tests/a.js"],
      ...[
        ".npmrc",
        "Pulumi.dev.yaml",
        "old.tgz",
        "plugin/schema.json",
        "dist/tests/deep/a.d.ts",
        "trust/key.pem",
      ],
    ]) {
      assert.match(of([...needed, extra]).join(), /^take out \S+; see "files"/, extra);
    }
    assert.match(of(needed, 300_001).join(), /^it may have 300 kB/);
  });

  it("nothing leaves the machine without --push, and that runs all tests", () => {
    assert.deepEqual(readOptions([]), { tests: false, push: false, help: false });
    assert.equal(readOptions(["--push"]).tests, true);
    assert.throws(() => readOptions(["--push", "--tag", "v1.2.3"]), /leave one of them out/);
  });
});
