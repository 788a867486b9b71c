import * as iamApi from "@aws-sdk/client-iam";
import assert from "node:assert/strict";
import { assertRefused, startTestAccount, trustPolicy, type TestAccount } from "./account";
import { FakeCluster } from "./fakeCluster";

describe("roles in IAM", () => {
  let account: TestAccount;
  let blue: FakeCluster;

  before(async () => {
    blue = await FakeCluster.start("blue", "us-east-1", "A".repeat(32));
    account = await startTestAccount([], 1000);
  });

  after(async () => {
    await account.close();
    await blue.stop();
  });

  describe("CreateRole", () => {
    const create = (changes: Partial<iamApi.CreateRoleCommandInput>) =>
      account.iam.send(
        new iamApi.CreateRoleCommand({
          RoleName: "refused",
          AssumeRolePolicyDocument: trustPolicy(blue),
          ...changes,
        }),
      );
    const constraint = (name: string, must: string) =>
      `1 validation error detected: Value at '${name}' failed to satisfy constraint: Member must ${must}`;

    afterEach(async () => {
      const { Roles: roles } = await account.iam.send(new iamApi.ListRolesCommand({}));
      assert.deepEqual(roles, []);
    });

    it("refuses a malformed trust policy", async () => {
      await assertRefused(
        create({ AssumeRolePolicyDocument: trustPolicy(blue).replaceAll("arn:aws:iam::123456789012:", "") }),
        "MalformedPolicyDocument",
        400,
        "Federated principals must be valid domain names or SAML metadata ARNs",
      );
    });

    it("refuses one over the account's quota", async () => {
      await assertRefused(
        create({ AssumeRolePolicyDocument: trustPolicy(blue, blue, blue) }),
        "LimitExceeded",
        409,
        "Cannot exceed quota for ACLSizePerRole: 1000",
      );
    });

    const refused: [what: string, changes: Partial<iamApi.CreateRoleCommandInput>, message: string][] = [
      [
        "a name of 65 characters",
        { RoleName: "a".repeat(65) },
        constraint("roleName", "have length less than or equal to 64"),
      ],
      [
        "a name with a slash",
        { RoleName: "a/b" },
        "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-",
      ],
      [
        "a path without slashes",
        { Path: "team" },
        "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.",
      ],
      [
        "a description of 1,001 characters",
        { Description: "a".repeat(1001) },
        constraint("description", "have length less than or equal to 1000"),
      ],
      [
        "a session of less than an hour",
        { MaxSessionDuration: 3599 },
        constraint("maxSessionDuration", "have value greater than or equal to 3600"),
      ],
      [
        "a session of over twelve hours",
        { MaxSessionDuration: 43_201 },
        constraint("maxSessionDuration", "have value less than or equal to 43200"),
      ],
    ];
    for (const [what, changes, message] of refused) {
      it(`refuses ${what}`, () => assertRefused(create(changes), "ValidationError", 400, message));
    }
  });

  describe("of a role that is there", () => {
    const RoleName = "role";

    beforeEach(async () => {
      await account.iam.send(
        new iamApi.CreateRoleCommand({
          RoleName,
          AssumeRolePolicyDocument: trustPolicy(blue),
          MaxSessionDuration: 43_200,
        }),
      );
    });

    afterEach(async () => {
      await account.iam.send(new iamApi.DeleteRoleCommand({ RoleName }));
    });

    const read = async () => (await account.iam.send(new iamApi.GetRoleCommand({ RoleName }))).Role;
    const update = (document: string) =>
      account.iam.send(new iamApi.UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: document }));

    it("keeps what it was given", async () => {
      const role = await read();
      assert.equal(decodeURIComponent(role?.AssumeRolePolicyDocument ?? ""), trustPolicy(blue));
      assert.equal(role?.MaxSessionDuration, 43_200);
    });

    it("takes another trust policy", async () => {
      await update(trustPolicy(blue, blue));
      assert.equal(
        decodeURIComponent((await read())?.AssumeRolePolicyDocument ?? ""),
        trustPolicy(blue, blue),
      );
    });

    it("keeps its trust policy when the new one is refused", async () => {
      await assertRefused(update("{"), "MalformedPolicyDocument", 400, "This policy contains invalid Json");
      await assertRefused(
        update(trustPolicy(blue, blue, blue)),
        "LimitExceeded",
        409,
        "Cannot exceed quota for ACLSizePerRole: 1000",
      );
      assert.equal(decodeURIComponent((await read())?.AssumeRolePolicyDocument ?? ""), trustPolicy(blue));
    });

    it("refuses a wrong session duration in UpdateRole", async () => {
      await assertRefused(
        account.iam.send(new iamApi.UpdateRoleCommand({ RoleName, MaxSessionDuration: 60 })),
        "ValidationError",
        400,
        "1 validation error detected: Value at 'maxSessionDuration' failed to satisfy constraint: Member must have value greater than or equal to 3600",
      );
    });

    it("is refused a second time", async () => {
      await assertRefused(
        account.iam.send(
          new iamApi.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trustPolicy(blue) }),
        ),
        "EntityAlreadyExists",
        409,
        "Role with name role already exists.",
      );
    });
  });
});
