import assert from "node:assert/strict";
import { completedInOrder, completedOps, stepOf } from "../../lab/engine/journal";
import type { OperationResult } from "../../lab/engine/workspace";
import type { LabClusterName } from "../../lab/supervisor/client";
import { answerTo, whileExchanging, type Exchanged, type Holder } from "./exchange";
import { describeEngine, irsaProgram, type Scope } from "./lab";
import { childChanges, podsIn, serviceAccountsIn, TYPE } from "./support";

const CLUSTERS: LabClusterName[] = ["ireland", "virginia-blue"];
const FORMER = "reader";
const RENAMED = "s3-reader";

function programWith(name: string, { clusters, namespace }: Scope) {
  return irsaProgram({
    clusters: CLUSTERS.map((cluster) => clusters[cluster]),
    serviceAccounts: [
      { namespace, name },
      { namespace, name: "writer", clusters: ["ireland"] },
    ],
    policyArns: { s3Read: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" },
    samplePod: {},
  });
}

function expectedChanges({ namespace }: Scope): string[] {
  const own = (op: string, name: string) =>
    CLUSTERS.flatMap((cluster) =>
      [TYPE.serviceAccount, TYPE.pod].map((type) => `${op} ${type} app/${cluster}/${namespace}/${name}`),
    );
  return [...own("create", RENAMED), ...own("delete", FORMER), `update ${TYPE.role} app`].sort();
}

describeEngine("engine: a ServiceAccount gets another name", (newScope) => {
  let scope: Scope;
  let preview: OperationResult;
  let up: OperationResult;
  let again: OperationResult;
  let roleArn: string;
  let renaming: Exchanged<OperationResult>;

  const holder = (name: string, cluster: LabClusterName = "ireland"): Holder => ({
    cluster,
    namespace: scope.namespace,
    name,
  });

  before(async () => {
    scope = await newScope({ pods: true });
    const stack = await scope.open(programWith(FORMER, scope));
    roleArn = String((await stack.up()).outputs.roleArn);
    preview = await stack.preview(programWith(RENAMED, scope));
    renaming = await whileExchanging(scope.lab, roleArn, [holder("writer"), holder(FORMER)], () =>
      stack.up(programWith(RENAMED, scope)),
    );
    up = renaming.result;
    again = await stack.preview(programWith(RENAMED, scope));
  });

  it("makes and deletes what has the name, updates the role once, and touches nothing else", () => {
    assert.deepEqual(childChanges(preview), expectedChanges(scope));
    assert.deepEqual(childChanges(up), expectedChanges(scope));
    assert.deepEqual(childChanges(again), []);
  });

  it("changes nothing of the role but its trust policy, which the preview shows", () => {
    for (const result of [preview, up]) {
      const { detailedDiff, replaceKeys } = stepOf(result, { type: TYPE.role });
      assert.deepEqual(Object.keys(detailedDiff ?? {}), ["assumeRolePolicy"]);
      assert.deepEqual(replaceKeys, []);
    }
    const shown = stepOf(preview, { type: TYPE.role }).newInputs?.assumeRolePolicy;
    assert.equal(up.outputs.trustPolicyJson, shown);
    assert.equal(up.outputs.roleArn, roleArn);
  });

  it("lets the new name in before its pods are made, and deletes the old ones last", () => {
    const order = completedOps(up).join(", ");
    const role = { op: "update", type: TYPE.role };
    assert.ok(completedInOrder(up, role, { op: "create", type: TYPE.serviceAccount }), order);
    assert.ok(completedInOrder(up, { op: "create", type: TYPE.pod }, { op: "delete" }), order);
  });

  it("leaves in the clusters what the bindings say", async () => {
    const names = CLUSTERS.map(async (cluster) => [
      Object.keys(await serviceAccountsIn(scope.clusters[cluster], scope.namespace)),
      Object.keys(await podsIn(scope.clusters[cluster], scope.namespace)).map(
        (pod) => pod.split("-irsa-")[0],
      ),
    ]);
    const [inIreland, inVirginia] = [[RENAMED, "writer"], [RENAMED]];
    assert.deepEqual(await Promise.all(names), [
      [inIreland, inIreland],
      [inVirginia, inVirginia],
    ]);
  });

  it("never refuses the other ServiceAccount meanwhile; takes the new name for the old one in the end", async () => {
    assert.deepEqual(renaming.refusalsOf(holder("writer")), []);
    assert.equal(
      renaming.answerAfter(holder(FORMER)),
      "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity",
    );
    for (const cluster of CLUSTERS) {
      assert.equal(await answerTo(scope.lab, roleArn, holder(RENAMED, cluster)), "session");
    }
  });
});
