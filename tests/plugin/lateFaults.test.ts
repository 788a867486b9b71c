import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Construction } from "./pluginProcess";
import { refusingPlugin } from "./refusals";
import { BINDINGS, CLUSTER, clusterOf, lately } from "./wire";

const ROLE = "aws:iam/role:Role";
const POLICY = "kubeconfig: { token: hunter2 }";
const CLUSTER_ARN = "arn:aws:eks:us-east-1:123456789012:cluster/c";

type Row = [title: string, type: string, inputs: Construction["inputs"], path: string, told: RegExp];

const fleet = (more: object, cluster: object = {}) => ({
  clusters: [{ ...CLUSTER, ...cluster }],
  serviceAccounts: BINDINGS,
  ...more,
});
const role = (podIdentity: object) => ({
  clusters: [{ name: "a", podIdentity }],
  serviceAccounts: BINDINGS,
});
const nothing = lately(null);

/** What comes late, or is null, and is wrong. */
const ROWS: Row[] = [
  [
    "an issuer of null",
    "MultiClusterIrsa",
    fleet({}, { issuerUrl: nothing }),
    "clusters[0].issuerUrl",
    /^arrived as nothing/,
  ],
  [
    "an issuer that is a number",
    "MultiClusterIrsa",
    fleet({}, { issuerUrl: lately(3) }),
    "clusters[0].issuerUrl",
    /^arrived as number: write text$/,
  ],
  [
    "an issuer that is a list",
    "MultiClusterIrsa",
    fleet({}, { issuerUrl: lately(["x"]) }),
    "clusters[0].issuerUrl",
    /^arrived as a list: write text$/,
  ],
  [
    "a kubeconfig that is an empty secret",
    "MultiClusterIrsa",
    fleet({}, { kubeconfig: lately("", { secret: true }) }),
    "clusters[0].kubeconfig",
    /^is empty: pass the text/,
  ],
  [
    "a role's name that is a list",
    "MultiClusterIrsa",
    fleet({ role: { name: lately(["x"]) } }),
    "role.name",
    /^arrived as a list: write text$/,
  ],
  [
    "a session's length that is text",
    "MultiClusterIrsa",
    fleet({ role: { maxSessionDuration: lately("3600") } }),
    "role.maxSessionDuration",
    /^arrived as string: write a number$/,
  ],
  [
    "a boundary of null",
    "MultiClusterIrsa",
    fleet({ role: { permissionsBoundaryArn: nothing } }),
    "role.permissionsBoundaryArn",
    /^arrived as nothing/,
  ],
  [
    "a policy's ARN that is a map",
    "MultiClusterIrsa",
    fleet({ policyArns: { s3: lately({}) } }),
    'policyArns["s3"]',
    /^arrived as object: write text$/,
  ],
  [
    "a base role of null",
    "IrsaRole",
    role({ clusterArn: CLUSTER_ARN, baseRole: { arn: nothing } }),
    "clusters[0].podIdentity.baseRole.arn",
    /^arrived as nothing/,
  ],
  [
    "a base role that is null",
    "IrsaRole",
    role({ clusterArn: CLUSTER_ARN, baseRole: { arn: null } }),
    "clusters[0].podIdentity.baseRole.arn",
    /^is missing: write the ARN of the role/,
  ],
  [
    "Pod Identity without a cluster",
    "IrsaRole",
    role({}),
    "clusters[0].podIdentity.clusterArn",
    /^is missing: write the ARN of the cluster in EKS$/,
  ],
  [
    "a namespace that is a number",
    "IrsaServiceAccount",
    { name: "reader", namespace: lately(3), roleArn: "arn:aws:iam::123456789012:role/app" },
    "namespace",
    /^arrived as number: write text$/,
  ],
  [
    "conditions that are null",
    "MultiClusterIrsa",
    fleet({ trust: { conditions: { StringEquals: null } } }),
    'trust.conditions["StringEquals"]',
    /^is empty: write a map$/,
  ],
  [
    "late conditions that are null",
    "MultiClusterIrsa",
    fleet({ trust: lately({ conditions: { StringEquals: { "aws:SourceVpc": null } } }) }),
    'trust.conditions["StringEquals"]["aws:SourceVpc"]',
    /^is empty: write a list$/,
  ],
  [
    "a statement's condition that is null",
    "MultiClusterIrsa",
    fleet({
      trust: {
        statements: [{ awsPrincipals: ["arn:aws:iam::123456789012:role/x"], conditions: { Bool: null } }],
      },
    }),
    'trust.statements[0].conditions["Bool"]',
    /^is empty: write a map$/,
  ],
  [
    "a limit that is not known",
    "MultiClusterIrsa",
    fleet({ trust: { maxSize: lately(undefined) } }),
    "trust.maxSize",
    /^arrives while the program runs: write the value itself$/,
  ],
  [
    "a name that is not known, which a binding names",
    "MultiClusterIrsa",
    {
      clusters: [{ ...CLUSTER, name: lately(undefined) }],
      serviceAccounts: [{ ...BINDINGS[0], clusters: ["east"] }],
    },
    "clusters[0].name",
    /^arrives while the program runs: write plain text/,
  ],
  [
    "a cluster without a name",
    "MultiClusterIrsa",
    { clusters: [{ ...CLUSTER, name: null }], serviceAccounts: BINDINGS },
    "clusters[0].name",
    /^is missing: write a name for the cluster/,
  ],
];

