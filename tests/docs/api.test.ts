import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { ROOT } from "../support/root";
import { typeErrors } from "./typeCheck";

const COMMITTED = join(ROOT, "docs", "api");
const TYPEDOC = join(ROOT, "node_modules", "typedoc", "bin", "typedoc");

/** What functions and outputs give: there is nothing to leave out. */
const GIVEN_BY_US = /^interfaces.(AccessRow|HelmServiceAccount|TrustDecision|TrustStatement)\.md/;

/** What the examples have beside the package's own exports. */
const IMPORTS = `
import { writeFileSync } from "node:fs";
import * as k8s from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
`;
const GLOBALS = `
import type { EksClusterOutputs, MultiClusterIrsa, MultiClusterIrsaArgs } from "eks-irsa";
declare global {
  // The whole of @pulumi/eks would cost as much as all the rest.
  const eks: { Cluster: new (name: string, args: { createOidcProvider: boolean }) => EksClusterOutputs };
  const issuerUrl: string, kubeconfig: string, roleArn: string, trustPolicyJson: string;
  const oidcProviderArn: string, clusterArn: string;
  const irsa: MultiClusterIrsa, args: MultiClusterIrsaArgs;
}
`;

describe("docs: the API reference", () => {
  it("is what npm run docs:api makes of the docstrings, about which typedoc has nothing to say", async function () {
    this.timeout(60_000);
    const fresh = mkdtempSync(join(tmpdir(), "eks-irsa-api-"));
    try {
      const typedoc = spawn(process.execPath, [TYPEDOC, "--out", fresh], { cwd: ROOT });
      const said = (await text(typedoc.stdout)) + (await text(typedoc.stderr));
      assert.doesNotMatch(said, /\b(warning|error)\b/);
      assert.deepEqual(pagesIn(COMMITTED), pagesIn(fresh), "stale: npm run docs:api");
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
  });

  it("has an example for each component and function", () => {
    const pages = Object.entries(pagesIn(COMMITTED)).filter(([file]) => /^(classes|functions)\//.test(file));
    const without = pages.filter(([, page]) => examplesIn(page).length === 0);
    assert.ok(pages.length > 10);
    assert.deepEqual(
      without.map(([file]) => file),
      [],
    );
  });

  it("says of each optional property of an argument what holds without it", () => {
    const pages = Object.entries(pagesIn(COMMITTED)).filter(([file]) =>
      /^(interfaces|type-aliases)\//.test(file),
    );
    const silent = pages.flatMap(([file, page]) =>
      page
        .split(/^(?=### )/m)
        .filter((section) => /^### \w+\?\n/.test(section) && !/\bdefault\b/i.test(section))
        .map((section) => `${file}: ${section.split("\n")[0] ?? ""}`),
    );
    assert.deepEqual(
      silent.filter((one) => !GIVEN_BY_US.test(one)),
      [],
    );
  });

  it("every example compiles against the package", function () {
    this.timeout(120_000);
    const exported = exportedNames();
    const examples = Object.entries(pagesIn(COMMITTED)).flatMap(([file, page]) =>
      examplesIn(page).map((example, index) => [`${file} (${index + 1})`, example] as const),
    );
    const programs = examples.map(([name, example]) => {
      const used = exported.filter((one) => new RegExp(`\\b${one}\\b`).test(example));
      return [name, `${IMPORTS}import { ${used.join(", ")} } from "eks-irsa";\n${example}`] as const;
    });
    assert.ok(programs.length > 12);
    assert.deepEqual(typeErrors({ globals: GLOBALS, ...Object.fromEntries(programs) }), []);
  });
});

/** The text of each page of a folder, by its path in there. */
function pagesIn(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".md"),
  );
  return Object.fromEntries(files.sort().map((file) => [file, readFileSync(join(folder, file), "utf8")]));
}

function examplesIn(page: string): string[] {
  return [...page.matchAll(/^#+ Example\n\n```ts\n([^]*?)^```$/gm)].map(([, code = ""]) => code);
}

/** The values of the public surface, by which an example may call them. */
function exportedNames(): string[] {
  const files = ["classes", "functions", "enumerations"].flatMap((kind) =>
    readdirSync(join(COMMITTED, kind)),
  );
  return files.map((file) => file.replace(/\.md$/, ""));
}
