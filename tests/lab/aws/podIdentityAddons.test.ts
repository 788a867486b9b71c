import * as eksApi from "@aws-sdk/client-eks";
import assert from "node:assert/strict";
import { eksClient } from "../../../lab/aws/clients";
import { startTestAccount, type TestAccount } from "./account";
import { FakeCluster } from "./fakeCluster";
import { assertEksRefuses } from "./podIdentity";

const clusterName = "blue";
const addonName = "eks-pod-identity-agent";

describe("add-ons of EKS", () => {
  let account: TestAccount;
  let blue: FakeCluster;
  let eks: eksApi.EKSClient;

  before(async () => {
    blue = await FakeCluster.start("blue", "us-east-1", "A".repeat(32));
    account = await startTestAccount([blue]);
    eks = eksClient(account.aws);
  });

  after(async () => {
    eks.destroy();
    await account.close();
    await blue.stop();
  });

  const create = (changes: Partial<eksApi.CreateAddonCommandInput> = {}) =>
    eks.send(new eksApi.CreateAddonCommand({ clusterName, addonName, ...changes }));
  const describeIt = () => eks.send(new eksApi.DescribeAddonCommand({ clusterName, addonName }));
  const remove = () => eks.send(new eksApi.DeleteAddonCommand({ clusterName, addonName }));
  const list = async (name = clusterName) =>
    (await eks.send(new eksApi.ListAddonsCommand({ clusterName: name }))).addons;
  const notFound = "ResourceNotFoundException 404: No addon: eks-pod-identity-agent found in cluster: blue";

  it("are made, ACTIVE at once, updated and deleted", async () => {
    assert.deepEqual(await list(), []);
    await assertEksRefuses(describeIt(), notFound);
    const { addon } = await create({ tags: { team: "a" }, configurationValues: "{}" });
    assert.equal(addon?.status, "ACTIVE");
    assert.match(
      addon.addonArn ?? "",
      /^arn:aws:eks:us-east-1:123456789012:addon\/blue\/eks-pod-identity-agent\/[0-9a-f-]{36}$/,
    );
    assert.match(addon.addonVersion ?? "", /^v\d+\.\d+\.\d+-eksbuild\.\d+$/);
    assert.deepEqual([addon.tags, addon.configurationValues], [{ team: "a" }, "{}"]);
    assert.deepEqual((await describeIt()).addon, addon);
    assert.deepEqual(await list(), [addonName]);
    await assertEksRefuses(create(), "ResourceInUseException 409: Addon already exists.");

    const change = { clusterName, addonName, addonVersion: "v1.3.9-eksbuild.5" };
    const { update } = await eks.send(new eksApi.UpdateAddonCommand(change));
    assert.deepEqual([update?.status, update?.type], ["Successful", "AddonUpdate"]);
    assert.equal((await describeIt()).addon?.addonVersion, "v1.3.9-eksbuild.5");

    assert.equal((await remove()).addon?.status, "DELETING");
    assert.deepEqual(await list(), []);
    await assertEksRefuses(remove(), notFound);
  });

  it("are the agent's and no others", () =>
    assertEksRefuses(
      create({ addonName: "vpc-cni" }),
      "NotImplementedException 501: The lab's EKS has no add-on but eks-pod-identity-agent.",
    ));

  it("take nothing that the lab would ignore", () =>
    assertEksRefuses(
      create({ podIdentityAssociations: [{ serviceAccount: "a", roleArn: "b" }] }),
      "NotImplementedException 501: The lab's EKS does not know podIdentityAssociations.",
    ));

  it("need a cluster", () =>
    assertEksRefuses(list("green"), "ResourceNotFoundException 404: No cluster found for name: green."));
});
