import assert from "node:assert/strict";
import { completedInOrder, completedOps, stepOf, stepsOf, type StepQuery } from "../../lab/engine/journal";
import type { OperationResult } from "../../lab/engine/workspace";
import type { LabClusterName } from "../../lab/supervisor/client";
import { answerTo, whileExchanging, type Exchanged, type Holder } from "./exchange";
import { describeEngine, irsaProgram, type Scope } from "./lab";
import {
  childChanges,
  podsIn,
  providerArn,
  providerInIam,
  roleInIam,
  serviceAccountsIn,
  TYPE,
} from "./support";

/** The cluster's name stays, while one of the lab's API servers takes the place of another. */
const NAME = "virginia";
const OLD: LabClusterName = "virginia-blue";
const NEW: LabClusterName = "virginia-green";

function programWith(served: LabClusterName, { clusters, namespace }: Scope) {
  return irsaProgram({
    clusters: [clusters.ireland, { ...clusters[served], name: NAME }],
    serviceAccounts: [{ namespace, name: "reader" }],
    policyArns: { s3Read: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" },
    samplePod: {},
  });
}

/** Everything of the cluster's own is made anew; of the rest, the role is updated. */
function expectedChanges({ namespace }: Scope): string[] {
  const own = [
    `${TYPE.oidcProvider} app/${NAME}`,
    `${TYPE.kubernetes} app/${NAME}`,
    `${TYPE.serviceAccount} app/${NAME}/${namespace}/reader`,
    `${TYPE.pod} app/${NAME}/${namespace}/reader`,
  ];
  const ops = ["create-replacement", "replace", "delete-replaced"];
  return [...ops.flatMap((op) => own.map((one) => `${op} ${one}`)), `update ${TYPE.role} app`].sort();
}

describeEngine("engine: a cluster is replaced under its name", (newScope) => {
  let scope: Scope;
  let first: OperationResult;
  let preview: OperationResult;
  let up: OperationResult;
  let replacing: Exchanged<OperationResult>;
  let again: OperationResult;
  let holders: Record<LabClusterName, Holder>;

  before(async () => {
    scope = await newScope({ pods: true });
    const { lab, namespace } = scope;
    const readerIn = (cluster: LabClusterName) => ({ cluster, namespace, name: "reader" });
    holders = { ireland: readerIn("ireland"), [OLD]: readerIn(OLD), [NEW]: readerIn(NEW) };
    const stack = await scope.open(programWith(OLD, scope));
    first = await stack.up();
    preview = await stack.preview(programWith(NEW, scope));
    replacing = await whileExchanging(
      lab,
      String(first.outputs.roleArn),
      [holders.ireland, holders[OLD]],
      () => stack.up(programWith(NEW, scope)),
    );
    up = replacing.result;
    again = await stack.preview(programWith(NEW, scope));
  });

  it("makes anew what is the cluster's own, updates the role once, and touches nothing else", () => {
    assert.deepEqual(childChanges(preview), expectedChanges(scope));
    assert.deepEqual(childChanges(up), expectedChanges(scope));
    assert.deepEqual(childChanges(again), []);
  });

  it("changes nothing of the role but its trust policy, which the preview shows", async () => {
    for (const result of [preview, up]) {
      const { detailedDiff, replaceKeys } = stepOf(result, { type: TYPE.role });
      assert.deepEqual(Object.keys(detailedDiff ?? {}), ["assumeRolePolicy"]);
      assert.deepEqual(replaceKeys, []);
    }
    const shown = String(stepOf(preview, { type: TYPE.role }).newInputs?.assumeRolePolicy);
    assert.equal(up.outputs.trustPolicyJson, shown);
    assert.equal(up.outputs.roleArn, first.outputs.roleArn);
    assert.ok(shown.includes(providerArn(scope.lab, scope.clusters[NEW].issuerUrl)));
    assert.ok(!shown.includes(scope.clusters[OLD].issuerUrl.replace("https://", "")));
    const inIam = await roleInIam(scope.lab, String(up.outputs.roleName));
    assert.deepEqual(JSON.parse(inIam!.trustPolicy), JSON.parse(shown));
  });

  it("updates the role between the two providers, and moves ServiceAccount and pod in between", () => {
    assertOrder(
      { op: "create-replacement", type: TYPE.oidcProvider },
      { op: "update", type: TYPE.role },
      // Both clusters may be the same one: what has a name of its own goes before it comes again.
      { op: "delete-replaced", type: TYPE.serviceAccount },
      { op: "create-replacement", type: TYPE.serviceAccount },
      { op: "delete-replaced", type: TYPE.pod },
      { op: "create-replacement", type: TYPE.pod },
      { op: "delete-replaced", type: TYPE.oidcProvider },
    );
  });

  it("has moved the ServiceAccount and the pod to the new cluster", async () => {
    assert.deepEqual(await serviceAccountsIn(scope.clusters[OLD], scope.namespace), {});
    assert.deepEqual(await podsIn(scope.clusters[OLD], scope.namespace), {});
    assert.equal(await providerInIam(scope.lab, scope.clusters[OLD].issuerUrl), undefined);
    const { reader } = await serviceAccountsIn(scope.clusters[NEW], scope.namespace);
    assert.equal(reader?.metadata?.annotations?.["eks.amazonaws.com/role-arn"], up.outputs.roleArn);
    assert.equal(Object.keys(await podsIn(scope.clusters[NEW], scope.namespace)).length, 1);
    assert.ok(await providerInIam(scope.lab, scope.clusters[NEW].issuerUrl));
  });

  it("never refuses the other cluster's token; in the end the new cluster's is taken for the old one's", async () => {
    assert.deepEqual(replacing.refusalsOf(holders.ireland), []);
    assert.equal(await answerTo(scope.lab, String(up.outputs.roleArn), holders[NEW]), "session");
    assert.match(
      replacing.answerAfter(holders[OLD]),
      /^InvalidIdentityToken: No OpenIDConnect provider found/,
    );
  });

  function assertOrder(...order: StepQuery[]): void {
    order.slice(1).forEach((second, index) => {
      assert.equal(stepsOf(up, second).length, 1, JSON.stringify(second));
      assert.ok(completedInOrder(up, order[index]!, second), completedOps(up).join(", "));
    });
  }
});

describeEngine("engine: an issuer URL is corrected", (newScope) => {
  it("makes the cluster's objects anew where they were, and loses none", async () => {
    const { lab, clusters, namespace, open } = await newScope();
    const programFor = (issuerUrl: string) =>
      irsaProgram({
        clusters: [clusters.ireland, { ...clusters[OLD], issuerUrl }],
        serviceAccounts: [{ namespace, name: "reader" }],
      });
    const stack = await open(programFor(clusters[NEW].issuerUrl));
    const wrong = await stack.up();
    const before = await serviceAccountsIn(clusters[OLD], namespace);
    const up = await stack.up(programFor(clusters[OLD].issuerUrl));
    const { reader } = await serviceAccountsIn(clusters[OLD], namespace);
    assert.equal(reader?.metadata?.annotations?.["eks.amazonaws.com/role-arn"], wrong.outputs.roleArn);
    assert.notEqual(reader?.metadata?.uid, before.reader?.metadata?.uid);
    assert.equal(up.outputs.roleArn, wrong.outputs.roleArn);
    assert.equal(await providerInIam(lab, clusters[NEW].issuerUrl), undefined);
    assert.ok(await providerInIam(lab, clusters[OLD].issuerUrl));
    assert.equal((await stack.preview(programFor(clusters[OLD].issuerUrl))).summary.same, 9);
  });
});
