import assert from "node:assert/strict";
import type { Properties } from "../../../lab/plugins/shared/server";
import { FakeEks } from "./eksFakeApi";

const FUNCTION = "aws:eks/getCluster:getCluster";

describe("the AWS stand-in: getCluster", () => {
  let eks: FakeEks;
  beforeEach(async () => (eks = await FakeEks.start()));
  afterEach(() => eks.stop());

  async function getCluster(cluster: Record<string, unknown>, args: Properties = {}): Promise<Properties> {
    eks.intercept = () => ({ status: 200, body: { cluster } });
    const answer = await (await eks.plugin()).invoke(FUNCTION, { name: "blue", ...args });
    assert.ok("result" in answer);
    return answer.result;
  }

  it("gives empty lists for what EKS says nothing of", async () => {
    const { accessConfigs, computeConfigs, storageConfigs, upgradePolicies, zonalShiftConfigs, ...rest } =
      await getCluster({ name: "blue" });
    for (const list of [accessConfigs, computeConfigs, storageConfigs, upgradePolicies, zonalShiftConfigs]) {
      assert.deepEqual(list, []);
    }
    assert.equal(rest.deletionProtection, false);
  });

  it("tells a cluster in Auto Mode", async () => {
    const answer = await getCluster({
      accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: true },
      computeConfig: {
        enabled: true,
        nodePools: ["system"],
        nodeRoleArn: "arn:aws:iam::111122223333:role/node",
      },
      deletionProtection: true,
      storageConfig: { blockStorage: { enabled: true } },
      upgradePolicy: { supportType: "STANDARD" },
      zonalShiftConfig: { enabled: true },
    });
    assert.deepEqual(answer.accessConfigs, [
      { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: true },
    ]);
    assert.deepEqual(answer.computeConfigs, [
      { enabled: true, nodePools: ["system"], nodeRoleArn: "arn:aws:iam::111122223333:role/node" },
    ]);
    assert.equal(answer.deletionProtection, true);
    assert.deepEqual(answer.storageConfigs, [{ blockStorages: [{ enabled: true }] }]);
    assert.deepEqual(answer.upgradePolicies, [{ supportType: "STANDARD" }]);
    assert.deepEqual(answer.zonalShiftConfigs, [{ enabled: true }]);
  });

  it("looks in the region that it is given, else in the provider's", async () => {
    assert.equal((await getCluster({}, { region: "eu-west-1" })).region, "eu-west-1");
    assert.equal((await getCluster({})).region, "us-east-1");
    assert.deepEqual(eks.log, ["GET eu-west-1 /clusters/blue", "GET us-east-1 /clusters/blue"]);
  });
});
