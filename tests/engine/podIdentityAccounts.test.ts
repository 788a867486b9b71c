import assert from "node:assert/strict";
import { UpdateAssumeRolePolicyCommand } from "@aws-sdk/client-iam";
import * as aws from "@pulumi/aws";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { MultiClusterIrsa, type PodIdentitySettings } from "../../index";
import { iamClient } from "../../lab/aws/clients";
import { assumeRoleForPodIdentity } from "../../lab/aws/podIdentity/client";
import { completedInOrder, stepsOf } from "../../lab/engine/journal";
import type { EngineStack, OperationResult } from "../../lab/engine/workspace";
import { clusterApi } from "../../lab/kubernetes/client";
import { requestToken } from "../../lab/kubernetes/tokens";
import type { LabAccount } from "../../lab/types";
import { describeEngine, type Scope } from "./lab";
import { associateByHand, associationsIn, awsOnly, inMode, labCluster, OPEN_TRUST } from "./podIdentityFleet";
import { childChanges, failureOf, roleInIam, TYPE } from "./support";

/** The account of the target role; the clusters are in the lab's own. */
function targetAccount({ lab }: Scope): LabAccount {
  const [account] = lab.aws.otherAccounts;
  if (account === undefined) throw new Error("the lab has one account only");
  return account;
}

function providerOf(name: string, account: Omit<LabAccount, "partition" | "region">): aws.Provider {
  const { accessKeyId: accessKey, secretAccessKey: secretKey } = account;
  return new aws.Provider(name, { accessKey, secretKey, region: "us-east-1" });
}

/** Makes a ServiceAccount and a pod that no node takes, whose token names both. */
async function tokenOf(scope: Scope, serviceAccount: string): Promise<string> {
  const { namespace } = scope;
  const cluster = labCluster(scope, "ireland");
  const { core } = clusterApi(cluster);
  await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name: serviceAccount } } });
  const { metadata } = await core.createNamespacedPod({
    namespace,
    body: {
      metadata: { name: serviceAccount },
      spec: {
        serviceAccountName: serviceAccount,
        schedulerName: "nobody",
        containers: [{ name: "app", image: "app" }],
      },
    },
  });
  const pod = { name: serviceAccount, uid: metadata?.uid ?? "" };
  return requestToken(cluster, namespace, serviceAccount, { audience: "pods.eks.amazonaws.com", pod });
}

describeEngine("engine: clusters of one account, and the role in another", (newScope) => {
  let scope: Scope;
  let stack: EngineStack;
  let target: string;
  let up: OperationResult;
  let again: OperationResult;
  let tagsOff: OperationResult;
  let destroyed: OperationResult;
  const answers: Record<"tags" | "openBase" | "externalId", string[]>[] = [];
  let ireland: Record<string, { externalId?: string }>;
  let rolesLeft: unknown[];

  const programOf =
    (settings: PodIdentitySettings): PulumiFn =>
    () => {
      const clusters = [inMode(scope, "ireland"), inMode(scope, "virginia-blue")];
      const { accountId } = scope.lab.aws;
      const podIdentity = { targetRoleArn: target, settleSeconds: 0, ...settings };
      const base = new MultiClusterIrsa("base", awsOnly(scope, clusters, ["reader"], { podIdentity }), {
        provider: providerOf("clusters", scope.lab.aws),
      });
      const { disableSessionTags = false } = settings;
      const baseRole = { arn: base.roleArn, disableSessionTags };
      const data = new MultiClusterIrsa(
        "data",
        awsOnly(
          scope,
          clusters.map((cluster) => ({ ...cluster, accountId, baseRole })),
          ["reader"],
          { role: { name: scope.project } },
        ),
        { provider: providerOf("data", targetAccount(scope)) },
      );
      return Promise.resolve({
        base: base.roleArn,
        baseName: base.roleName,
        target: data.roleArn,
        trust: data.trustPolicyJson,
      });
    };

  /** What the two pods are: the session's role, or the error's name. */
  async function identities(tokens: string[]): Promise<string[]> {
    const asked = tokens.map((token) =>
      assumeRoleForPodIdentity(scope.lab.aws, { region: "eu-west-1", cluster: "ireland", token }).then(
        ({ assumedRoleArn }) => assumedRoleArn.split("/").slice(0, -1).join("/"),
        (error: unknown) => (error as { code?: string }).code ?? String(error),
      ),
    );
    return Promise.all(asked);
  }

  before(async () => {
    scope = await newScope();
    target = `arn:aws:iam::${targetAccount(scope).accountId}:role/${scope.project}`;
    const tokens = [await tokenOf(scope, "reader"), await tokenOf(scope, "stranger")];
    const note = async (kind: keyof (typeof answers)[number]) => {
      answers.push({ tags: [], openBase: [], externalId: [], [kind]: await identities(tokens) });
    };
    stack = await scope.open(programOf({}));
    up = await stack.up();
    again = await stack.preview();
    const roleArn = String(up.outputs.base);
    await associateByHand(scope, "ireland", { serviceAccount: "stranger", roleArn, targetRoleArn: target });
    await note("tags");
    await openRole(scope, String(up.outputs.baseName));
    await note("openBase");
    tagsOff = await stack.up(programOf({ disableSessionTags: true, allowClusterWideTrust: true }));
    await note("externalId");
    ireland = await associationsIn(scope, "ireland");
    destroyed = await stack.destroy();
    rolesLeft = [
      await roleInIam(scope.lab, String(up.outputs.baseName)),
      await roleInIam({ aws: { ...scope.lab.aws, ...targetAccount(scope) } }, scope.project),
    ];
  });

  it("is made by one up from nothing: the base role first, since IAM knows no principal that is not there", () => {
    const role = (name: string) => ({ op: "create", type: TYPE.role, name });
    assert.ok(completedInOrder(up, role("base"), role(`data/${scope.project}`)));
    assert.deepEqual(stepsOf(up, { type: TYPE.association }).length, 2);
    assert.deepEqual(childChanges(again), []);
    assert.equal(up.outputs.target, target);
  });

  it("gives the pod of the bound ServiceAccount a session of the target role", () => {
    const session = `arn:aws:sts::${targetAccount(scope).accountId}:assumed-role/${scope.project}`;
    const refused = "AccessDeniedException";
    assert.deepEqual(answers, [
      { tags: [session, refused], openBase: [], externalId: [] },
      { tags: [], openBase: [session, refused], externalId: [] },
      { tags: [], openBase: [], externalId: [session, refused] },
    ]);
  });

  it("asks for the external ID that EKS really has, where the session tags are off", () => {
    const { accountId } = scope.lab.aws;
    const id = `eu-west-1/${accountId}/ireland/${scope.namespace}/reader`;
    assert.equal(ireland.reader?.externalId, id);
    assert.match(String(tagsOff.outputs.trust), new RegExp(`"sts:ExternalId":\\[[^\\]]*"${id}"`));
    assert.ok(childChanges(tagsOff).includes(`update ${TYPE.role} data/${scope.project}`));
  });

  it("leaves nothing behind a destroy, in neither account", () => {
    assert.ok(
      completedInOrder(
        destroyed,
        { op: "delete", type: TYPE.role, name: `data/${scope.project}` },
        { op: "delete", type: TYPE.role, name: "base" },
      ),
    );
    assert.deepEqual(rolesLeft, [undefined, undefined]);
  });
});

