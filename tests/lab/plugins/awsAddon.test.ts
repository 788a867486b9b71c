import assert from "node:assert/strict";
import { InitFailedError, type Properties } from "../../../lab/plugins/shared/server";
import { context, eksError, FakeEks } from "./eksFakeApi";

const TYPE = "aws:eks/addon:Addon";
const AGENT = "eks-pod-identity-agent";
const ID = `blue:${AGENT}`;
const PATH = `/clusters/blue/addons/${AGENT}`;
const ROLE = "arn:aws:iam::111122223333:role/addon";
const INPUTS = { addonName: AGENT, clusterName: "blue", region: "eu-west-1", tagsAll: {} };
const STATE = {
  ...INPUTS,
  addonVersion: "v1.3.10-eksbuild.3",
  arn: `arn:aws:eks:eu-west-1:111122223333:addon/blue/${AGENT}/1`,
  configurationValues: "",
  createdAt: "2026-05-28T20:26:40Z",
  modifiedAt: "2026-05-28T20:26:40Z",
};

describe("the AWS stand-in: life of an Addon", () => {
  let eks: FakeEks;
  beforeEach(async () => (eks = await FakeEks.start()));
  afterEach(() => eks.stop());

  const create = async (inputs: Properties = {}) =>
    (await eks.plugin()).create(TYPE, { ...INPUTS, ...inputs }, context());
  const update = async (state: Properties, inputs: Properties) =>
    (await eks.plugin()).update(TYPE, ID, state, { ...INPUTS, ...inputs }, context());

  it("is made in its own region, and waited for until it is active", async () => {
    let looks = 0;
    eks.intercept = ({ method, path }) => {
      if (method !== "GET" || ++looks > 2) return undefined;
      const status = looks === 1 ? "CREATING" : "DEGRADED";
      return { status: 200, body: { addon: { ...eks.things.get(`eu-west-1 ${path}`), status } } };
    };
    const { id, state } = await create({ namespaceConfig: { namespace: "n" }, preserve: true });
    assert.equal(id, ID);
    assert.deepEqual(state, { ...STATE, namespaceConfig: { namespace: "n" }, preserve: true });
    assert.deepEqual(eks.log, [
      "POST eu-west-1 /clusters/blue/addons",
      ...Array.from({ length: 4 }, () => `GET eu-west-1 ${PATH}`),
    ]);
    const { clientRequestToken: _, ...sent } = eks.calls[0]?.body ?? {};
    assert.deepEqual(sent, { addonName: AGENT, namespaceConfig: { namespace: "n" } });
  });

  it("stays in the state, failed, when it does not become active", async () => {
    const issues = [{ code: "ConfigurationConflict", message: "one conflict", resourceIds: ["aws-node"] }];
    eks.intercept = ({ method }) =>
      method === "GET"
        ? { status: 200, body: { addon: { status: "CREATE_FAILED", health: { issues } } } }
        : undefined;
    await assert.rejects(create(), (error: unknown) => {
      assert.ok(error instanceof InitFailedError);
      assert.equal(error.id, ID);
      assert.equal(
        error.message,
        `waiting for EKS Add-On (${ID}) create: unexpected state 'CREATE_FAILED', wanted target 'ACTIVE'. ` +
          "last error: aws-node: ConfigurationConflict: one conflict",
      );
      return true;
    });
  });

  it("waits for a role that is not there yet, and for nothing else", async () => {
    let refusals = [eksError(400, "InvalidParameterException", "Role x does not exist")];
    eks.intercept = ({ method }) => (method === "POST" ? refusals.pop() : undefined);
    assert.equal((await create()).id, ID);
    refusals = Array.from({ length: 9 }, () =>
      eksError(409, "ResourceInUseException", "Addon already exists."),
    );
    await assert.rejects(create(), {
      message:
        `creating urn:pulumi:a::b::c::it: 1 error occurred:\n\t* creating EKS Add-On (${ID}): ` +
        "operation error EKS: CreateAddon, https response error StatusCode: 409, RequestID: request-1, " +
        "ResourceInUseException: Addon already exists.\n\n",
    });
    assert.equal(refusals.length, 8);
  });

  it("is updated by what changes, and its role goes along", async () => {
    const { state } = await create({ serviceAccountRoleArn: ROLE });
    eks.calls.length = 0;
    const after = await update(state, {
      addonVersion: "v2.0.0",
      serviceAccountRoleArn: ROLE,
      resolveConflictsOnUpdate: "OVERWRITE",
    });
    assert.equal(after.addonVersion, "v2.0.0");
    assert.deepEqual(eks.log, [`POST eu-west-1 ${PATH}/update`, `GET eu-west-1 ${PATH}`]);
    const { clientRequestToken: _, ...sent } = eks.calls[0]?.body ?? {};
    assert.deepEqual(sent, {
      addonVersion: "v2.0.0",
      serviceAccountRoleArn: ROLE,
      resolveConflicts: "OVERWRITE",
    });
  });

  it("is not called for a switch of the plugin's own, nor for tags alone", async () => {
    const { state } = await create();
    eks.calls.length = 0;
    assert.equal((await update(state, { preserve: true })).preserve, true);
    await update(state, { tags: { a: "1" }, tagsAll: { a: "1" } });
    assert.deepEqual(
      eks.log.filter((line) => !line.startsWith("GET")),
      [`POST eu-west-1 /tags/${STATE.arn}`],
    );
  });

  it("fails when the update fails, with a hint at conflicts", async () => {
    const { state } = await create();
    const errors = [{ errorCode: "ConfigurationConflict", errorMessage: "one", resourceIds: ["x"] }];
    eks.intercept = ({ path }) =>
      path.endsWith("/update")
        ? { status: 200, body: { update: { id: "u-7", status: "InProgress" } } }
        : path.includes("/updates/")
          ? { status: 200, body: { update: { id: "u-7", status: "Failed", errors } } }
          : undefined;
    await assert.rejects(update(state, { addonVersion: "v2.0.0" }), {
      message:
        `updating urn:pulumi:a::b::c::it: 1 error occurred:\n\t* waiting for EKS Add-On (${ID}) update (u-7): ` +
        "unexpected state 'Failed', wanted target 'Successful'. last error: x: ConfigurationConflict: one. " +
        'Consider setting resolve_conflicts_on_update to "OVERWRITE"\n\n',
    });
    assert.equal(eks.log.at(-1), "GET eu-west-1 /clusters/blue/updates/u-7");
    assert.deepEqual(eks.calls.at(-1)?.query, { addonName: AGENT });
  });

  it("reads its own associations one by one", async () => {
    const { state } = await create();
    const kept = eks.things.get(`eu-west-1 ${PATH}`) ?? {};
    kept.podIdentityAssociations = ["arn:aws:eks:eu-west-1:111122223333:podidentityassociation/blue/a-1"];
    const association = { roleArn: ROLE, serviceAccount: "s", namespace: "kube-system" };
    eks.things.set("eu-west-1 /clusters/blue/pod-identity-associations/a-1", association);
    const read = await (await eks.plugin()).read(TYPE, ID, state, INPUTS);
    assert.deepEqual(read?.state.podIdentityAssociations, [{ roleArn: ROLE, serviceAccount: "s" }]);
  });

  it("is imported by cluster and name, and is gone where EKS does not find it", async () => {
    await create();
    const plugin = await eks.plugin();
    const read = await plugin.read(TYPE, `${ID}@eu-west-1`, {}, {});
    const { tagsAll: _, ...inputs } = INPUTS;
    assert.deepEqual(read, {
      id: ID,
      state: STATE,
      inputs: { ...inputs, addonVersion: STATE.addonVersion, __defaults: [] },
    });
    assert.equal(await plugin.read(TYPE, ID, {}, {}), undefined);
    await assert.rejects(plugin.read(TYPE, "blue", {}, {}), {
      message: "unexpected format for ID (blue), expected cluster-name:addon-name",
    });
  });

  it("is deleted and waited for, its pods kept where that is wanted; gone already is fine", async () => {
    const { state } = await create();
    eks.calls.length = 0;
    const plugin = await eks.plugin();
    await plugin.delete(TYPE, ID, { ...state, preserve: true }, context());
    await plugin.delete(TYPE, ID, state, context());
    assert.deepEqual(eks.log, [
      `DELETE eu-west-1 ${PATH}`,
      `GET eu-west-1 ${PATH}`,
      `DELETE eu-west-1 ${PATH}`,
    ]);
    assert.deepEqual(
      [eks.calls[0]?.query, eks.calls[2]?.query],
      [{ preserve: "true" }, { preserve: "false" }],
    );
  });
});
