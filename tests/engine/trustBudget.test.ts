import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { MultiClusterIrsa, TrustPolicyForm, type TrustSettings } from "../../index";
import { assumeWithWebIdentity } from "../../lab/aws/clients";
import { changesOf, stepOf, stepsOf } from "../../lab/engine/journal";
import type { EngineStack } from "../../lab/engine/workspace";
import { issuerUrlOf, newIssuerId } from "../../lab/kubernetes/clusters";
import { requestToken } from "../../lab/kubernetes/tokens";
import { describeEngine, makeNamespace, outputsOf, type Scope, type TestCluster } from "./lab";
import { failureOf, roleInIam, serviceAccountsIn, TYPE, warningsOf } from "./support";

const READER = "s3-reader";

/** A cluster of the fleet: its own issuer, and a namespace of its own in one of the lab's API servers. */
interface FleetCluster extends TestCluster {
  namespace: string;
}

/**
 * More clusters than the lab runs: the first ones have their real issuers, so that their tokens count; the others are issuers that
 * nobody has, and share the API servers. Namespaces are as long as `default`, to which the figures belong.
 */
async function fleetOf(scope: Scope, count: number): Promise<FleetCluster[]> {
  const real = Object.values(scope.clusters);
  const clusters = Array.from({ length: count }, (_, index) => {
    const base = real[index % real.length]!;
    const name = `cluster-${String(index).padStart(2, "0")}`;
    const issuerUrl = issuerUrlOf({ name, region: "us-east-1", issuerId: newIssuerId() });
    const namespace = `n${randomBytes(3).toString("hex")}`;
    return { ...base, name, namespace, issuerUrl: index < real.length ? base.issuerUrl : issuerUrl };
  });
  for (const cluster of clusters) await makeNamespace(cluster, cluster.namespace);
  return clusters;
}

function program(clusters: FleetCluster[], trust: TrustSettings, place?: (index: number) => string) {
  return () => {
    const irsa = new MultiClusterIrsa("app", {
      clusters: clusters.map(({ name, issuerUrl, kubeconfig }, index) => ({
        name,
        issuerUrl,
        kubeconfig,
        ...(place && { shard: place(index) }),
      })),
      serviceAccounts: clusters.map(({ name, namespace }) => ({ namespace, name: READER, clusters: [name] })),
      trust,
    });
    return Promise.resolve(
      trust.shards ? { roleArns: irsa.roleArns, shardRoles: irsa.shardRoles } : outputsOf(irsa),
    );
  };
}

