import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { readPage, ROOT, sectionOf } from "./page";

interface Properties {
  properties?: Record<string, unknown>;
  inputProperties?: Record<string, unknown>;
}

interface YamlResource {
  type: string;
  properties: { clusters: object[]; serviceAccounts: object[] };
}

/** What Pulumi's analyzer finds in the code: a test of the plugin's says when it is stale. */
const schema = JSON.parse(readFileSync(join(ROOT, "plugin", "schema.json"), "utf8")) as {
  resources: Record<string, Properties>;
  types: Record<string, Properties>;
};
const component = schema.resources["eks-irsa:index:MultiClusterIrsa"] ?? {};
const page = readPage("docs/arguments.md");

/** The rows of a section's table, each as its cells, without its head. */
function rowsOf(section: string): string[][] {
  const lines = sectionOf(page, section).split("\n");
  const rows = lines.filter((line) => line.startsWith("| ")).slice(2);
  return rows.map((row) => row.split("|").slice(1, -1));
}

/** The names that are set as code in a text, without what stands before them. */
function namesIn(text: string): string[] {
  return [...text.matchAll(/`(?:\w+\[\]\.)?(\w+)(?:\[\])?`/g)].map(([, name = ""]) => name);
}

const membersOf = (type: string) => Object.keys(schema.types[`eks-irsa:index:${type}`]?.properties ?? {});
const argumentRows = rowsOf("## Arguments");
const rowsAbout = (argument: RegExp) => argumentRows.filter(([name = ""]) => argument.test(name.trim()));

describe("docs: the page on arguments", () => {
  it("has each argument, and no other", () => {
    const told = argumentRows.map(([name = ""]) => /^\s*`(\w+)/.exec(name)?.[1]);
    assert.deepEqual([...new Set(told)].sort(), Object.keys(component.inputProperties ?? {}).sort());
  });

  it("has each property of a cluster, and no other", () => {
    const told = rowsAbout(/^`clusters\[\]/).flatMap(([name = ""]) => namesIn(name));
    assert.deepEqual(told.sort(), membersOf("IrsaCluster").sort());
  });

  it("has each property of the other arguments", () => {
    const types: [RegExp, string[]][] = [
      [/^`serviceAccounts\[\]/, ["ServiceAccountBinding", "ServiceAccountSettings"]],
      [/^`role`/, ["RoleSettings"]],
      [/^`trust`/, ["TrustSettings"]],
      [/^`podIdentity`/, ["PodIdentitySettings"]],
      [/^`samplePod`/, ["SamplePodSettings"]],
    ];
    for (const [argument, names] of types) {
      const told = rowsAbout(argument).flatMap((cells) => namesIn(cells.join(" ")));
      const members = names.flatMap(membersOf);
      assert.ok(members.length > 0, names.join());
      assert.deepEqual(
        members.filter((name) => !told.includes(name)),
        [],
        `${argument}`,
      );
    }
  });

  it("is what README's YAML keeps to", () => {
    const [yaml] = readPage("README.md").blocks.filter(({ language }) => language === "yaml");
    const { app } = (parse(yaml?.text ?? "") as { resources: { app: YamlResource } }).resources;
    assert.equal(app.type, "eks-irsa:MultiClusterIrsa");
    const { clusters, serviceAccounts, ...others } = app.properties;
    assert.deepEqual(others, {});
    const strange = [
      ...clusters.flatMap(Object.keys).filter((name) => !membersOf("IrsaCluster").includes(name)),
      ...serviceAccounts
        .flatMap(Object.keys)
        .filter((name) => !membersOf("ServiceAccountBinding").includes(name)),
    ];
    assert.deepEqual(strange, []);
  });

  it("has each output, and no other", () => {
    const told = rowsOf("## Outputs").flatMap(([name = ""]) => namesIn(name));
    assert.deepEqual(told.sort(), Object.keys(component.properties ?? {}).sort());
  });
});
