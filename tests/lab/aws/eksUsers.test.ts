import { ListAddonsCommand } from "@aws-sdk/client-eks";
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import assert from "node:assert/strict";
import { eksClient } from "../../../lab/aws/clients";
import { createReaderRole, startTestAccount, type TestAccount } from "./account";
import { FakeCluster } from "./fakeCluster";
import { assertEksRefuses, associate, podsPolicy } from "./podIdentity";

const CLUSTER_ARN = "arn:aws:eks:us-east-1:123456789012:cluster/blue";
const list = new ListAddonsCommand({ clusterName: "blue" });

describe("users who call EKS", () => {
  let account: TestAccount;
  let blue: FakeCluster;
  let roleArn: string;
  let key: { accessKeyId: string; secretAccessKey: string };

  before(async () => {
    blue = await FakeCluster.start("blue", "us-east-1", "A".repeat(32));
    account = await startTestAccount([blue]);
    roleArn = await createReaderRole(account.iam, "reader", podsPolicy());
    await account.iam.send(new CreateUserCommand({ UserName: "user" }));
    const { AccessKey: made } = await account.iam.send(new CreateAccessKeyCommand({ UserName: "user" }));
    key = { accessKeyId: made?.AccessKeyId ?? "", secretAccessKey: made?.SecretAccessKey ?? "" };
  });

  after(async () => {
    await account.close();
    await blue.stop();
  });

  const user = () => eksClient({ ...account.aws, ...key });
  const allow = (...statements: object[]) => {
    const Statement = statements.map((one) => ({ Effect: "Allow", ...one }));
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    return account.iam.send(
      new PutUserPolicyCommand({ UserName: "user", PolicyName: "own", PolicyDocument }),
    );
  };
  const denied = (action: string, resource: string) =>
    `AccessDeniedException 403: User: arn:aws:iam::123456789012:user/user is not authorized to perform: ${action} on resource: ${resource}`;

  it("may do nothing that no policy of theirs allows", async () => {
    await assertEksRefuses(user().send(list), denied("eks:ListAddons", CLUSTER_ARN));
  });

  it("may do what a policy allows, on the resources that it names", async () => {
    await allow({ Action: "eks:ListAddons", Resource: CLUSTER_ARN });
    assert.deepEqual((await user().send(list)).addons, []);
    await allow({ Action: "eks:ListAddons", Resource: `${CLUSTER_ARN}s` });
    await assertEksRefuses(user().send(list), denied("eks:ListAddons", CLUSTER_ARN));
  });

  it("give an association no role that they may not pass to EKS's pods", async () => {
    const create = { Action: "eks:CreatePodIdentityAssociation", Resource: CLUSTER_ARN };
    const passing = (service: string) => ({
      Action: "iam:PassRole",
      Resource: roleArn,
      Condition: { StringEquals: { "iam:PassedToService": service } },
    });
    const wanted = { clusterName: "blue", roleArn };
    for (const statements of [[create], [create, passing("ec2.amazonaws.com")]]) {
      await allow(...statements);
      await assertEksRefuses(associate(user(), wanted), denied("iam:PassRole", roleArn));
    }
    await allow(create, passing("pods.eks.amazonaws.com"));
    assert.equal((await associate(user(), wanted)).roleArn, roleArn);
  });

  it("are nobody with another secret, or once their key is deleted", async () => {
    const forged = eksClient({ ...account.aws, ...key, secretAccessKey: "x".repeat(40) });
    await assert.rejects(forged.send(list), { name: "InvalidSignatureException" });
    const { accessKeyId: AccessKeyId } = key;
    await account.iam.send(new DeleteAccessKeyCommand({ UserName: "user", AccessKeyId }));
    await assert.rejects(user().send(list), { name: "UnrecognizedClientException" });
  });
});
