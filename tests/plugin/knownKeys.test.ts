import assert from "node:assert/strict";
import { KNOWN_KEYS, unknownKeyProblems, type ArgumentType } from "../../components/knownKeys";
import { findProblems, type MultiClusterIrsaArgs } from "../../index";
import schema from "../../plugin/schema.json";
import { goodArgs } from "../support/clusters";
import type { PropertySchemas } from "./derivedSchema";

/** Types that only outputs have. */
const OUTPUTS = ["ShardRole", "HelmServiceAccountValues", "HelmServiceAccount"];

describe("keys of the arguments", () => {
  it("are known as the schema has them", () => {
    const types = Object.entries(schema.types).flatMap(([token, type]) =>
      "properties" in type ? [[nameOf(token), keysOf(type.properties)] as const] : [],
    );
    const components = Object.entries(schema.resources).map(
      ([token, { inputProperties }]) => [nameOf(token), keysOf(inputProperties)] as const,
    );
    const derived = [...types, ...components].filter(([type]) => !OUTPUTS.includes(type));
    const sorted = (keys: Iterable<readonly [string, Map<string, string>]>) =>
      Object.fromEntries([...keys].map(([type, of]) => [type, Object.fromEntries([...of].sort())]));
    assert.deepEqual(sorted(KNOWN_KEYS), sorted(derived));
  });

  const reasons: [type: ArgumentType, key: string, reason: string][] = [
    ["IrsaCluster", "issuerURL", "is not known: write issuerUrl"],
    ["IrsaCluster", "issuer_url", "is not known: write issuerUrl"],
    ["IrsaCluster", "kubeConfig", "is not known: write kubeconfig"],
    ["IrsaCluster", "shards", "is not known: write shard"],
    ["MultiClusterIrsa", "cluster", "is not known: write clusters"],
    ["MultiClusterIrsa", "serviceAcounts", "is not known: write serviceAccounts"],
    ["BaseRole", "vpc", "is not known: leave it out, or write one of arn, disableSessionTags"],
  ];
  for (const [type, key, reason] of reasons) {
    it(`suggest what ${key} of ${type} was meant to be`, () => {
      assert.deepEqual(unknownKeyProblems({ [key]: "a" }, type), [{ propertyPath: key, reason }]);
    });
  }

  it("are told of at every depth, and of nothing else", () => {
    const args = { ...goodArgs(), trust: { statements: [{ awsPrincipal: [], awsPrincipals: [] }] } };
    assert.deepEqual(unknownKeyProblems(args, "MultiClusterIrsa"), [
      { propertyPath: "trust.statements[0].awsPrincipal", reason: "is not known: write awsPrincipals" },
    ]);
    const maps = { tags: { any: "a" }, policyArns: { any: "a" }, samplePod: undefined, other: undefined };
    assert.deepEqual(unknownKeyProblems({ ...goodArgs(), ...maps }, "MultiClusterIrsa"), []);
    assert.deepEqual(unknownKeyProblems({ clusters: 3, trust: null, role: "a" }, "MultiClusterIrsa"), []);
  });

  it("of a fleet's providers are those of its clusters, which roles are made from too", () => {
    const clusters = [{ name: "east", kubeconfig: "k", issuerUrls: "" }];
    assert.deepEqual(unknownKeyProblems({ clusters }, "FleetOidcProviders"), [
      { propertyPath: "clusters[0].issuerUrls", reason: "is not known: write issuerUrl" },
    ]);
  });

  it("are told of beside the other faults", () => {
    const [blue] = goodArgs().clusters;
    const args = { ...goodArgs(), clusters: [{ ...blue, n: 1, name: "" }] } as object as MultiClusterIrsaArgs;
    const paths = findProblems(args).map(({ propertyPath }) => propertyPath);
    assert.ok(paths.includes("clusters[0].n") && paths.includes("clusters[0].name"), paths.join());
  });
});

const nameOf = (token: string) => token.split(":")[2] ?? "";

/** The keys of a type in the schema, each with the type of its value where that has keys of its own. */
function keysOf(properties: PropertySchemas): Map<string, string> {
  return new Map(
    Object.entries(properties).map(([name, { $ref, items }]) => {
      const type = ($ref ?? items?.$ref ?? "").replace("#/types/", "");
      const { [type]: found } = schema.types as Record<string, object>;
      return [name, found && "properties" in found ? `${nameOf(type)}${items ? "[]" : ""}` : ""];
    }),
  );
}