describeEngine("engine: more clusters than one trust policy takes", (newScope) => {
  let scope: Scope;
  let stack: EngineStack;
  let fleet: FleetCluster[];

  before(async () => {
    scope = await newScope({ pods: true });
    fleet = await fleetOf(scope, 12);
    stack = await scope.open(program(fleet.slice(0, 5), { form: TrustPolicyForm.Auto }));
  });

  /** What STS says to the ServiceAccount of a cluster, or to another of the same cluster. */
  async function ask(
    index: number,
    roleArn: string,
    serviceAccount = READER,
    namespace = fleet[index]!.namespace,
  ) {
    const cluster = scope.lab.clusters.find(({ issuerUrl }) => issuerUrl === fleet[index]!.issuerUrl)!;
    const token = await requestToken(cluster, namespace, serviceAccount);
    const answer = await assumeWithWebIdentity(scope.lab.aws, {
      roleArn,
      token,
      region: "us-east-1",
      sessionName: "budget",
    });
    return answer.ok ? "assumed" : answer.message;
  }

  /** Each cluster that has real tokens gets its role; nobody else in it does. */
  async function assertExact(roleArnOf: (index: number) => string): Promise<void> {
    for (const index of [0, 1, 2]) {
      assert.equal(await ask(index, roleArnOf(index)), "assumed");
      assert.match(await ask(index, roleArnOf(index), "default"), /Not authorized/);
      assert.match(await ask(index, roleArnOf(index), "default", "kube-system"), /Not authorized/);
    }
  }

  it("Auto takes five in 2,048 characters, without the audience, and says so", async () => {
    const up = await stack.up();
    const { trustPolicySize, trustPolicyJson, roleArn } = up.outputs;
    assert.equal(trustPolicySize, 38 + 5 * 345);
    assert.doesNotMatch(String(trustPolicyJson), /:aud/);
    assert.match(warningsOf(up).join("\n"), /Auto wrote the trust policy as SubjectOnly/);
    await assertExact(() => String(roleArn));
  });

  it("six are refused in the preview, with what each form would need and what to do, and nothing changes", async () => {
    const before = await stack.exportState();
    const six = program(fleet.slice(0, 6), { form: TrustPolicyForm.Auto });
    const { message, result } = await failureOf(stack.preview(six));
    assert.match(
      message,
      /clusters are too many: the trust policy needs 2108 characters as SubjectOnly .* the limit is 2048: cluster "cluster-05" is the first that no longer fits \(5 of 6 do\)/,
    );
    assert.match(message, /StatementPerCluster 2678, SubjectOnly 2108, SingleStatement 1533/);
    assert.match(message, /L-C07B4B0D.*trust\.form to SingleStatement.*trust\.shards.*Pod Identity/);
    assert.deepEqual(changesOf(result), []);
    assert.deepEqual(await stack.exportState(), before);
  });

  it("eight pass with SingleStatement: the role is updated in place, and nobody else is let in", async () => {
    const eight = program(fleet.slice(0, 8), { form: TrustPolicyForm.SingleStatement });
    const preview = await stack.preview(eight);
    const up = await stack.up(eight);
    for (const result of [preview, up]) {
      const { op, detailedDiff } = stepOf(result, { type: TYPE.role });
      assert.equal(op, "update");
      assert.deepEqual(Object.keys(detailedDiff ?? {}), ["assumeRolePolicy"]);
    }
    assert.equal(up.outputs.trustPolicySize, 165 + 8 * 228);
    const inIam = await roleInIam(scope.lab, String(up.outputs.roleName));
    assert.deepEqual(
      JSON.parse(inIam?.trustPolicy ?? ""),
      JSON.parse(String(up.outputs.trustPolicyJson)) as unknown,
    );
    await assertExact(() => String(up.outputs.roleArn));
  });

  it("twelve pass with shards: the role that was there stays one of them, and each cluster has its own", async () => {
    const roleBefore = String((await stack.outputs()).roleArn);
    const shards = ["a", "b", "c"];
    const place = (index: number) => shards[Math.floor(index / 4)]!;
    const up = await stack.up(program(fleet, { shards, originalShard: "a" }, place));
    const roles = stepsOf(up, { type: TYPE.role }).map(({ op, name }) => `${op} ${name}`);
    assert.deepEqual(roles.sort(), ["create app-b", "create app-c", "update app"]);
    const roleArns = up.outputs.roleArns as Record<string, string>;
    assert.equal(new Set(Object.values(roleArns)).size, 3);
    assert.equal(roleArns["cluster-00"], roleBefore);
    const shardRoles = up.outputs.shardRoles as Record<string, { trustPolicySize: number; roleArn: string }>;
    for (const shard of shards) assert.equal(shardRoles[shard]?.trustPolicySize, 38 + 4 * 440);
    for (const [index, { name, namespace }] of fleet.entries()) {
      const { [READER]: account } = await serviceAccountsIn(fleet[index]!, namespace);
      assert.equal(account?.metadata?.annotations?.["eks.amazonaws.com/role-arn"], roleArns[name]);
      assert.equal(roleArns[name], shardRoles[place(index)]?.roleArn);
    }
    await assertExact(() => roleBefore);
    assert.match(await ask(0, roleArns["cluster-11"]!), /Not authorized/);
  });

  it("and the next preview has nothing to do", async () => {
    const shards = ["a", "b", "c"];
    const place = (index: number) => shards[Math.floor(index / 4)]!;
    const preview = await stack.preview(program(fleet, { shards, originalShard: "a" }, place));
    assert.deepEqual(changesOf(preview), []);
  });
});
