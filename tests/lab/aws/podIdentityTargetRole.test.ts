import {
  DeleteRolePolicyCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { ListBucketsCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import assert from "node:assert/strict";
import { eksClient, iamClient, s3Client } from "../../../lab/aws/clients";
import { assumeRoleForPodIdentity } from "../../../lab/aws/podIdentity/client";
import type { LabAccount } from "../../../lab/types";
import { createReaderRole, startTestAccount, type TestAccount } from "./account";
import { FakeCluster } from "./fakeCluster";
import { associate, exchanged, notAllowed, podsPolicy, podToken, tagged } from "./podIdentity";

const baseArn = "arn:aws:iam::123456789012:role/base";
const targetArn = "arn:aws:iam::210987654321:role/target";
const externalId = "us-east-1/123456789012/blue/default/untagged";

describe("AssumeRoleForPodIdentity with a target role in another account", () => {
  let account: TestAccount;
  let blue: FakeCluster;
  let other: LabAccount;

  before(async () => {
    blue = await FakeCluster.start("blue", "us-east-1", "A".repeat(32));
    account = await startTestAccount([blue]);
    other = account.aws.otherAccounts[0]!;
    await createReaderRole(account.iam, "base", podsPolicy());
    await createReaderRole(theirIam(), "target", toBase());
    const eks = eksClient(account.aws);
    for (const serviceAccount of ["s3-reader", "untagged"]) {
      await associate(eks, {
        clusterName: "blue",
        serviceAccount,
        roleArn: baseArn,
        targetRoleArn: targetArn,
        disableSessionTags: serviceAccount === "untagged",
      });
    }
  });

  after(async () => {
    await account.close();
    await blue.stop();
  });

  beforeEach(async () => {
    await mayAssume(["sts:AssumeRole", "sts:TagSession"]);
    await trust(toBase());
  });

  const theirIam = () => iamClient({ ...account.aws, ...other });
  /** A trust policy for the base role. */
  const toBase = (parts: Record<string, unknown> = {}) =>
    podsPolicy({ Principal: { AWS: baseArn }, ...parts });
  const trust = (document: string) =>
    theirIam().send(new UpdateAssumeRolePolicyCommand({ RoleName: "target", PolicyDocument: document }));
  const mayAssume = (Action: string[], parts: Record<string, unknown> = {}) =>
    account.iam.send(
      new PutRolePolicyCommand({
        RoleName: "base",
        PolicyName: "target",
        PolicyDocument: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action, Resource: targetArn, ...parts }],
        }),
      }),
    );
  const answerOf = async (serviceAccount = "s3-reader") =>
    exchanged(account.aws, blue, await podToken(blue, serviceAccount));

  it("gives a session of the target role for an hour, in its account", async () => {
    const call = { region: "us-east-1", cluster: "blue", token: await podToken(blue) };
    const before = Date.now();
    const session = await assumeRoleForPodIdentity(account.aws, call);
    assert.match(
      session.assumedRoleArn,
      /^arn:aws:sts::210987654321:assumed-role\/target\/eks-blue-s3-reader--/,
    );
    const minutes = (session.expiration.getTime() - before) / 60_000;
    assert.ok(minutes > 59 && minutes < 61, `${minutes} minutes`);
    const s3 = s3Client(account.aws, session.credentials);
    assert.equal((await s3.send(new ListBucketsCommand({}))).$metadata.httpStatusCode, 200);
    const put = s3.send(new PutObjectCommand({ Bucket: "reports", Key: "key", Body: "text" }));
    await assert.rejects(put, { name: "AccessDenied" });
  });

  const trusts: [what: string, parts: Record<string, unknown>, serviceAccount: string, lets: boolean][] = [
    ["the base role's tags", tagged("kubernetes-service-account", "s3-reader"), "s3-reader", true],
    ["another's tags", tagged("kubernetes-service-account", "writer"), "s3-reader", false],
    ["no sts:TagSession while there are tags", { Action: "sts:AssumeRole" }, "s3-reader", false],
    ["sts:AssumeRole alone without tags", { Action: "sts:AssumeRole" }, "untagged", true],
    ["tags where there are none", tagged("kubernetes-service-account", "untagged"), "untagged", false],
    [
      "the external ID without tags",
      { Action: "sts:AssumeRole", Condition: { StringEquals: { "sts:ExternalId": externalId } } },
      "untagged",
      true,
    ],
    [
      "another external ID",
      { Action: "sts:AssumeRole", Condition: { StringEquals: { "sts:ExternalId": `${externalId}2` } } },
      "untagged",
      false,
    ],
    ["the base role's account", { Principal: { AWS: "123456789012" } }, "s3-reader", true],
    ["the target's own account", { Principal: { AWS: "210987654321" } }, "s3-reader", false],
    [
      "EKS instead of the base role",
      { Principal: { Service: "pods.eks.amazonaws.com" } },
      "s3-reader",
      false,
    ],
  ];
  for (const [what, parts, serviceAccount, lets] of trusts) {
    it(`${lets ? "lets" : "refuses"} by the target's trust policy: ${what}`, async () => {
      await trust(toBase(parts));
      const answer = await answerOf(serviceAccount);
      if (lets) assert.match(answer, /^arn:aws:sts::210987654321:assumed-role\/target\//);
      else assert.equal(answer, notAllowed);
    });
  }

  describe("needs the base role's own policies to", () => {
    it("allow sts:AssumeRole", async () => {
      await mayAssume(["sts:TagSession"]);
      assert.equal(await answerOf(), notAllowed);
    });

    it("allow sts:TagSession while there are tags", async () => {
      await mayAssume(["sts:AssumeRole"]);
      assert.equal(await answerOf(), notAllowed);
      assert.match(await answerOf("untagged"), /^arn:/);
    });

    it("name the target", async () => {
      await mayAssume(["sts:*"], { Resource: `${targetArn}2` });
      assert.equal(await answerOf(), notAllowed);
    });

    it("hold by their conditions", async () => {
      const forNamespace = (value: string) => ({
        Condition: { StringEquals: { "aws:RequestTag/kubernetes-namespace": value } },
      });
      await mayAssume(["sts:*"], forNamespace("other"));
      assert.equal(await answerOf(), notAllowed);
      await mayAssume(["sts:*"], forNamespace("default"));
      assert.match(await answerOf(), /^arn:/);
    });

    it("be there", async () => {
      await account.iam.send(new DeleteRolePolicyCommand({ RoleName: "base", PolicyName: "target" }));
      assert.equal(await answerOf(), notAllowed);
    });
  });

  it("still needs the base role to trust EKS", async () => {
    const update = (document: string) =>
      account.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: "base", PolicyDocument: document }));
    await update(podsPolicy(tagged("kubernetes-namespace", "other")));
    assert.equal(await answerOf(), notAllowed);
    await update(podsPolicy());
  });

  it("refuses where there is no such target role", async () => {
    const eks = eksClient(account.aws);
    const input = { clusterName: "blue", serviceAccount: "lost", roleArn: baseArn };
    await mayAssume(["sts:*"], { Resource: "*" });
    await associate(eks, { ...input, targetRoleArn: `${targetArn}-2` });
    assert.equal(await answerOf("lost"), notAllowed);
  });
});
