import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { readPage } from "../docs/page";
import { ROOT } from "../support/root";

const EXAMPLES = join(ROOT, "examples");
const folders = readdirSync(EXAMPLES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const index = readFileSync(join(EXAMPLES, "README.md"), "utf8");

/** A policy pack is no program; it has tests of its own kind. */
const PACKS: Record<string, string> = { "policy-pack": join("tests", "lab", "policyPack.test.ts") };
/** A project that is called as a language is would be taken for it. */
const CALLED: Record<string, string> = { python: "irsa-python", yaml: "irsa-yaml" };
/** EKS cannot run here: README lists what the program asks for under mocks. */
const UNDER_MOCKS = ["eks-clusters-from-scratch"];

/** Every folder below one that has a `Pulumi.yaml`, itself included. */
function projectsIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries.filter(({ name }) => name === "Pulumi.yaml").map(({ parentPath }) => parentPath);
}

describe("examples", () => {
  it("are all in the index, which names no other", () => {
    const linked = [...index.matchAll(/\]\(([\w-]+)\/?\)/g)].map(([, folder]) => folder);
    assert.deepEqual([...new Set(linked)].sort(), folders.sort());
  });

  for (const folder of folders) {
    describe(folder, () => {
      const has = (file: string) => existsSync(join(EXAMPLES, folder, file));

      it("is a project, with a page", () => {
        assert.ok(has(folder in PACKS ? "PulumiPolicy.yaml" : "Pulumi.yaml"));
        assert.ok(has("README.md"));
      });

      it("is called as its folder is, and so is each project in it", () => {
        for (const project of projectsIn(join(EXAMPLES, folder))) {
          const { name } = parse(readFileSync(join(project, "Pulumi.yaml"), "utf8")) as { name: string };
          const own = basename(project);
          assert.equal(name, CALLED[own] ?? own);
        }
      });

      it("has a test", () => {
        const camelCase = folder.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
        const file = PACKS[folder] ?? join("tests", "examples", `${camelCase}.test.ts`);
        assert.ok(existsSync(join(ROOT, file)), file);
      });

      if (folder in PACKS) return;
      it("shows on its page what a preview prints", () => {
        const { blocks } = readPage(join("examples", folder, "README.md"));
        const wanted = UNDER_MOCKS.includes(folder) ? "registrations" : "preview";
        const shown = blocks.filter(({ marker }) => marker?.split(" ")[0] === wanted);
        assert.ok(shown.length > 0, `no block after <!-- ${wanted} -->`);
        for (const { language, text } of shown) {
          assert.equal(language, "text");
          assert.match(text, wanted === "preview" ? /^Previewing update/ : /^create /);
        }
      });
    });
  }
});
