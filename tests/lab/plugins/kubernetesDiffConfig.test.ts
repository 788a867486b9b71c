import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diffConfig } from "../../../lab/plugins/kubernetes/diff-config";
import { UNKNOWN, type Properties } from "../../../lab/plugins/shared/values";

const kubeconfig = (servers: Record<string, string>, current = "context1") =>
  JSON.stringify({
    clusters: Object.entries(servers).map(([name, server]) => ({ name, cluster: { server } })),
    contexts: Object.keys(servers).map((name, index) => ({
      name: `context${index + 1}`,
      context: { cluster: name },
    })),
    "current-context": current,
  });

const both = kubeconfig({ cluster1: "https://one.test", cluster2: "https://two.test" });
const moved = kubeconfig({ cluster1: "https://moved.test", cluster2: "https://two.test" });

// The cases of
// https://github.com/pulumi/pulumi-kubernetes/blob/0fb51f6722d9b531457ddbc703bece7670241a36/provider/pkg/provider/provider_diffconfig_test.go
const cases: { what: string; olds: Properties; news: Properties; diffs: string[]; replaces: string[] }[] = [
  { what: "nothing changes", olds: {}, news: {}, diffs: [], replaces: [] },
  {
    what: "the kubeconfig is unknown",
    olds: { kubeconfig: both },
    news: { kubeconfig: UNKNOWN },
    diffs: ["kubeconfig"],
    replaces: ["kubeconfig"],
  },
  {
    what: "the kubeconfig is unknown, the identifier unchanged",
    olds: { kubeconfig: both, clusterIdentifier: "foo" },
    news: { kubeconfig: UNKNOWN, clusterIdentifier: "foo" },
    diffs: ["kubeconfig"],
    replaces: [],
  },
  {
    what: "a kubeconfig is given for the first time",
    olds: {},
    news: { kubeconfig: both },
    diffs: ["kubeconfig"],
    replaces: [],
  },
  {
    what: "the server changes",
    olds: { kubeconfig: both },
    news: { kubeconfig: moved },
    diffs: ["kubeconfig"],
    replaces: ["kubeconfig"],
  },
  {
    what: "the server of a cluster that is not the active one changes",
    olds: { kubeconfig: both, context: "context2" },
    news: { kubeconfig: moved, context: "context2" },
    diffs: ["kubeconfig"],
    replaces: [],
  },
  {
    what: "the server changes, the identifier does not",
    olds: { kubeconfig: both, clusterIdentifier: "foo" },
    news: { kubeconfig: moved, clusterIdentifier: "foo" },
    diffs: ["kubeconfig"],
    replaces: [],
  },
  {
    what: "the server and the identifier change",
    olds: { kubeconfig: both, clusterIdentifier: "foo" },
    news: { kubeconfig: moved, clusterIdentifier: "bar" },
    diffs: ["kubeconfig", "clusterIdentifier"],
    replaces: ["clusterIdentifier", "kubeconfig"],
  },
  {
    what: "an identifier is added",
    olds: {},
    news: { clusterIdentifier: "foo" },
    diffs: ["clusterIdentifier"],
    replaces: [],
  },
  {
    what: "the identifier is removed",
    olds: { clusterIdentifier: "foo" },
    news: {},
    diffs: ["clusterIdentifier"],
    replaces: [],
  },
  {
    what: "the identifier changes",
    olds: { clusterIdentifier: "foo" },
    news: { clusterIdentifier: "bar" },
    diffs: ["clusterIdentifier"],
    replaces: ["clusterIdentifier"],
  },
  {
    what: "the context changes to one that is not there",
    olds: { kubeconfig: both, context: "context1" },
    news: { kubeconfig: both, context: "other" },
    diffs: ["context"],
    replaces: [],
  },
  {
    what: "the context changes to another cluster",
    olds: { kubeconfig: both, context: "context1" },
    news: { kubeconfig: both, context: "context2" },
    diffs: ["context"],
    replaces: ["context"],
  },
  {
    what: "the cluster changes",
    olds: { kubeconfig: both, cluster: "cluster1" },
    news: { kubeconfig: both, cluster: "cluster2" },
    diffs: ["cluster"],
    replaces: ["cluster"],
  },
  {
    what: "something changes that has nothing to do with the cluster",
    olds: { kubeconfig: both },
    news: { kubeconfig: both, namespace: "apps" },
    diffs: ["namespace"],
    replaces: [],
  },
];

describe("kubernetes plugin: a provider's change", () => {
  for (const { what, olds, news, diffs, replaces } of cases) {
    it(`when ${what}: ${replaces.length > 0 ? "replaces everything" : "replaces nothing"}`, () => {
      const result = diffConfig(olds, news);
      assert.equal(result.changes, diffs.length > 0 ? "SOME" : "NONE");
      assert.deepEqual(result.diffs ?? [], diffs);
      assert.deepEqual(result.replaces ?? [], replaces);
    });
  }

  it("looks into the files, not at their paths", () => {
    const folder = mkdtempSync(join(tmpdir(), "kubeconfig-"));
    try {
      const paths = { one: join(folder, "one"), same: join(folder, "same"), moved: join(folder, "moved") };
      writeFileSync(paths.one, both);
      writeFileSync(paths.same, both);
      writeFileSync(paths.moved, moved);
      assert.deepEqual(diffConfig({ kubeconfig: paths.one }, { kubeconfig: paths.same }).replaces, []);
      assert.deepEqual(diffConfig({ kubeconfig: paths.one }, { kubeconfig: paths.moved }).replaces, [
        "kubeconfig",
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
