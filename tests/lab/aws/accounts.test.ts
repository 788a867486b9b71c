import { CreateClusterCommand, DescribeClusterCommand, type EKSClient } from "@aws-sdk/client-eks";
import { GetRoleCommand, ListRolesCommand, type IAMClient } from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import assert from "node:assert/strict";
import { assumeWithWebIdentity, eksClient, iamClient, stsClient } from "../../../lab/aws/clients";
import type { LabAccount } from "../../../lab/types";
import { createProvider, createReaderRole, startTestAccount, trustPolicy, type TestAccount } from "./account";
import { FakeCluster } from "./fakeCluster";

describe("accounts beside the lab's own", () => {
  let own: TestAccount;
  let cluster: FakeCluster;
  const open: { destroy: () => void }[] = [];

  before(async () => {
    cluster = await FakeCluster.start("blue", "us-east-1", "A".repeat(32));
    own = await startTestAccount([cluster]);
  });

  after(async () => {
    for (const client of open) client.destroy();
    await own.close();
    await cluster.stop();
  });

  const other = (accountId: string): LabAccount => {
    const found = own.aws.otherAccounts.find((account) => account.accountId === accountId);
    assert.ok(found);
    return found;
  };
  const endpoint = (account: LabAccount) => ({ endpointUrl: own.aws.endpointUrl, ...account });
  const kept = <Client extends { destroy: () => void }>(client: Client): Client => {
    open.push(client);
    return client;
  };
  const iamOf = (account: LabAccount): IAMClient => kept(iamClient(endpoint(account), account.region));
  const eksOf = (account: LabAccount): EKSClient => kept(eksClient(endpoint(account), cluster.region));

  /** A role of this account that trusts the cluster's provider in this account, whether there is one or not. */
  async function readerRole(account: LabAccount): Promise<string> {
    const policy = trustPolicy(cluster).replaceAll(
      "arn:aws:iam::123456789012:",
      `arn:${account.partition}:iam::${account.accountId}:`,
    );
    return createReaderRole(iamOf(account), "reader", policy, account.partition);
  }

  it("are two of one partition, and one in each of two others", () => {
    assert.deepEqual(
      own.aws.otherAccounts.map(({ accountId, partition, region }) => `${accountId} ${partition} ${region}`),
      [
        "210987654321 aws us-east-1",
        "321098765432 aws eu-west-1",
        "432109876543 aws-cn cn-north-1",
        "543210987654 aws-us-gov us-gov-west-1",
      ],
    );
  });

  it("each have an administrator of their own, who is nobody in another one", async () => {
    for (const account of own.aws.otherAccounts) {
      const sts = kept(stsClient(endpoint(account), account.region));
      const { Account, Arn } = await sts.send(new GetCallerIdentityCommand({}));
      assert.equal(Account, account.accountId);
      assert.equal(Arn, `arn:${account.partition}:iam::${account.accountId}:user/lab-admin`);
    }
    const china = other("432109876543");
    const elsewhere = kept(iamClient(endpoint(china), "us-east-1"));
    await assert.rejects(elsewhere.send(new ListRolesCommand({})), { name: "InvalidClientTokenId" });
  });

  it("know nothing of each other's roles and clusters", async () => {
    const [first, second] = [other("210987654321"), other("321098765432")];
    const roleArn = `arn:aws:iam::${first.accountId}:role/eks-cluster`;
    await eksOf(first).send(new CreateClusterCommand({ name: "blue", roleArn, resourcesVpcConfig: {} }));
    const described = await eksOf(first).send(new DescribeClusterCommand({ name: "blue" }));
    assert.equal(described.cluster?.identity?.oidc?.issuer, cluster.issuerUrl);
    await assert.rejects(eksOf(second).send(new DescribeClusterCommand({ name: "blue" })), {
      name: "ResourceNotFoundException",
      message: "No cluster found for name: blue.",
    });
    await assert.rejects(iamOf(second).send(new GetRoleCommand({ RoleName: "eks-node" })), {
      name: "NoSuchEntityException",
    });
  });

  it("give a role to a token only where the ROLE's account has the issuer's provider", async () => {
    const account = other("210987654321");
    await createProvider(own.iam, cluster);
    const roleArn = await readerRole(account);
    const token = await cluster.token();
    assert.deepEqual(await assumeWithWebIdentity(own.aws, { roleArn, token }), {
      ok: false,
      code: "InvalidIdentityToken",
      message: `No OpenIDConnect provider found in your account for ${cluster.issuerUrl}`,
      status: 400,
    });
    await createProvider(iamOf(account), cluster);
    const result = await assumeWithWebIdentity(own.aws, { roleArn, token, sessionName: "pod" });
    assert.ok(result.ok);
    assert.equal(result.assumedRoleArn, "arn:aws:sts::210987654321:assumed-role/reader/pod");
  });

  for (const [accountId, partition] of [
    ["432109876543", "aws-cn"],
    ["543210987654", "aws-us-gov"],
  ] as const) {
    it(`mint sessions of their own partition: ${partition}`, async () => {
      const account = other(accountId);
      await createProvider(iamOf(account), cluster);
      const roleArn = await readerRole(account);
      assert.equal(roleArn, `arn:${partition}:iam::${accountId}:role/reader`);
      const call = { roleArn, token: await cluster.token(), sessionName: "pod" };
      const result = await assumeWithWebIdentity(own.aws, call);
      assert.ok(result.ok);
      const sts = kept(stsClient(endpoint(account), account.region, result.credentials));
      const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
      assert.equal(Arn, `arn:${partition}:sts::${accountId}:assumed-role/reader/pod`);
      const inOtherPartition = { ...call, roleArn: roleArn.replace(`:${partition}:`, ":aws:") };
      const refused = await assumeWithWebIdentity(own.aws, inOtherPartition);
      assert.equal(refused.ok ? "" : refused.code, "InvalidIdentityToken");
    });
  }
});
