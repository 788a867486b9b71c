import {
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListInstanceProfilesForRoleCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
  UpdateRoleDescriptionCommand,
  type IAMClient,
} from "@aws-sdk/client-iam";
import assert from "node:assert/strict";
import { iamClient } from "../../../lab/aws/clients";
import { accountId, startMiniStack, type MiniStack } from "../../../lab/ministack";
import { actionsOf, policyOnPage, type PolicyStatement } from "../../docs/permissions";
import { miniStackPython } from "./judge";

const S3_READ = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
const DOCUMENT = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:ListAllMyBuckets", Resource: "*" }],
});
const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { Service: "pods.eks.amazonaws.com" }, Action: "sts:AssumeRole" },
  ],
});

/** What a deployer does with one role, in an order that works where all of it is allowed; by the action's name. */
function callsOn(RoleName: string) {
  const named = { RoleName, PolicyName: "inline" };
  const attached = { RoleName, PolicyArn: S3_READ };
  return {
    CreateRole: new CreateRoleCommand({
      RoleName,
      AssumeRolePolicyDocument: TRUST,
      Tags: [{ Key: "a", Value: "b" }],
    }),
    GetRole: new GetRoleCommand({ RoleName }),
    UpdateRole: new UpdateRoleCommand({ RoleName, MaxSessionDuration: 7200 }),
    UpdateRoleDescription: new UpdateRoleDescriptionCommand({ RoleName, Description: "changed" }),
    UpdateAssumeRolePolicy: new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: TRUST }),
    TagRole: new TagRoleCommand({ RoleName, Tags: [{ Key: "a", Value: "c" }] }),
    UntagRole: new UntagRoleCommand({ RoleName, TagKeys: ["a"] }),
    PutRolePolicy: new PutRolePolicyCommand({ ...named, PolicyDocument: DOCUMENT }),
    GetRolePolicy: new GetRolePolicyCommand(named),
    ListRolePolicies: new ListRolePoliciesCommand({ RoleName }),
    DeleteRolePolicy: new DeleteRolePolicyCommand(named),
    AttachRolePolicy: new AttachRolePolicyCommand(attached),
    ListAttachedRolePolicies: new ListAttachedRolePoliciesCommand({ RoleName }),
    DetachRolePolicy: new DetachRolePolicyCommand(attached),
    ListInstanceProfilesForRole: new ListInstanceProfilesForRoleCommand({ RoleName }),
    DeleteRole: new DeleteRoleCommand({ RoleName }),
  };
}

/** Has each call made, and says which ones were refused for want of a permission. */
async function refusedOf(iam: IAMClient, calls: object): Promise<string[]> {
  const refused: string[] = [];
  for (const [action, command] of Object.entries(calls)) {
    try {
      await iam.send(command as GetRoleCommand);
    } catch (error) {
      if ((error as Error).name !== "AccessDenied") throw error;
      refused.push(action);
    }
  }
  return refused;
}

describe("the resources of docs/permissions.md, as MiniStack enforces them", () => {
  let server: MiniStack;
  let root: IAMClient;
  let deployer: IAMClient;

  before(async function () {
    this.timeout(300_000);
    server = await startMiniStack(await miniStackPython());
    root = iamClient(server);
    // It gives no value to iam:PolicyARN, so that this condition would hold for nothing (core/iam_actions.py).
    const { Statement } = policyOnPage("irsa", accountId, "app-");
    deployer = await userWith(Statement.map(({ Condition: _, ...statement }) => statement));
  });

  async function userWith(statements: PolicyStatement[]): Promise<IAMClient> {
    const UserName = "deployer";
    await root.send(new CreateUserCommand({ UserName }));
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: statements });
    await root.send(new PutUserPolicyCommand({ UserName, PolicyName: "page", PolicyDocument }));
    const { AccessKey } = await root.send(new CreateAccessKeyCommand({ UserName }));
    const { AccessKeyId: accessKeyId = "", SecretAccessKey: secretAccessKey = "" } = AccessKey ?? {};
    return iamClient({ ...server, accessKeyId, secretAccessKey });
  }

  after(async () => {
    deployer.destroy();
    root.destroy();
    await server.stop();
  });

  it("asks about every action of the page that is about a role", () => {
    const page = policyOnPage("irsa", accountId, "app-").Statement;
    const asked = Object.keys(callsOn("role")).map((one) => `iam:${one}`);
    const aboutRoles = page.filter(({ Resource }) => Resource.includes(":role/"));
    assert.deepEqual(actionsOf(aboutRoles).sort(), asked.sort());
  });

  it("lets through what concerns a role of the prefix", async () => {
    assert.deepEqual(await refusedOf(deployer, callsOn("app-1234567")), []);
  });

  it("refuses every call for another role", async () => {
    await root.send(callsOn("other").CreateRole);
    const calls = callsOn("other");
    assert.deepEqual(await refusedOf(deployer, calls), Object.keys(calls));
  });
});
