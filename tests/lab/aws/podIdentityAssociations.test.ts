import * as eksApi from "@aws-sdk/client-eks";
import { CreateRoleCommand, UpdateAssumeRolePolicyCommand } from "@aws-sdk/client-iam";
import assert from "node:assert/strict";
import { eksClient, iamClient } from "../../../lab/aws/clients";
import { createReaderRole, startTestAccount, trustPolicy, type TestAccount } from "./account";
import { FakeCluster } from "./fakeCluster";
import { assertEksRefuses, associate, podsPolicy } from "./podIdentity";

const noAction = "InvalidParameterException 400: Trust policy of the role provided is invalid.";
const clusterName = "blue";

describe("associations of EKS Pod Identity", () => {
  let account: TestAccount;
  let blue: FakeCluster;
  let eks: eksApi.EKSClient;
  let roleArn: string;

  before(async () => {
    blue = await FakeCluster.start("blue", "us-east-1", "A".repeat(32));
    account = await startTestAccount([blue]);
    eks = eksClient(account.aws);
    roleArn = await createReaderRole(account.iam, "reader", podsPolicy());
  });

  after(async () => {
    eks.destroy();
    await account.close();
    await blue.stop();
  });

  afterEach(async () => {
    for (const { associationId } of await listed()) await remove(associationId);
  });

  const listed = async (filter: Partial<eksApi.ListPodIdentityAssociationsCommandInput> = {}) => {
    const command = new eksApi.ListPodIdentityAssociationsCommand({ clusterName, ...filter });
    return (await eks.send(command)).associations ?? [];
  };
  const describeOne = (associationId: string | undefined) =>
    eks.send(new eksApi.DescribePodIdentityAssociationCommand({ clusterName, associationId }));
  const update = (changes: Partial<eksApi.UpdatePodIdentityAssociationCommandInput>) =>
    eks.send(
      new eksApi.UpdatePodIdentityAssociationCommand({ clusterName, associationId: undefined, ...changes }),
    );
  const remove = (associationId: string | undefined) =>
    eks.send(new eksApi.DeletePodIdentityAssociationCommand({ clusterName, associationId }));
  const create = (input: Partial<eksApi.CreatePodIdentityAssociationCommandInput> = {}) =>
    associate(eks, { clusterName, roleArn, ...input });
  const roleOf = async (name: string, document: string): Promise<string> => {
    const command = new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: document });
    return (await account.iam.send(command)).Role?.Arn ?? "";
  };

  it("come back with all that was given, and what EKS makes of it", async () => {
    const before = Date.now();
    const made = await create({ tags: { team: "a" } });
    const id = made.associationId ?? "";
    assert.match(id, /^a-[a-z0-9]{17}$/);
    const { createdAt, modifiedAt, ...rest } = made;
    assert.deepEqual(rest, {
      clusterName,
      namespace: "default",
      serviceAccount: "s3-reader",
      roleArn,
      associationArn: `arn:aws:eks:us-east-1:123456789012:podidentityassociation/blue/${id}`,
      associationId: id,
      tags: { team: "a" },
      disableSessionTags: false,
    });
    assert.ok(createdAt && createdAt.getTime() >= before - 1 && createdAt.getTime() <= Date.now());
    assert.deepEqual(modifiedAt, createdAt);
    assert.deepEqual((await describeOne(id)).association, made);
  });

  it("have an external ID where there is a target role", async () => {
    const targetRoleArn = "arn:aws:iam::210987654321:role/target";
    const { externalId, ...made } = await create({ targetRoleArn, disableSessionTags: true });
    assert.equal(externalId, "us-east-1/123456789012/blue/default/s3-reader");
    assert.equal(made.targetRoleArn, targetRoleArn);
    assert.equal(made.disableSessionTags, true);
  });

  it("are listed by namespace and ServiceAccount, without their roles", async () => {
    const first = await create();
    await create({ serviceAccount: "writer" });
    await create({ namespace: "other" });
    const names = async (filter: Partial<eksApi.ListPodIdentityAssociationsCommandInput>) =>
      (await listed(filter)).map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`);
    assert.deepEqual(await names({}), ["default/s3-reader", "default/writer", "other/s3-reader"]);
    assert.deepEqual(await names({ namespace: "default" }), ["default/s3-reader", "default/writer"]);
    assert.deepEqual(await names({ serviceAccount: "s3-reader" }), ["default/s3-reader", "other/s3-reader"]);
    assert.deepEqual(await listed({ namespace: "default", serviceAccount: "s3-reader" }), [
      {
        clusterName,
        namespace: "default",
        serviceAccount: "s3-reader",
        associationArn: first.associationArn,
        associationId: first.associationId,
      },
    ]);
    assert.deepEqual(await listed({ namespace: "nowhere" }), []);
  });

  it("are listed page by page", async () => {
    for (const serviceAccount of ["a", "b", "c"]) await create({ serviceAccount });
    const pages: string[][] = [];
    const paginated = eksApi.paginateListPodIdentityAssociations(
      { client: eks, pageSize: 2 },
      { clusterName },
    );
    for await (const { associations = [] } of paginated) {
      pages.push(associations.map(({ serviceAccount }) => serviceAccount ?? ""));
    }
    assert.deepEqual(pages, [["a", "b"], ["c"]]);
    await assertEksRefuses(
      listed({ maxResults: 101 }),
      "InvalidParameterException 400: maxResults must be between 1 and 100.",
    );
    await assertEksRefuses(
      listed({ nextToken: "made-up" }),
      "InvalidParameterException 400: nextToken is not one that EKS gave.",
    );
  });

  it("are one for each ServiceAccount", async () => {
    const { associationId } = await create();
    await assertEksRefuses(
      create({ roleArn: await createReaderRole(account.iam, "another", podsPolicy()) }),
      `ResourceInUseException 409: Association already exists: ${associationId}`,
    );
  });

  it("are one also of calls that come together", async () => {
    const calls = await Promise.allSettled([create(), create(), create()]);
    assert.equal(calls.filter(({ status }) => status === "fulfilled").length, 1);
    assert.equal((await listed()).length, 1);
  });

  it("are made once by a call that is made again", async () => {
    const clientRequestToken = "the-same";
    const made = await create({ clientRequestToken });
    assert.deepEqual(await create({ clientRequestToken }), made);
  });

  it("are not there before and after", async () => {
    const { associationId } = await create();
    assert.equal((await remove(associationId)).association?.associationId, associationId);
    const gone = `ResourceNotFoundException 404: No association found in cluster: blue for id: ${associationId}`;
    await assertEksRefuses(describeOne(associationId), gone);
    await assertEksRefuses(remove(associationId), gone);
    await assertEksRefuses(update({ associationId, disableSessionTags: true }), gone);
    await create();
  });

  it("need a cluster of that name in the account and region", async () => {
    const missing = "ResourceNotFoundException 404: No cluster found for name: green.";
    await assertEksRefuses(create({ clusterName: "green" }), missing);
    const west = eksClient(account.aws, "us-west-2");
    const call = new eksApi.ListPodIdentityAssociationsCommand({ clusterName });
    await assertEksRefuses(west.send(call), missing.replace("green", "blue"));
    const [other] = account.aws.otherAccounts;
    const elsewhere = eksClient({ ...account.aws, ...other });
    await assertEksRefuses(elsewhere.send(call), missing.replace("green", "blue"));
  });

  describe("have a role", () => {
    it("that is there", () =>
      assertEksRefuses(
        create({ roleArn: "arn:aws:iam::123456789012:role/nobody" }),
        "InvalidParameterException 400: Role provided in the request does not exist.",
      ));

    it("by its whole ARN, path included", () =>
      assertEksRefuses(
        create({ roleArn: "arn:aws:iam::123456789012:role/path/reader" }),
        "InvalidParameterException 400: Role provided in the request does not exist.",
      ));

    it("that is a role", () =>
      assertEksRefuses(
        create({ roleArn: "reader" }),
        "InvalidParameterException 400: The role ARN provided is invalid.",
      ));

    it("of the cluster's account", async () => {
      const [other] = account.aws.otherAccounts;
      const iam = iamClient({ ...account.aws, ...other });
      const arn = await createReaderRole(iam, "reader", podsPolicy());
      await assertEksRefuses(
        create({ roleArn: arn }),
        "AccessDeniedException 403: Cross-account pass role is not allowed.",
      );
    });

    it("that trusts EKS", async () => {
      await assertEksRefuses(create({ roleArn: await roleOf("irsa", trustPolicy(blue)) }), noAction);
      const other = podsPolicy({ Principal: { Service: "eks.amazonaws.com" } });
      await assertEksRefuses(create({ roleArn: await roleOf("other", other) }), noAction);
      const denied = podsPolicy({ Effect: "Deny" });
      await assertEksRefuses(create({ roleArn: await roleOf("denied", denied) }), noAction);
    });

    it("with sts:TagSession while there are session tags", async () => {
      const arn = await roleOf("untagged", podsPolicy({ Action: "sts:AssumeRole" }));
      await assertEksRefuses(create({ roleArn: arn }), noAction);
      const { associationId } = await create({ roleArn: arn, disableSessionTags: true });
      await assertEksRefuses(update({ associationId, disableSessionTags: false }), noAction);
    });

    it("whose conditions EKS does not ask about yet", async () => {
      const elsewhere = { Condition: { StringEquals: { "aws:RequestTag/kubernetes-namespace": "other" } } };
      await create({ roleArn: await roleOf("elsewhere", podsPolicy(elsewhere)) });
    });

    it("whose trust may go away later without EKS's noticing", async () => {
      const arn = await roleOf("fickle", podsPolicy());
      const made = await create({ roleArn: arn });
      await account.iam.send(
        new UpdateAssumeRolePolicyCommand({ RoleName: "fickle", PolicyDocument: trustPolicy(blue) }),
      );
      assert.deepEqual((await describeOne(made.associationId)).association, made);
    });
  });

  describe("change", () => {
    it("their role, target and tags' state, and nothing else", async () => {
      const made = await create({ tags: { team: "a" } });
      const { associationId } = made;
      const next = await roleOf("next", podsPolicy());
      const targetRoleArn = "arn:aws:iam::210987654321:role/target";
      const { association } = await update({
        associationId,
        roleArn: next,
        targetRoleArn,
        disableSessionTags: true,
      });
      const { modifiedAt } = association ?? {};
      assert.ok(modifiedAt && made.modifiedAt && modifiedAt >= made.modifiedAt);
      assert.deepEqual(association, {
        ...made,
        roleArn: next,
        targetRoleArn,
        externalId: "us-east-1/123456789012/blue/default/s3-reader",
        disableSessionTags: true,
        modifiedAt,
      });
      assert.deepEqual((await describeOne(associationId)).association, association);
    });

    it("by what is given alone; an empty text takes the target role away", async () => {
      const targetRoleArn = "arn:aws:iam::210987654321:role/target";
      const { associationId } = await create({ targetRoleArn });
      assert.equal((await update({ associationId, roleArn })).association?.targetRoleArn, targetRoleArn);
      const { association } = await update({ associationId, targetRoleArn: "" });
      assert.equal(association?.targetRoleArn, undefined);
      assert.equal(association?.externalId, undefined);
    });

    it("not when nothing is to change", async () => {
      const { associationId } = await create();
      await assertEksRefuses(
        update({ associationId }),
        "InvalidParameterException 400: An update must change one of roleArn, targetRoleArn, disableSessionTags, policy.",
      );
    });

    it("not to a role that does not trust EKS", async () => {
      const made = await create();
      const { associationId } = made;
      await assertEksRefuses(
        update({ associationId, roleArn: await roleOf("no", trustPolicy(blue)) }),
        noAction,
      );
      assert.deepEqual((await describeOne(associationId)).association, made);
    });
  });

  describe("have a session policy", () => {
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: [] });
    const needsNoTags =
      "InvalidParameterException 400: disableSessionTags must be true when a policy is specified.";

    it("only with session tags disabled", async () => {
      await assertEksRefuses(create({ policy }), needsNoTags);
      const made = await create({ policy, disableSessionTags: true });
      assert.equal(made.policy, policy);
      await assertEksRefuses(
        update({ associationId: made.associationId, disableSessionTags: false }),
        needsNoTags,
      );
      const changes = { associationId: made.associationId, disableSessionTags: false, policy: "" };
      assert.equal((await update(changes)).association?.policy, undefined);
    });

    it("that is JSON", () =>
      assertEksRefuses(
        create({ policy: "{", disableSessionTags: true }),
        "InvalidParameterException 400: The policy is not a JSON object.",
      ));
  });

  const refusedTags: [what: string, tags: Record<string, string>, message: string][] = [
    [
      "51 tags",
      Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`key-${index}`, ""])),
      "There may be 50 tags at most.",
    ],
    ["a long key", { ["k".repeat(129)]: "" }, "The key of a tag has 1 to 128 characters."],
    ["an empty key", { "": "x" }, "The key of a tag has 1 to 128 characters."],
    ["a long value", { key: "v".repeat(257) }, "The value of a tag has 256 characters at most: key"],
    ["AWS's own key", { "AWS:x": "" }, "The key of a tag must not begin with aws: AWS:x"],
  ];
  for (const [what, tags, message] of refusedTags) {
    it(`take no tags with ${what}`, () =>
      assertEksRefuses(create({ tags }), `InvalidParameterException 400: ${message}`));
  }

  for (const name of ["namespace", "serviceAccount", "roleArn"]) {
    it(`need a ${name}`, () =>
      assertEksRefuses(
        create({ [name]: "" }),
        `InvalidParameterException 400: ${name} must not be null or empty.`,
      ));
  }

  it("have their tags changed by EKS's tag calls", async () => {
    const { associationArn: resourceArn, associationId } = await create({ tags: { a: "1", b: "2" } });
    await eks.send(new eksApi.TagResourceCommand({ resourceArn, tags: { b: "3", c: "4" } }));
    await eks.send(new eksApi.UntagResourceCommand({ resourceArn, tagKeys: ["a"] }));
    const { tags } = await eks.send(new eksApi.ListTagsForResourceCommand({ resourceArn }));
    assert.deepEqual(tags, { b: "3", c: "4" });
    assert.deepEqual((await describeOne(associationId)).association?.tags, tags);
    const missing = `${resourceArn}x`;
    await assertEksRefuses(
      eks.send(new eksApi.ListTagsForResourceCommand({ resourceArn: missing })),
      `NotFoundException 404: Resource not found: ${missing}`,
    );
  });

  it("end with their cluster, and a new one of its name has none", async () => {
    const west = eksClient(account.aws, "us-west-2");
    const cluster = new eksApi.CreateClusterCommand({ name: "blue", roleArn, resourcesVpcConfig: {} });
    await west.send(cluster);
    await create();
    await associate(west, { clusterName, roleArn });
    await west.send(new eksApi.DeleteClusterCommand({ name: "blue" }));
    await west.send(cluster);
    const { associations } = await west.send(new eksApi.ListPodIdentityAssociationsCommand({ clusterName }));
    assert.deepEqual(associations, []);
    assert.equal((await listed()).length, 1);
    west.destroy();
  });
});
