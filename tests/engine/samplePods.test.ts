import assert from "node:assert/strict";
import type { V1Pod } from "@kubernetes/client-node";
import { stepOf, stepsOf } from "../../lab/engine/journal";
import type { OperationResult } from "../../lab/engine/workspace";
import { clusterApi } from "../../lab/kubernetes/client";
import { describeEngine, irsaProgram, makeNamespace, type Scope } from "./lab";
import { podsIn, serviceAccountsIn, TYPE } from "./support";

const POD = /^reader-irsa-sample-[0-9a-f]{8}$/;

describeEngine("engine: sample pods", (newScope) => {
  let scope: Scope;
  let restricted: string;
  let deployed: OperationResult;
  let first: Record<string, V1Pod>[];
  let renamed: OperationResult;
  let second: Record<string, V1Pod>[];
  let annotations: unknown[];

  const programWith = (roleName: string) =>
    irsaProgram({
      clusters: [scope.clusters.ireland, scope.clusters["virginia-blue"]],
      serviceAccounts: [{ namespace: restricted, name: "reader" }],
      role: { name: roleName },
      samplePod: {},
    });
  const inBoth = <T>(look: (cluster: { kubeconfig: string }, namespace: string) => Promise<T>) =>
    Promise.all(
      [scope.clusters.ireland, scope.clusters["virginia-blue"]].map((one) => look(one, restricted)),
    );

  before(async () => {
    scope = await newScope({ pods: true });
    restricted = `${scope.namespace}-restricted`;
    await inBoth((cluster, namespace) =>
      makeNamespace(cluster, namespace, { "pod-security.kubernetes.io/enforce": "restricted" }),
    );
    const stack = await scope.open(programWith(`${scope.project}-a`));
    deployed = await stack.up();
    first = await inBoth(podsIn);
    renamed = await stack.up(programWith(`${scope.project}-b`));
    second = await inBoth(podsIn);
    annotations = (await inBoth(serviceAccountsIn)).map(({ reader }) => reader?.metadata?.annotations);
  });

  it("one stands for each ServiceAccount and cluster, with the role in its environment", () => {
    assert.match(String(deployed.outputs.roleArn), /:role\/engine-\w+-a$/);
    for (const pods of first) {
      const pod = onlyOne(pods);
      assert.match(pod.metadata?.name ?? "", POD);
      assert.equal(pod.spec?.serviceAccountName, "reader");
      assert.equal(roleIn(pod), deployed.outputs.roleArn);
    }
  });

  it("are admitted where the restricted standard is enforced, and others are not", async () => {
    const { core } = clusterApi(scope.clusters.ireland);
    const lax = {
      metadata: { name: "lax" },
      spec: { serviceAccountName: "reader", containers: [{ name: "lax", image: "busybox" }] },
    };
    await assert.rejects(
      core.createNamespacedPod({ namespace: restricted, body: lax }),
      /violates PodSecurity \\*"restricted/,
    );
    assert.equal(onlyOne(first[0]!).metadata?.namespace, restricted);
  });

  it("are made anew when the role is another one; the ServiceAccount is not", () => {
    assert.match(String(renamed.outputs.roleArn), /:role\/engine-\w+-b$/);
    assert.equal(stepsOf(renamed, { op: "create-replacement", type: TYPE.pod }).length, 2);
    assert.equal(stepsOf(renamed, { op: "delete-replaced", type: TYPE.pod }).length, 2);
    assert.equal(stepsOf(renamed, { op: "update", type: TYPE.serviceAccount }).length, 2);
    assert.ok(stepOf(renamed, { op: "create", type: TYPE.role }));
    second.forEach((pods, index) => {
      const pod = onlyOne(pods);
      assert.notEqual(pod.metadata?.uid, onlyOne(first[index]!).metadata?.uid);
      assert.equal(roleIn(pod), renamed.outputs.roleArn);
      assert.deepEqual(annotations[index], { "eks.amazonaws.com/role-arn": renamed.outputs.roleArn });
    });
  });
});

function onlyOne(pods: Record<string, V1Pod>): V1Pod {
  const [pod, ...more] = Object.values(pods);
  assert.ok(pod && more.length === 0, Object.keys(pods).join(", "));
  return pod;
}

function roleIn(pod: V1Pod): string | undefined {
  const env = pod.spec?.containers.flatMap((container) => container.env ?? []);
  return env?.find(({ name }) => name === "EXPECTED_ROLE_ARN")?.value;
}
