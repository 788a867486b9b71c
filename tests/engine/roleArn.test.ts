import assert from "node:assert/strict";
import type { MultiClusterIrsaArgs, RoleSettings } from "../../index";
import { completedInOrder, stepOf } from "../../lab/engine/journal";
import type { EngineStack, OperationResult } from "../../lab/engine/workspace";
import { whileExchanging, type Exchanged } from "./exchange";
import { describeEngine, irsaProgram, type Scope } from "./lab";
import { childChanges, podsIn, roleInIam, serviceAccountsIn, TYPE } from "./support";

const LIST_BUCKETS = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:ListAllMyBuckets", Resource: "*" }],
});

/** What becomes of a stack while tokens are exchanged for a role. */
async function watchedUp(
  scope: Scope,
  stack: EngineStack,
  args: MultiClusterIrsaArgs,
  [cluster, roleArn]: [string, unknown],
): Promise<Exchanged<OperationResult> & { preview: OperationResult; refusals: string[] }> {
  const holder = { cluster, namespace: scope.namespace, name: "reader" };
  const preview = await stack.preview(irsaProgram(args));
  const watched = await whileExchanging(scope.lab, String(roleArn), [holder], () =>
    stack.up(irsaProgram(args)),
  );
  return { ...watched, preview, refusals: watched.refusalsOf(holder) };
}

describeEngine("engine: a role is renamed, and no running pod loses it", (newScope) => {
  let scope: Scope;
  let first: OperationResult;
  let renamed: Awaited<ReturnType<typeof watchedUp>>;
  let dropped: Awaited<ReturnType<typeof watchedUp>>;
  let pods: string[];
  let podsAfter: string[];
  let annotated: string | undefined;
  let old: string;
  let gone: unknown;

  before(async () => {
    scope = await newScope({ pods: true });
    const { clusters, project, namespace } = scope;
    const withRole = (role: RoleSettings = {}): MultiClusterIrsaArgs => ({
      clusters: [clusters.ireland],
      serviceAccounts: [{ namespace, name: "reader" }],
      inlinePolicies: { list: LIST_BUCKETS },
      samplePod: {},
      role,
    });
    const name = `${project}-new`;
    const podNames = async () => Object.keys(await podsIn(clusters.ireland, namespace));
    const stack = await scope.open(irsaProgram(withRole()));
    first = await stack.up();
    // It was never named, so that the engine named it.
    old = String(first.outputs.roleName);
    pods = await podNames();
    const toNew = withRole({ name, formerNames: [old] });
    renamed = await watchedUp(scope, stack, toNew, ["ireland", first.outputs.roleArn]);
    podsAfter = await podNames();
    const { reader } = await serviceAccountsIn(clusters.ireland, namespace);
    annotated = reader?.metadata?.annotations?.["eks.amazonaws.com/role-arn"];
    const { roleArn } = renamed.result.outputs;
    dropped = await watchedUp(scope, stack, withRole({ name }), ["ireland", roleArn]);
    gone = await roleInIam(scope.lab, old);
  });

  it("the new role is made beside the old one, and pods are made anew with it", () => {
    const [name, sa] = [`app/${scope.project}-new`, `app/ireland/${scope.namespace}/reader`];
    const expected = [
      `create ${TYPE.role} ${name}`,
      `create ${TYPE.inlinePolicy} ${name}/list`,
      `update ${TYPE.serviceAccount} ${sa}`,
      `create-replacement ${TYPE.pod} ${sa}`,
      `delete-replaced ${TYPE.pod} ${sa}`,
      `replace ${TYPE.pod} ${sa}`,
    ].sort();
    assert.deepEqual(childChanges(renamed.preview), expected);
    assert.deepEqual(childChanges(renamed.result), expected);
    assert.equal(annotated, renamed.result.outputs.roleArn);
    assert.notEqual(annotated, first.outputs.roleArn);
    assert.notDeepEqual(podsAfter, pods);
    assert.ok(renamed.preview.text.includes(`the former role "${old}" is kept`));
  });

  it("pods with the old role are never refused meanwhile, nor after", () => {
    assert.deepEqual(renamed.refusals, []);
  });

  it("then the old role goes, and nothing else", () => {
    const expected = [`delete ${TYPE.role} app/${old}`, `delete ${TYPE.inlinePolicy} app/${old}/list`];
    assert.deepEqual(childChanges(dropped.preview), expected);
    assert.deepEqual(childChanges(dropped.result), expected);
    assert.equal(gone, undefined);
    assert.deepEqual(dropped.refusals, []);
  });
});

describeEngine("engine: a cluster moves to another shard, and no running pod loses its role", (newScope) => {
  let scope: Scope;
  let roleArns: Record<string, string>;
  let moved: Awaited<ReturnType<typeof watchedUp>>;
  let settled: Awaited<ReturnType<typeof watchedUp>>;

  before(async () => {
    scope = await newScope({ pods: true });
    const { ireland, "virginia-blue": blue } = scope.clusters;
    const placed = (placement: { shard: string; formerShards?: string[] }): MultiClusterIrsaArgs => ({
      clusters: [
        { ...blue, shard: "a" },
        { ...ireland, ...placement },
      ],
      serviceAccounts: [{ namespace: scope.namespace, name: "reader" }],
      trust: { shards: ["a", "b"] },
    });
    const stack = await scope.open(irsaProgram(placed({ shard: "a" })));
    const before = (await stack.up()).outputs.roleArns as Record<string, string>;
    const move = placed({ shard: "b", formerShards: ["a"] });
    moved = await watchedUp(scope, stack, move, ["ireland", before.ireland]);
    roleArns = moved.result.outputs.roleArns as Record<string, string>;
    settled = await watchedUp(scope, stack, placed({ shard: "b" }), ["ireland", roleArns.ireland]);
    assert.equal(before["virginia-blue"], roleArns["virginia-blue"]);
    assert.notEqual(before.ireland, roleArns.ireland);
  });

  it("the new shard's role is made, and the old one's trusts the cluster as before", () => {
    const expected = [
      `create ${TYPE.role} app-b`,
      `update ${TYPE.serviceAccount} app/ireland/${scope.namespace}/reader`,
    ];
    assert.deepEqual(childChanges(moved.preview), expected);
    assert.deepEqual(childChanges(moved.result), expected);
    const order = [
      { op: "create", type: TYPE.role },
      { op: "update", type: TYPE.serviceAccount },
    ] as const;
    assert.ok(completedInOrder(moved.result, ...order));
    assert.deepEqual(moved.refusals, []);
  });

  it("then the old shard's role is updated, and nothing else", () => {
    for (const result of [settled.preview, settled.result]) {
      assert.deepEqual(childChanges(result), [`update ${TYPE.role} app-a`]);
      assert.deepEqual(stepOf(result, { type: TYPE.role, name: "app-a" }).replaceKeys, []);
    }
    assert.deepEqual(settled.refusals, []);
  });
});
