import assert from "node:assert/strict";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { fromClusterName, IdentityMode, MultiClusterIrsa, type MultiClusterIrsaArgs } from "../../index";
import type { EngineStack, OperationFailed, OperationResult } from "../../lab/engine/workspace";
import type { LabClusterName } from "../../lab/supervisor/client";
import { actionsOf, policyOnPage, type PolicyStatement } from "../docs/permissions";
import { openActionGate, type ActionGate } from "./actionGate";
import { deployerKubeconfig, enforceable, makeDeployer, type Deployer } from "./deployer";
import { describeEngine, type Scope } from "./lab";
import { labCluster } from "./podIdentityFleet";
import { childChanges, failureOf } from "./support";

const S3_READ = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
const inlinePolicy = (action: string) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: action, Resource: "*" }] });

/** The statements of the page for a role of this test's, but for one action. */
function statementsOnPage({ lab, project }: Scope, without?: string): PolicyStatement[] {
  const names = ["irsa", "pod-identity", "agent"] as const;
  const all = names.flatMap((name) => policyOnPage(name, lab.aws.accountId, project).Statement);
  return all.map((one) => ({ ...one, Action: [one.Action].flat().filter((action) => action !== without) }));
}

type Kubeconfigs = Partial<Record<LabClusterName, string>>;

/** Everything that asks for a permission of the page: first as it is made, then as it is changed. */
function programOf(scope: Scope, kubeconfigs: Kubeconfigs, changed: boolean): PulumiFn {
  const { namespace, project } = scope;
  const inCluster = (name: LabClusterName, identity: IdentityMode) => ({
    ...fromClusterName(name, { region: labCluster(scope, name).region, identity }),
    clusterName: name,
    kubeconfig: kubeconfigs[name]!,
  });
  const after: Partial<MultiClusterIrsaArgs> = {
    inlinePolicies: { queues: inlinePolicy("sqs:ListQueues") },
    role: { description: "changed", maxSessionDuration: 7200 },
    podIdentity: { settleSeconds: 0, disableSessionTags: true, allowClusterWideTrust: true },
    tags: { team: "b" },
  };
  return () => {
    const irsa = new MultiClusterIrsa(project, {
      clusters: [
        inCluster("ireland", IdentityMode.Irsa),
        { ...inCluster("virginia-blue", IdentityMode.Both), installAgent: true },
        ...(changed ? [inCluster("virginia-green", IdentityMode.Irsa)] : []),
      ],
      serviceAccounts: [
        { namespace, name: "reader" },
        { namespace: `${namespace}-made`, name: "writer", createNamespace: true, clusters: ["ireland"] },
      ],
      policyArns: changed ? {} : { s3Read: S3_READ },
      inlinePolicies: { topics: inlinePolicy("sns:ListTopics") },
      role: { description: "made", maxSessionDuration: 3600 },
      podIdentity: { settleSeconds: 0 },
      samplePod: {},
      verificationJob: {},
      tags: { team: "a", project },
      ...(changed && after),
    });
    return Promise.resolve({ roleArn: irsa.roleArn });
  };
}

describeEngine(
  "engine: a deployer who may do what docs/permissions.md says, and nothing else",
  (newScope) => {
    let scope: Scope;
    let deployer: Deployer;
    let gate: ActionGate;
    let up: OperationResult;
    let refused: OperationFailed;
    let changed: OperationResult;
    let left: unknown[];

    before(async () => {
      scope = await newScope({ pods: true });
      const { lab, namespace, project } = scope;
      deployer = await makeDeployer(lab, project);
      gate = await openActionGate(lab.aws.endpointUrl);
      const kubeconfigs: Kubeconfigs = {};
      for (const name of ["ireland", "virginia-blue", "virginia-green"] as const) {
        // Where the namespace is made too, no binding can be in it before.
        const everywhere = name === "ireland";
        kubeconfigs[name] = await deployerKubeconfig(labCluster(scope, name), namespace, everywhere);
      }
      const open = (program: PulumiFn): Promise<EngineStack> =>
        scope.open(program, {
          environment: {
            AWS_ENDPOINT_URL: gate.url,
            AWS_ACCESS_KEY_ID: deployer.accessKeyId,
            AWS_SECRET_ACCESS_KEY: deployer.secretAccessKey,
          },
        });
      await deployer.allow(enforceable(statementsOnPage(scope)));
      up = await (await open(programOf(scope, kubeconfigs, false))).up();
      await deployer.allow(enforceable(statementsOnPage(scope, "iam:UpdateAssumeRolePolicy")));
      const stack = await open(programOf(scope, kubeconfigs, true));
      refused = await failureOf(stack.up());
      await deployer.allow(enforceable(statementsOnPage(scope)));
      changed = await stack.up();
      await stack.destroy();
      const { deployment } = (await stack.exportState()) as { deployment: { resources?: unknown[] } };
      left = deployment.resources ?? [];
    });

    after(async () => {
      await gate.close();
      await deployer.remove();
    });

    it("makes, changes and deletes everything", () => {
      assert.ok((up.summary.create ?? 0) > 10);
      assert.ok(
        childChanges(changed).some((line) => line.startsWith("update aws:eks/podIdentityAssociation")),
      );
      assert.deepEqual(left, []);
    });

    it("is told by IAM which action is missing, and goes on when it is there", () => {
      assert.match(refused.message, /not authorized to perform: iam:UpdateAssumeRolePolicy/);
      assert.ok(childChanges(changed).includes(`update aws:iam/role:Role ${scope.project}`));
    });

    it("has called every action of the page, and no other but the one that needs no permission", () => {
      const onPage = actionsOf(statementsOnPage(scope)).filter((action) => action !== "iam:PassRole");
      assert.deepEqual([...gate.actions()].sort(), [...new Set([...onPage, "sts:GetCallerIdentity"])].sort());
    });
  },
);
