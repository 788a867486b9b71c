import assert from "node:assert/strict";
import { Eks, EksRefusal } from "../../../lab/kubernetes/podIdentity/eks";
import { FakeEks, refusal } from "./fakeEks";

const cluster = { name: "ireland", region: "eu-west-1" };
const associations = "GET /clusters/ireland/pod-identity-associations?namespace=shop&serviceAccount=reader";
const addon = "GET /clusters/ireland/addons/eks-pod-identity-agent";
const assume = "POST /clusters/ireland/assume-role-for-pod-identity";

describe("what a cluster of the lab asks of EKS", () => {
  let fake: FakeEks;
  let eks: Eks;

  beforeEach(async () => {
    fake = await FakeEks.start();
    eks = new Eks();
    eks.open(fake.aws);
  });

  afterEach(() => fake.stop());

  const isAssociated = () => eks.hasAssociation(cluster, "shop", "reader");

  it("is not asked before AWS is there", async () => {
    const early = new Eks();
    assert.equal(await early.hasAssociation(cluster, "shop", "reader"), false);
    assert.equal(await early.hasAgent(cluster), false);
    await assert.rejects(early.assumeRoleForPodIdentity(cluster, "token"), /AWS is not there yet/);
  });

  it("is whether a ServiceAccount has an association", async () => {
    fake.answers.set(associations, { body: { associations: [] } });
    assert.equal(await isAssociated(), false);
    fake.answers.set(associations, { body: { associations: [{ associationId: "a-1" }] } });
    assert.equal(await isAssociated(), true);
    assert.deepEqual(fake.calls, Array(2).fill(`eks eu-west-1 ${associations}`));
  });

  it("has no association in a cluster that EKS does not know", async () => {
    assert.equal(await isAssociated(), false);
  });

  it("is not taken for a no when it fails", async () => {
    fake.answers.set(associations, refusal(403, "AccessDeniedException", "No."));
    await assert.rejects(isAssociated(), EksRefusal);
    fake.answers.set(addon, { status: 502, body: "no JSON of EKS's" });
    await assert.rejects(eks.hasAgent(cluster), EksRefusal);
  });

  for (const [status, isThere] of [
    ["ACTIVE", true],
    ["UPDATING", true],
    ["DEGRADED", true],
    ["CREATING", false],
    ["CREATE_FAILED", false],
    ["DELETING", false],
  ] as const) {
    it(`is whether there is an agent: ${status} says ${isThere ? "yes" : "no"}`, async () => {
      fake.answers.set(addon, { body: { addon: { status } } });
      assert.equal(await eks.hasAgent(cluster), isThere);
      assert.deepEqual(fake.calls, [`eks eu-west-1 ${addon}`]);
    });
  }

  it("has no agent where there is no add-on", async () => {
    assert.equal(await eks.hasAgent(cluster), false);
  });

  it("is credentials for a token, asked of EKS Auth", async () => {
    const body = {
      credentials: {
        accessKeyId: "ASIA1",
        secretAccessKey: "secret",
        sessionToken: "session",
        expiration: 1_800_000_000,
      },
      assumedRoleUser: { arn: "arn:aws:sts::210987654321:assumed-role/app/eks-ireland-app-1" },
    };
    fake.answers.set(assume, { body });
    assert.deepEqual(await eks.assumeRoleForPodIdentity(cluster, "token"), {
      accessKeyId: "ASIA1",
      secretAccessKey: "secret",
      sessionToken: "session",
      accountId: "210987654321",
      expires: 1_800_000_000_000,
    });
    assert.deepEqual(fake.calls, [`eks-auth eu-west-1 ${assume} {"token":"token"}`]);
  });

  it("comes back with EKS's own code and text when it is refused", async () => {
    fake.answers.set(
      assume,
      refusal(400, "InvalidTokenException:http://internal", "The token is not valid."),
    );
    await assert.rejects(eks.assumeRoleForPodIdentity(cluster, "token"), {
      status: 400,
      code: "InvalidTokenException",
      message: "The token is not valid.",
      requestId: "request-1",
    });
  });
});