describe("plugin: what comes late from another language", function () {
  this.timeout(120_000);
  const { running, refusal } = refusingPlugin();

  for (const [index, [title, type, given, path, told]] of ROWS.entries()) {
    it(`is told once, by its property path, with nothing else: ${title}`, async () => {
      const name = `row-${index}`;
      // No two have one cluster: the plugin knows what its components own.
      const own = JSON.stringify(given).replaceAll(CLUSTER.issuerUrl, clusterOf(`E${index}`).issuerUrl);
      const inputs = JSON.parse(own) as Construction["inputs"];
      const { message, faults } = await refusal({ type, name, inputs });
      assert.deepEqual(Object.keys(faults), [path], message);
      assert.match(faults[path]!, told);
      assert.ok(
        !running()
          .engine.ofType(ROLE)
          .some((role) => role.name.startsWith(name)),
      );
    });
  }

  it("is not shown where it is a secret, whatever it may be", async () => {
    const roleArn = lately(POLICY, { secret: true });
    const inputs = { namespace: "default", name: "reader", roleArn };
    const { message } = await refusal({ type: "IrsaServiceAccount", name: "secret", inputs });
    assert.match(message, /roleArn is not the ARN of a role .*\[secret\]/);
    const logged = (await running().engine.errors()).map((error) => error.message).join("\n");
    assert.doesNotMatch(`${message}${logged}${running().plugin.printed}`, /hunter2/);
  });

  it("fails its own component, and none that comes after", async () => {
    const bad = { clusters: [clusterOf("A0")], serviceAccounts: BINDINGS, role: { path: lately("a b") } };
    const { message } = await refusal({ type: "MultiClusterIrsa", name: "bad", inputs: bad });
    assert.match(message, /^MultiClusterIrsa "bad": one problem in its arguments\n {2}- role\.path /);
    for (const name of ["second", "third"]) {
      const inputs = { clusters: [clusterOf(`0${name.length}`)], serviceAccounts: BINDINGS };
      const made = await running().plugin.construct({ type: "MultiClusterIrsa", name, inputs });
      assert.match(made.urn, new RegExp(`::${name}$`));
    }
  });

  it("costs no gigabytes, where the engine refuses a resource", async function () {
    // Nobody else tells a process' peak.
    if (process.platform !== "linux") this.skip();
    running().engine.refuse(ROLE, "full", "the engine has no more room");
    const { message } = await refusal({
      type: "MultiClusterIrsa",
      name: "full",
      inputs: { clusters: [clusterOf("A1")], serviceAccounts: BINDINGS },
    });
    assert.match(message, /the engine has no more room/);
    const status = readFileSync(`/proc/${running().plugin.pid}/status`, "utf8");
    const peak = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
    assert.ok(peak < 1024 * 1024, `${peak} kB`);
  });

  it("may be deleted with another resource, whose URN comes as it is", async () => {
    const deletedWith = "urn:pulumi:dev::fleet::aws:eks/cluster:Cluster::a::b";
    const inputs = { clusters: [clusterOf("A2")], serviceAccounts: BINDINGS };
    await running().plugin.construct({ type: "MultiClusterIrsa", name: "with", inputs, deletedWith });
    assert.equal(running().engine.called("eks-irsa:index:MultiClusterIrsa", "with").deletedWith, deletedWith);
  });

  it("leaves a parent's Kubernetes provider alone where each cluster has its own", async () => {
    const inputs = {
      clusters: [clusterOf("0B"), { ...clusterOf("0C"), name: "west" }],
      serviceAccounts: BINDINGS,
    };
    const providers = { kubernetes: "urn:pulumi:dev::fleet::pulumi:providers:kubernetes::parents::id" };
    await running().plugin.construct({ type: "MultiClusterIrsa", name: "child", inputs, providers });
    const used = running()
      .engine.ofType("kubernetes:core/v1:ServiceAccount")
      .filter(({ name }) => name.startsWith("child/"))
      .map(({ provider }) => provider);
    assert.equal(used.length, 2);
    for (const provider of used) assert.match(provider, /::child\/(east|west)::/);
  });
});
