import assert from "node:assert/strict";
import type { TrustPolicy } from "../../index";
import { completedInOrder, completedOps, stepOf } from "../../lab/engine/journal";
import type { EngineStep, OperationResult } from "../../lab/engine/workspace";
import type { LabClusterName } from "../../lab/supervisor/client";
import { whileExchanging, type Exchanged } from "./exchange";
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
import { federatedOf } from "../support/statements";

/** The one in the middle comes and goes: its statement stands between the others. */
const ADDED = "virginia-blue";
const BEFORE: LabClusterName[] = ["ireland", "virginia-green"];
const AFTER: LabClusterName[] = ["ireland", ADDED, "virginia-green"];

function programWith(names: LabClusterName[], { clusters, namespace }: Scope) {
  return irsaProgram({
    clusters: names.map((name) => clusters[name]),
    serviceAccounts: [{ namespace, name: "reader" }],
    policyArns: { s3Read: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" },
    samplePod: {},
  });
}

function changesForCluster(op: string, { namespace }: Scope): string[] {
  return [
    `${op} ${TYPE.oidcProvider} app/${ADDED}`,
    `${op} ${TYPE.kubernetes} app/${ADDED}`,
    `${op} ${TYPE.serviceAccount} app/${ADDED}/${namespace}/reader`,
    `${op} ${TYPE.pod} app/${ADDED}/${namespace}/reader`,
    `update ${TYPE.role} app`,
  ].sort();
}

function documentOf(step: EngineStep): string {
  return String(step.newInputs?.assumeRolePolicy);
}

/** The statements as text, by the provider they are for. */
function statementsOf(document: string): Record<string, string> {
  const { Statement } = JSON.parse(document) as TrustPolicy;
  return Object.fromEntries(Statement.map((one) => [federatedOf(one), JSON.stringify(one)]));
}

describeEngine("engine: a cluster comes and goes", (newScope) => {
  let scope: Scope;
  let first: OperationResult;
  let preview: OperationResult;
  let adding: Exchanged<OperationResult>;
  let up: OperationResult;
  let inIam: Awaited<ReturnType<typeof roleInIam>>;
  let annotated: string | undefined;
  let removalPreview: OperationResult;
  let removing: Exchanged<OperationResult>;
  let removal: OperationResult;
  let documentInTheEnd: string | undefined;

  const readerIn = (cluster: LabClusterName) => ({ cluster, namespace: scope.namespace, name: "reader" });
  /** Runs an operation while the reader of each of these clusters asks for the role over and over. */
  const whileAsking = (names: LabClusterName[], operation: () => Promise<OperationResult>) =>
    whileExchanging(scope.lab, String(first.outputs.roleArn), names.map(readerIn), operation);

  before(async () => {
    scope = await newScope({ pods: true });
    const stack = await scope.open(programWith(BEFORE, scope));
    first = await stack.up();
    const roleName = String(first.outputs.roleName);
    preview = await stack.preview(programWith(AFTER, scope));
    adding = await whileAsking(BEFORE, () => stack.up(programWith(AFTER, scope)));
    up = adding.result;
    inIam = await roleInIam(scope.lab, roleName);
    const { reader } = await serviceAccountsIn(scope.clusters[ADDED], scope.namespace);
    annotated = reader?.metadata?.annotations?.["eks.amazonaws.com/role-arn"];
    removalPreview = await stack.preview();
    removing = await whileAsking(AFTER, () => stack.up());
    removal = removing.result;
    documentInTheEnd = (await roleInIam(scope.lab, roleName))?.trustPolicy;
  });

  it("creates the new cluster's own children, and updates the role in place", () => {
    assert.deepEqual(childChanges(preview), changesForCluster("create", scope));
    assert.deepEqual(childChanges(up), changesForCluster("create", scope));
  });

  it("changes nothing of the role but its trust policy", () => {
    for (const result of [preview, up]) {
      const { detailedDiff, replaceKeys } = stepOf(result, { type: TYPE.role });
      assert.deepEqual(Object.keys(detailedDiff ?? {}), ["assumeRolePolicy"]);
      assert.deepEqual(replaceKeys, []);
    }
  });

  it("shows the complete new trust policy in the preview, and deploys it", () => {
    const shown = documentOf(stepOf(preview, { type: TYPE.role }));
    const providers = AFTER.map((name) => providerArn(scope.lab, scope.clusters[name].issuerUrl));
    assert.deepEqual(Object.keys(statementsOf(shown)), providers);
    assert.equal(up.outputs.trustPolicyJson, shown);
    assert.deepEqual(JSON.parse(inIam!.trustPolicy), JSON.parse(shown));
  });

  it("leaves the other clusters' statements as they are, byte for byte", () => {
    const before = statementsOf(String(first.outputs.trustPolicyJson));
    const after = statementsOf(documentOf(stepOf(preview, { type: TYPE.role })));
    assert.equal(Object.keys(before).length, 2);
    for (const [provider, statement] of Object.entries(before)) {
      assert.equal(after[provider], statement);
    }
  });

  it("gives the same role to the new cluster", () => {
    assert.equal(up.outputs.roleArn, first.outputs.roleArn);
    assert.equal(annotated, first.outputs.roleArn);
    assert.ok(
      completedInOrder(up, { op: "create", type: TYPE.oidcProvider }, { op: "update", type: TYPE.role }),
    );
  });

  it("removes again what belonged to the cluster, and touches nobody else", () => {
    assert.deepEqual(childChanges(removalPreview), changesForCluster("delete", scope));
    assert.deepEqual(childChanges(removal), changesForCluster("delete", scope));
  });

  it("takes the cluster out of the trust policy before its OIDC provider goes", () => {
    const order = completedOps(removal).join(", ");
    const updated = { op: "update", type: TYPE.role };
    assert.ok(completedInOrder(removal, updated, { op: "delete", type: TYPE.oidcProvider }), order);
  });

  it("never refuses the other clusters meanwhile", () => {
    assert.deepEqual(adding.refusalsOf(...BEFORE.map(readerIn)), []);
    assert.deepEqual(removing.refusalsOf(...BEFORE.map(readerIn)), []);
  });

  it("refuses the removed cluster's token in the end", () => {
    assert.notDeepEqual(removing.refusalsOf(readerIn(ADDED)), []);
    assert.equal(
      removing.answerAfter(readerIn(ADDED)),
      `InvalidIdentityToken: No OpenIDConnect provider found in your account for ${scope.clusters[ADDED].issuerUrl}`,
    );
  });

  it("is back where it began", async () => {
    assert.equal(documentOf(stepOf(removalPreview, { type: TYPE.role })), first.outputs.trustPolicyJson);
    assert.deepEqual(JSON.parse(documentInTheEnd!), JSON.parse(String(first.outputs.trustPolicyJson)));
    assert.equal(await providerInIam(scope.lab, scope.clusters[ADDED].issuerUrl), undefined);
    assert.deepEqual(await podsIn(scope.clusters[ADDED], scope.namespace), {});
    assert.deepEqual(await serviceAccountsIn(scope.clusters[ADDED], scope.namespace), {});
    const [pod, ...more] = Object.keys(await podsIn(scope.clusters.ireland, scope.namespace));
    assert.match(pod ?? "", /^reader-irsa-sample-[0-9a-f]{8}$/);
    assert.deepEqual(more, []);
  });
});
