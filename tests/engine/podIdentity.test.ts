import assert from "node:assert/strict";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { IdentityMode, MultiClusterIrsa, type IrsaCluster, type MultiClusterIrsaArgs } from "../../index";
import { assumeRoleForPodIdentity } from "../../lab/aws/podIdentity/client";
import { completedInOrder, stepsOf } from "../../lab/engine/journal";
import type { OperationResult } from "../../lab/engine/workspace";
import { requestToken } from "../../lab/kubernetes/tokens";
import { describeEngine, irsaProgram, outputsOf, type Scope } from "./lab";
import { inMode } from "./podIdentityFleet";
import { childChanges, failureOf, podsIn, TYPE } from "./support";

const { Both, Irsa, PodIdentity } = IdentityMode;

function argsOf({ namespace }: Scope, clusters: IrsaCluster[], more: Partial<MultiClusterIrsaArgs> = {}) {
  const podIdentity = { settleSeconds: 0 };
  return { clusters, serviceAccounts: [{ namespace, name: "reader" }], podIdentity, ...more };
}

describeEngine("engine: a fleet of three identities", (newScope) => {
  let scope: Scope;
  let preview: OperationResult;
  let up: OperationResult;
  let again: OperationResult;

  before(async () => {
    scope = await newScope({ pods: true });
    const clusters = [
      inMode(scope, "ireland", Irsa),
      inMode(scope, "virginia-blue", Both, { installAgent: true }),
      inMode(scope, "virginia-green", PodIdentity, { installAgent: true }),
    ];
    const policyArns = { s3Read: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" };
    const stack = await scope.open(irsaProgram(argsOf(scope, clusters, { policyArns, samplePod: {} })));
    preview = await stack.preview();
    up = await stack.up();
    again = await stack.preview();
  });

  it("previews what it makes, the whole trust policy included, and has nothing to do then", () => {
    assert.deepEqual(childChanges(preview), childChanges(up));
    const [role] = stepsOf(preview, { type: TYPE.role });
    assert.equal(role?.newInputs?.assumeRolePolicy, up.outputs.trustPolicyJson);
    assert.deepEqual(childChanges(again), []);
  });

  it("makes pods after associations, and those after the role and the agent", () => {
    for (const cluster of ["virginia-blue", "virginia-green"]) {
      const association = { type: TYPE.association, name: `app/${cluster}/${scope.namespace}/reader` };
      const pod = { type: TYPE.pod, name: association.name };
      assert.ok(completedInOrder(up, { type: TYPE.addon, name: `app/${cluster}` }, association));
      assert.ok(completedInOrder(up, { type: TYPE.role }, association));
      assert.ok(completedInOrder(up, association, pod));
    }
  });

  it("gives pods the credentials of their cluster's identity", async () => {
    for (const [name, container] of [
      ["ireland", "AWS_ROLE_ARN"],
      ["virginia-blue", "AWS_CONTAINER_CREDENTIALS_FULL_URI"],
      ["virginia-green", "AWS_CONTAINER_CREDENTIALS_FULL_URI"],
    ] as const) {
      const [pod] = Object.values(await podsIn(scope.clusters[name], scope.namespace));
      const variables = pod?.spec?.containers[0]?.env?.map((one) => one.name) ?? [];
      const ways = variables.filter((one) => /^AWS_(ROLE_ARN|CONTAINER_CREDENTIALS_FULL_URI)$/.test(one));
      assert.deepEqual(ways, [container], name);
    }
  });

  it("gives the role to the bound ServiceAccount, where there is an association", async () => {
    for (const cluster of scope.lab.clusters) {
      const [pod] = Object.values(await podsIn(cluster, scope.namespace));
      const { name = "", uid = "" } = pod?.metadata ?? {};
      const bound = { audience: "pods.eks.amazonaws.com", pod: { name, uid } };
      const token = await requestToken(cluster, scope.namespace, "reader", bound);
      const asked = { region: cluster.region, cluster: cluster.name, token };
      const answer = await assumeRoleForPodIdentity(scope.lab.aws, asked).then(
        ({ assumedRoleArn }) => assumedRoleArn,
        (error: unknown) => (error as Error).name,
      );
      assert.match(
        answer,
        cluster.name === "ireland" ? /^ResourceNotFoundException$/ : /:assumed-role\/app-/,
      );
    }
  });
});

describeEngine("engine: one ServiceAccount that two components associate", (newScope) => {
  it("is refused in the preview, and both are named", async () => {
    const scope = await newScope();
    const program: PulumiFn = () => {
      const clusters = [inMode(scope, "ireland", PodIdentity)];
      const [one, other] = ["one", "other"].map(
        (name) => new MultiClusterIrsa(name, argsOf(scope, clusters)),
      );
      return Promise.resolve({ one: outputsOf(one!), other: outputsOf(other!) });
    };
    const stack = await scope.open(program);
    const { message } = await failureOf(stack.preview());
    assert.match(
      message,
      /MultiClusterIrsa "other": one problem .*\n.*serviceAccounts\[0\] is .*reader of arn:aws:eks:.*MultiClusterIrsa "one"/,
    );
  });
});
