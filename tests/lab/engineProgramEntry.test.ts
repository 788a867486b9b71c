import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { programEntry } from "../../lab/engine/program";

describe("the file that a project's program begins with", () => {
  let top: string;
  let project: string;

  beforeEach(() => {
    top = mkdtempSync(join(tmpdir(), "program-entry-"));
    project = join(top, "examples", "one");
  });

  afterEach(() => {
    rmSync(top, { recursive: true });
  });

  /** Writes files below the top: text as it is, anything else as JSON. */
  const write = (files: Record<string, unknown>) => {
    for (const [path, content] of Object.entries(files)) {
      const file = join(top, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
    }
  };
  const projectWith = (main?: string) => {
    write({
      "examples/one/Pulumi.yaml": `name: one\nruntime: nodejs\n${main === undefined ? "" : `main: ${main}\n`}`,
    });
  };

  it("is the file in main, whatever the package around it begins with", () => {
    projectWith("index.ts");
    write({ "examples/one/index.ts": "", "package.json": { main: "library.js" }, "library.js": "" });
    assert.equal(programEntry(project), join(project, "index.ts"));
  });

  it("is index.js, or else index.ts, in the folder in main", () => {
    projectWith("program");
    write({ "examples/one/program/index.ts": "", "examples/one/index.ts": "" });
    assert.equal(programEntry(project), join(project, "program", "index.ts"));
    write({ "examples/one/program/index.js": "" });
    assert.equal(programEntry(project), join(project, "program", "index.js"));
  });

  it("is the folder's own, where its package.json says nothing", () => {
    projectWith();
    write({ "examples/one/package.json": { name: "one" }, "examples/one/index.ts": "" });
    write({ "package.json": { main: "library.js" }, "library.js": "" });
    assert.equal(programEntry(project), join(project, "index.ts"));
  });

  for (const [what, said] of [
    ["main", { main: "library.js" }],
    ["exports, as text", { main: "other.js", exports: "./library.js" }],
    ['exports["."], as text', { exports: { ".": "./library.js", "./other": "./other.js" } }],
    [
      'exports["."].default',
      { main: "other.js", exports: { ".": { types: "./a.d.ts", default: "./library.js" } } },
    ],
    ['exports["."].require', { exports: { ".": { import: "./other.js", require: "./library.js" } } }],
    ['exports["."].import', { exports: { ".": { import: "./library.js" } } }],
  ] as const) {
    it(`is the package's, by its ${what}, in a folder of the package without main`, () => {
      projectWith();
      write({ "examples/one/index.ts": "", "package.json": said, "library.js": "", "other.js": "" });
      assert.equal(programEntry(project), join(top, "library.js"));
    });
  }

  it("is not the package's main where the package has exports", () => {
    projectWith();
    write({ "examples/one/index.ts": "", "library.js": "" });
    write({ "package.json": { main: "library.js", exports: { "./package.json": "./package.json" } } });
    assert.equal(programEntry(project), join(project, "index.ts"));
  });

  it("is the folder's where what the package names is not there", () => {
    projectWith();
    write({ "examples/one/index.ts": "", "package.json": { main: "dist/index.js" } });
    assert.equal(programEntry(project), join(project, "index.ts"));
  });

  it("is an error that says where it was looked for, where there is none", () => {
    projectWith();
    write({ "package.json": { main: "dist/index.js" } });
    const looked = [join(top, "dist/index.js"), join(project, "index.js"), join(project, "index.ts")];
    assert.throws(() => programEntry(project), {
      message: `no program in ${project}: looked for ${looked.join(", ")}`,
    });
    projectWith("gone.ts");
    assert.throws(() => programEntry(project), {
      message: `no program in ${project}: looked for ${join(project, "gone.ts")}`,
    });
  });
});
