import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ROOT } from "../support/root";
import { readPage, sectionOf } from "./page";

interface Properties {
  properties?: Record<string, Property>;
  inputProperties?: Record<string, Property>;
}

interface Property {
  $ref?: string;
  items?: { $ref?: string };
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

const membersOf = (type: string) => Object.keys(schema.types[`eks-irsa:index:${type}`]?.properties ?? {});

/** Types of which the page has each member; of others, the pages that their rows lead to. */
const TOLD = /^#\/types\/(eks-irsa:index:(?:\w+Settings|IrsaCluster|ServiceAccountBinding))$/;

/** The paths of properties: `tags`, `role.path`, `clusters[].name`. */
function pathsOf(properties: Record<string, Property> = {}, prefix = ""): string[] {
  return Object.entries(properties).flatMap(([name, { $ref, items }]) => {
    const [, type = ""] = TOLD.exec($ref ?? items?.$ref ?? "") ?? [];
    const path = `${prefix}${name}${type !== "" && items !== undefined ? "[]" : ""}`;
    return type === "" ? [path] : pathsOf(schema.types[type]?.properties, `${path}.`);
  });
}

const namesIn = (text: string) => [...text.matchAll(/`([\w[\].]+)`/g)].map(([, name = ""]) => name);
const argumentPaths = pathsOf(component.inputProperties);
const below = (path: string) => argumentPaths.filter((one) => one.startsWith(`${path}.`));

/** The paths that a row tells of: those in its first cell, or in its second one, where they are members of what the first has. */
function toldBy([first = "", second = ""]: string[]): string[] {
  const [path = "", ...others] = namesIn(first);
  const prefix = path.slice(0, path.lastIndexOf(".") + 1);
  if (others.length > 0 || below(path).length === 0) {
    return [path, ...others.map((name) => prefix + name)];
  }
  // "…, and what `samplePod` takes"
  const like = /what `(\w+)` takes/.exec(second);
  const same = like?.[1] === undefined ? [] : below(like[1]).map((one) => one.slice(one.indexOf(".") + 1));
  return [...namesIn(second.replace(like?.[0] ?? "", "")), ...same].map((name) => `${path}.${name}`);
}

describe("docs: the page on arguments", () => {
  it("has each argument, down to the members of each cluster, binding and settings, and no other", () => {
    assert.ok(argumentPaths.length > 50);
    for (const known of [
      "tags",
      "clusters[].retired",
      "serviceAccounts[].settings.audience",
      "verificationJob.retries",
    ])
      assert.ok(argumentPaths.includes(known), known);
    assert.deepEqual(rowsOf("## Arguments").flatMap(toldBy).sort(), argumentPaths.sort());
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