/** Lets every association of the account have a role. */
async function openRole({ lab }: Scope, RoleName: string): Promise<void> {
  const PolicyDocument = OPEN_TRUST;
  await iamClient(lab.aws).send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
}

describeEngine("engine: Pod Identity by the names of a program, and accounts", (newScope) => {
  let scope: Scope;
  let stack: EngineStack;

  before(async () => {
    scope = await newScope();
    stack = await scope.open(() => Promise.resolve({}));
  });

  /** Two components for one cluster, each with its binding, in these accounts. */
  const twoOf =
    (accounts: (Scope["lab"]["aws"] | LabAccount)[], bindings: string[]): PulumiFn =>
    () => {
      const clusters = [inMode(scope, "ireland", undefined, { installAgent: true })];
      accounts.forEach((account, index) => {
        new MultiClusterIrsa(`app-${index}`, awsOnly(scope, clusters, [bindings[index] ?? ""]), {
          provider: providerOf(`account-${index}`, account),
        });
      });
      return Promise.resolve({});
    };

  it("a cluster of another account is refused in the preview, and told of the base role", async () => {
    const { message } = await failureOf(
      stack.preview(() => {
        const clusters = [inMode(scope, "ireland", undefined, { accountId: targetAccount(scope).accountId })];
        new MultiClusterIrsa("app", awsOnly(scope, clusters, ["reader"]));
        return Promise.resolve({});
      }),
    );
    const { accountId } = scope.lab.aws;
    assert.match(
      message,
      new RegExp(
        `clusters\\[0\\]\\.accountId is "?${targetAccount(scope).accountId}.*${accountId}.*podIdentity\\.targetRoleArn`,
      ),
    );
  });

  it("the agent is installed by one component of a program, and the second is refused", async () => {
    const { message } = await failureOf(
      stack.preview(twoOf([scope.lab.aws, scope.lab.aws], ["reader", "writer"])),
    );
    assert.match(
      message,
      /clusters\[0\]\.installAgent is set, and MultiClusterIrsa "app-0" in this program installs the agent in arn:aws:eks:eu-west-1:\d+:cluster\/ireland already/,
    );
  });

  it("clusters of one name in two accounts are two clusters", async () => {
    const preview = await stack.preview(twoOf([scope.lab.aws, targetAccount(scope)], ["reader", "reader"]));
    assert.equal(stepsOf(preview, { op: "create", type: TYPE.association }).length, 2);
    assert.equal(stepsOf(preview, { op: "create", type: TYPE.addon }).length, 2);
  });
});
