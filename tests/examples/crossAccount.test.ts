import assert from "node:assert/strict";
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DetachRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { iamClient } from "../../lab/aws/clients";
import { completedInOrder } from "../../lab/engine/journal";
import type { OperationResult } from "../../lab/engine/workspace";
import { answerTo, podHolder, type Holder } from "../engine/exchange";
import { describeEngine, type Scope } from "../engine/lab";
import { labCluster } from "../engine/podIdentityFleet";
import { deletePod, makePod } from "../engine/pods";
import { allProviderArns, childChanges, providerArn, roleInIam, TYPE } from "../engine/support";
import { openExample, type Example } from "./runExample";

const DEPLOYER = { RoleName: "deployer", PolicyArn: "arn:aws:iam::aws:policy/IAMFullAccess" };

/** IAM of the account of the data. */
function dataAccountOf({ lab }: Scope) {
  const account = { ...lab.aws, ...lab.aws.otherAccounts[0]! };
  return { accountId: account.accountId, iam: iamClient(account), lab: { aws: account } };
}

/** Makes the role that the stack works by in the account of the data. */
async function makeDeployer(scope: Scope): Promise<void> {
  const { iam } = dataAccountOf(scope);
  const trust = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${scope.lab.aws.accountId}:root` },
        Action: "sts:AssumeRole",
      },
    ],
  };
  const { RoleName } = DEPLOYER;
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }));
  await iam.send(new AttachRolePolicyCommand(DEPLOYER));
}

async function deleteDeployer(scope: Scope): Promise<void> {
  const { iam } = dataAccountOf(scope);
  await iam.send(new DetachRolePolicyCommand(DEPLOYER));
  await iam.send(new DeleteRoleCommand({ RoleName: DEPLOYER.RoleName }));
}

describeEngine("example: cross-account", (newScope) => {
  let scope: Scope;
  let example: Example;
  let preview: OperationResult;
  let up: OperationResult;
  let again: OperationResult;
  let destroyed: OperationResult;
  let answers: string[];
  let providers: Record<"clusters" | "data", string[]>;
  let left: unknown[];

  before(async () => {
    scope = await newScope({ pods: true });
    await makeDeployer(scope);
    const data = dataAccountOf(scope);
    example = await openExample(scope, "cross-account");
    preview = await example.preview();
    up = await example.up();
    const [roleArn, baseRoleArn] = [String(up.outputs.roleArn), String(up.outputs.baseRoleArn)];
    const pod = await makePod(labCluster(scope, "ireland"), "default", "s3-reader");
    const ask = (holder: Holder) => answerTo(scope.lab, roleArn, holder);
    answers = [
      await ask({ cluster: "virginia-blue", namespace: "default", name: "s3-reader" }),
      await ask(podHolder(pod)),
      await ask({ cluster: "virginia-blue", namespace: "default", name: "default" }),
      // It has no OIDC provider: its tokens are of no use beside its associations.
      await ask({ cluster: "ireland", namespace: "default", name: "s3-reader" }),
    ];
    await deletePod(pod);
    providers = { clusters: await allProviderArns(scope.lab), data: await allProviderArns(data.lab) };
    again = await example.preview();
    destroyed = await example.destroy();
    left = [
      await roleInIam(scope.lab, "data-reader"),
      await roleInIam(scope.lab, baseRoleArn.split("/").pop()!),
      await roleInIam(data.lab, "data-reader"),
      ...(await allProviderArns(data.lab)),
    ];
  });

  after(() => deleteDeployer(scope));

  it("previews what its README shows", () => {
    example.assertShown(preview);
  });

  it("gives both the one role in the account of the data, each by its own way, and nobody else", () => {
    const { accountId } = dataAccountOf(scope);
    assert.equal(up.outputs.roleArn, `arn:aws:iam::${accountId}:role/data-reader`);
    const [blue, eu, other, withoutAssociation] = answers;
    assert.deepEqual([blue, eu], ["session", "session"]);
    assert.equal(other, "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity");
    assert.match(
      withoutAssociation!,
      /^InvalidIdentityToken: No OpenIDConnect provider found in your account/,
    );
  });

  it("makes the OIDC provider in the account of the data, and none in the clusters'", () => {
    const { issuerUrl } = scope.clusters["virginia-blue"];
    assert.deepEqual(providers.data, [providerArn(dataAccountOf(scope).lab, issuerUrl)]);
    assert.ok(!providers.clusters.includes(providerArn(scope.lab, issuerUrl)));
  });

  it("makes the base role before the role that names it, and has nothing to do in a second preview", () => {
    const role = (name: string) => ({ op: "create", type: TYPE.role, name });
    assert.ok(completedInOrder(up, role("base"), role("data/data-reader")));
    assert.deepEqual(childChanges(again), []);
  });

  it("leaves nothing behind in either account", () => {
    assert.ok(destroyed.summary.delete! > 0);
    assert.deepEqual(left, [undefined, undefined, undefined]);
  });
});
