import assert from "node:assert/strict";
import { UNKNOWN, type Properties } from "../../../lab/plugins/shared/server";
import { context, eksError, FakeEks } from "./eksFakeApi";

const TYPE = "aws:eks/podIdentityAssociation:PodIdentityAssociation";
const ID = "a-1234567890abcdefg";
const ARN = `arn:aws:eks:eu-west-1:111122223333:podidentityassociation/blue/${ID}`;
const PATH = "/clusters/blue/pod-identity-associations";
const ROLE = "arn:aws:iam::111122223333:role/app";
const TARGET = "arn:aws:iam::444455556666:role/target";
const POLICY = '{"Version":"2012-10-17","Statement":[]}';
const INPUTS = {
  clusterName: "blue",
  namespace: "apps",
  region: "eu-west-1",
  roleArn: ROLE,
  serviceAccount: "reader",
  tagsAll: {},
};
const STATE = { ...INPUTS, associationArn: ARN, associationId: ID, disableSessionTags: false };

describe("the AWS stand-in: life of a PodIdentityAssociation", () => {
  let eks: FakeEks;
  beforeEach(async () => (eks = await FakeEks.start()));
  afterEach(() => eks.stop());

  const create = async (inputs: Properties = {}) =>
    (await eks.plugin()).create(TYPE, { ...INPUTS, ...inputs }, context());

  it("is made in its own region, not the provider's", async () => {
    const { id, state } = await create({ targetRoleArn: TARGET, tags: { a: "1" }, tagsAll: { a: "1" } });
    assert.equal(id, ID);
    assert.deepEqual(state, {
      ...STATE,
      externalId: "eu-west-1/111122223333/blue/apps/reader",
      tags: { a: "1" },
      tagsAll: { a: "1" },
      targetRoleArn: TARGET,
    });
    assert.deepEqual(eks.log, [`POST eu-west-1 ${PATH}`, `GET eu-west-1 ${PATH}/${ID}`]);
    const { clientRequestToken: token, ...sent } = eks.calls[0]?.body ?? {};
    assert.match(String(token), /./);
    assert.deepEqual(sent, {
      disableSessionTags: false,
      namespace: "apps",
      roleArn: ROLE,
      serviceAccount: "reader",
      tags: { a: "1" },
      targetRoleArn: TARGET,
    });
  });

  it("is made in the provider's region when it names none, and says so in the preview", async () => {
    const { region: _, ...inputs } = INPUTS;
    const plugin = await eks.plugin();
    assert.equal((await plugin.create(TYPE, inputs, context(true))).state.region, "us-east-1");
    assert.deepEqual(eks.log, []);
    assert.equal((await plugin.create(TYPE, inputs, context())).state.region, "us-east-1");
    assert.equal(eks.calls[0]?.region, "us-east-1");
  });

  it("is in no other partition than the provider", async () => {
    const plugin = await eks.plugin();
    const chinese = { ...INPUTS, region: "cn-north-1" };
    const message =
      '[AttributeName("region")] Invalid Region Value: partition (aws-cn) for per-resource Region (cn-north-1) is not ' +
      "the provider's configured partition (aws)";
    await assert.rejects(plugin.create(TYPE, chinese, context(true)), { message });
    await assert.rejects(plugin.diff(TYPE, ID, STATE, chinese, INPUTS, [], context()), { message });
  });

  it("is updated with all that an update may say, and its tags only where they change", async () => {
    const { state } = await create();
    eks.calls.length = 0;
    const plugin = await eks.plugin();
    const changed = {
      ...INPUTS,
      disableSessionTags: true,
      policy: POLICY,
      tags: { b: "2" },
      tagsAll: { b: "2" },
    };
    const preview = await plugin.update(TYPE, ID, state, changed, context(true));
    assert.equal(preview.externalId, UNKNOWN);
    const after = await plugin.update(TYPE, ID, state, changed, context());
    assert.deepEqual([after.disableSessionTags, after.policy], [true, POLICY]);
    assert.deepEqual(eks.log, [
      `POST eu-west-1 /tags/${ARN}`,
      `POST eu-west-1 ${PATH}/${ID}`,
      `GET eu-west-1 ${PATH}/${ID}`,
    ]);
    assert.deepEqual(eks.calls[0]?.body, { tags: { b: "2" } });
    const { clientRequestToken: _, ...sent } = eks.calls[1]?.body ?? {};
    assert.deepEqual(sent, { disableSessionTags: true, policy: POLICY, roleArn: ROLE });
  });

  it("is not updated for tags alone", async () => {
    const { state } = await create({ tags: { a: "1" }, tagsAll: { a: "1" } });
    eks.calls.length = 0;
    await (await eks.plugin()).update(TYPE, ID, state, INPUTS, context());
    assert.deepEqual(eks.log, [`DELETE eu-west-1 /tags/${ARN}`, `GET eu-west-1 ${PATH}/${ID}`]);
    assert.deepEqual(eks.calls[0]?.query, { tagKeys: "a" });
  });

  it("loses a target role in the state alone: an update does not send what is absent", async () => {
    const { state } = await create({ targetRoleArn: TARGET });
    const plugin = await eks.plugin();
    const after = await plugin.update(TYPE, ID, state, INPUTS, context());
    assert.equal("targetRoleArn" in after, false);
    assert.equal("targetRoleArn" in (eks.calls.at(-2)?.body ?? {}), false);
    const refreshed = await plugin.read(TYPE, ID, after, INPUTS);
    assert.equal(refreshed?.state.targetRoleArn, TARGET);
  });

  it("keeps the session policy as it was written, however EKS writes it", async () => {
    eks.intercept = ({ method, path }) => {
      const policy = '{"Statement":[], "Version":"2012-10-17"}';
      const association = { ...eks.things.get(`eu-west-1 ${path}`), policy };
      return method === "GET" ? { status: 200, body: { association } } : undefined;
    };
    const { state } = await create({ policy: POLICY, disableSessionTags: true });
    assert.equal(state.policy, POLICY);
  });

  it("is read with what somebody changed, and is gone where EKS does not find it", async () => {
    const { state } = await create({ policy: POLICY });
    Object.assign(eks.things.get(`eu-west-1 ${PATH}/${ID}`) ?? {}, {
      roleArn: TARGET,
      policy: '{"Statement":[], "Version":"2012-10-17"}',
    });
    const plugin = await eks.plugin();
    const read = await plugin.read(TYPE, ID, state, { ...INPUTS, policy: POLICY });
    assert.deepEqual([read?.state.roleArn, read?.inputs.roleArn], [TARGET, TARGET]);
    assert.equal(read?.state.policy, POLICY);
    eks.things.clear();
    assert.equal(await plugin.read(TYPE, ID, state, INPUTS), undefined);
  });

  it("is imported by cluster and id, and by its region where that is another one", async () => {
    await create();
    const plugin = await eks.plugin({ region: "us-east-1" });
    assert.equal(await plugin.read(TYPE, `blue,${ID}`, {}, {}), undefined);
    const read = await plugin.read(TYPE, `blue,${ID}@eu-west-1`, {}, {});
    const { tagsAll: _, ...inputs } = INPUTS;
    assert.deepEqual(read, { id: ID, state: STATE, inputs: { ...inputs, __defaults: [] } });
  });

  for (const id of [ID, `blue,${ID},x`, `,${ID}`]) {
    it(`is not imported by ${id}`, async () => {
      const plugin = await eks.plugin();
      await assert.rejects(plugin.read(TYPE, id, {}, {}), {
        message: `Parsing Resource ID: wrong format of import ID (${id}), use: 'cluster-name,association-id'`,
      });
    });
  }

  it("is deleted, also when it is gone already", async () => {
    const { state } = await create();
    const plugin = await eks.plugin();
    await plugin.delete(TYPE, ID, state, context());
    assert.equal(eks.things.size, 0);
    await plugin.delete(TYPE, ID, state, context());
    assert.deepEqual(eks.log.slice(-2), [`DELETE eu-west-1 ${PATH}/${ID}`, `DELETE eu-west-1 ${PATH}/${ID}`]);
  });

  it("fails with AWS's words, without the frame of older resources", async () => {
    eks.intercept = () => eksError(409, "ResourceInUseException", `Association already exists: ${ID}`);
    await assert.rejects(create(), {
      message:
        "creating EKS Pod Identity Association: operation error EKS: CreatePodIdentityAssociation, " +
        "https response error StatusCode: 409, RequestID: request-1, " +
        `ResourceInUseException: Association already exists: ${ID}`,
    });
  });

  const operations: [string, RegExp][] = [
    [
      "update",
      /^updating EKS Pod Identity Association \(a-\w+\): operation error EKS: UpdatePodIdentityAssociation, /,
    ],
    [
      "read",
      /^reading EKS Pod Identity Association \(a-\w+\): operation error EKS: DescribePodIdentityAssociation, /,
    ],
    [
      "delete",
      /^deleting EKS Pod Identity Association \(a-\w+\): operation error EKS: DeletePodIdentityAssociation, /,
    ],
  ];
  for (const [operation, message] of operations) {
    it(`says what failed in ${operation}`, async () => {
      const { state } = await create();
      const plugin = await eks.plugin();
      eks.intercept = () => eksError(400, "InvalidRequestException", "no");
      const changed = { ...INPUTS, roleArn: TARGET };
      const calls: Record<string, () => Promise<unknown>> = {
        update: () => plugin.update(TYPE, ID, state, changed, context()),
        read: () => plugin.read(TYPE, ID, state, INPUTS),
        delete: () => plugin.delete(TYPE, ID, state, context()),
      };
      await assert.rejects(calls[operation]?.() ?? Promise.resolve(), { message });
    });
  }

  it("says which tags could not be set", async () => {
    const { state } = await create();
    eks.intercept = () => eksError(400, "BadRequestException", "no");
    const tagged = { ...INPUTS, tags: { a: "1" }, tagsAll: { a: "1" } };
    const plugin = await eks.plugin();
    await assert.rejects(plugin.update(TYPE, ID, state, tagged, context()), {
      message:
        /^updating tags for EKS \(Elastic Kubernetes\) Pod Identity Association \(arn:.*\): tagging resource \(arn:.*\): operation error EKS: TagResource, .* BadRequestException: no$/,
    });
  });

  it("waits for a role that is not there yet", async () => {
    let left = 2;
    const refused = eksError(
      400,
      "InvalidParameterException",
      "Role provided in the request does not exist.",
    );
    eks.intercept = ({ method }) => (method === "POST" && left-- > 0 ? refused : undefined);
    assert.equal((await create()).id, ID);
    assert.equal(eks.calls.filter(({ method }) => method === "POST").length, 3);
  });

  it("asks once where the role's trust policy is refused", async () => {
    const text = "Trust policy of the role provided is invalid";
    eks.intercept = () => eksError(400, "InvalidParameterException", text);
    await assert.rejects(create(), {
      message: new RegExp(`StatusCode: 400, RequestID: request-1, InvalidParameterException: ${text}$`),
    });
    assert.equal(eks.calls.length, 1);
  });
});
