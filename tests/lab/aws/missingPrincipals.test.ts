import {
  CreateRoleCommand,
  CreateUserCommand,
  DeleteRoleCommand,
  GetRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import assert from "node:assert/strict";
import { iamClient } from "../../../lab/aws/clients";
import { assertRefused, startTestAccount, type TestAccount } from "./account";
import { podsPolicy } from "./podIdentity";

describe("principals of a trust policy", () => {
  let account: TestAccount;

  before(async () => {
    account = await startTestAccount([]);
  });

  after(() => account.close());

  const trusting = (AWS: string | string[]) => podsPolicy({ Principal: { AWS } });
  const create = (RoleName: string, document: string, Path = "/", iam = account.iam) =>
    iam.send(new CreateRoleCommand({ RoleName, Path, AssumeRolePolicyDocument: document }));
  const update = (document: string) =>
    account.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: "target", PolicyDocument: document }));
  const refused = (call: Promise<unknown>, arn: string) =>
    assertRefused(call, "MalformedPolicyDocument", 400, `Invalid principal in policy: "AWS":"${arn}"`);
  const theirIam = () => iamClient({ ...account.aws, ...account.aws.otherAccounts[0] });

  const base = "arn:aws:iam::123456789012:role/team/base";

  it("must be there before the role that trusts them", async () => {
    await refused(create("target", trusting(base)), base);
    await assert.rejects(account.iam.send(new GetRoleCommand({ RoleName: "target" })), {
      name: "NoSuchEntityException",
    });
    await create("base", podsPolicy(), "/team/");
    await create("target", trusting(base));
  });

  it("are roles by their whole ARN, path included", () =>
    refused(update(trusting(base.replace("team/", ""))), base.replace("team/", "")));

  it("are all there, or the policy is not changed", async () => {
    const missing = "arn:aws:iam::123456789012:role/missing";
    await refused(update(trusting([base, missing])), missing);
    const { Role: role } = await account.iam.send(new GetRoleCommand({ RoleName: "target" }));
    assert.equal(decodeURIComponent(role?.AssumeRolePolicyDocument ?? ""), trusting(base));
  });

  it("may be of another account of the lab", async () => {
    const theirs = "arn:aws:iam::210987654321:role/theirs";
    await refused(update(trusting(theirs)), theirs);
    await create("theirs", podsPolicy(), "/", theirIam());
    await update(trusting(theirs));
    await theirIam().send(new DeleteRoleCommand({ RoleName: "theirs" }));
    await refused(update(trusting(theirs)), theirs);
  });

  it("are in no account that is not there", () =>
    refused(update(trusting("arn:aws:iam::999999999999:role/base")), "arn:aws:iam::999999999999:role/base"));

  it("may be users", async () => {
    const user = "arn:aws:iam::123456789012:user/somebody";
    await refused(update(trusting(user)), user);
    await account.iam.send(new CreateUserCommand({ UserName: "somebody" }));
    await update(trusting(user));
  });

  it("are not looked up where they are accounts, sessions or services", async () => {
    await update(trusting(["210987654321", "arn:aws:iam::123456789012:root"]));
    await update(trusting("arn:aws:sts::123456789012:assumed-role/nobody/session"));
    await update(podsPolicy());
  });
});
