import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import * as aws from "@pulumi/aws";
import assert from "node:assert/strict";
import { changesOf, completedInOrder, completedOps, stepOf } from "../../../lab/engine/journal";
import { OperationFailed, UNKNOWN } from "../../../lab/engine/workspace";
import { account, allow, PATIENCE_MS, trustPolicy, unique, withStack } from "./awsLab";

const ROLE = { type: "aws:iam/role:Role" };
const S3_READ = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";

/** A program of one role, whose arguments a test changes from one operation to the next. */
function roleProgram(args: aws.iam.RoleArgs, options?: { import: string }) {
  const current = { args };
  const program = () => {
    const role = new aws.iam.Role("app", current.args, options);
    return Promise.resolve({ arn: role.arn, id: role.id, name: role.name, trust: role.assumeRolePolicy });
  };
  return { current, program };
}

async function trustOf(name: string): Promise<string> {
  const { iam } = await account();
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: name }));
  return decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "");
}

describe("the AWS stand-in: Role", function () {
  this.timeout(PATIENCE_MS);

  it("previews what is known, makes it, and then sees nothing to do", async () => {
    const { program } = roleProgram({ assumeRolePolicy: trustPolicy(), path: "/team/", tags: { a: "1" } });
    await withStack(program, async (stack) => {
      const preview = stepOf(await stack.preview(), ROLE);
      assert.equal(preview.op, "create");
      assert.equal(preview.newInputs?.assumeRolePolicy, trustPolicy());
      assert.equal(preview.newOutputs?.arn, UNKNOWN);
      assert.equal(preview.newOutputs.uniqueId, UNKNOWN);
      assert.deepEqual(JSON.parse(preview.newOutputs.assumeRolePolicy as string), JSON.parse(trustPolicy()));
      assert.deepEqual(preview.newOutputs.tagsAll, { a: "1" });

      const { outputs } = await stack.up();
      const name = outputs.name as string;
      assert.match(name, /^app-[0-9a-f]{7}$/);
      assert.equal(outputs.id, name);
      assert.equal(outputs.arn, `arn:aws:iam::123456789012:role/team/${name}`);
      const { iam } = await account();
      const { Role } = await iam.send(new GetRoleCommand({ RoleName: name }));
      assert.deepEqual(Role?.Tags, [{ Key: "a", Value: "1" }]);
      assert.equal(Role.MaxSessionDuration, 3600);
      assert.deepEqual(changesOf(await stack.preview()), []);
    });
  });

  it("sees no change in another spelling of the trust policy", async () => {
    const { current, program } = roleProgram({ assumeRolePolicy: trustPolicy() });
    await withStack(program, async (stack) => {
      await stack.up();
      current.args = { assumeRolePolicy: trustPolicy(undefined, 4) };
      assert.deepEqual(changesOf(await stack.preview()), []);
      const document = JSON.parse(trustPolicy()) as aws.iam.PolicyDocument;
      current.args = { assumeRolePolicy: { Statement: document.Statement, Version: document.Version } };
      assert.deepEqual(changesOf(await stack.preview()), []);
    });
  });

  it("updates in place", async () => {
    const { current, program } = roleProgram({ assumeRolePolicy: trustPolicy(), tags: { a: "1", b: "2" } });
    await withStack(program, async (stack) => {
      const { outputs } = await stack.up();
      current.args = {
        assumeRolePolicy: trustPolicy("system:serviceaccount:apps:writer"),
        description: "of the apps",
        maxSessionDuration: 7200,
        permissionsBoundary: S3_READ,
        tags: { b: "3", c: "4" },
      };
      const step = stepOf(await stack.up(), { ...ROLE, op: "update" });
      assert.deepEqual(step.detailedDiff, {
        assumeRolePolicy: "update",
        description: "add",
        maxSessionDuration: "update",
        permissionsBoundary: "add",
        "tags.a": "delete",
        "tags.b": "update",
        "tags.c": "add",
        "tagsAll.a": "delete",
        "tagsAll.b": "update",
        "tagsAll.c": "add",
      });
      assert.equal(step.newOutputs?.arn, outputs.arn);

      const { iam } = await account();
      const { Role } = await iam.send(new GetRoleCommand({ RoleName: outputs.name as string }));
      assert.match(await trustOf(outputs.name as string), /apps:writer/);
      assert.equal(Role?.Description, "of the apps");
      assert.equal(Role.MaxSessionDuration, 7200);
      assert.equal(Role.PermissionsBoundary?.PermissionsBoundaryArn, S3_READ);
      const tags = Object.fromEntries((Role.Tags ?? []).map(({ Key = "", Value }) => [Key, Value]));
      assert.deepEqual(tags, { b: "3", c: "4" });

      current.args = { assumeRolePolicy: trustPolicy("system:serviceaccount:apps:writer") };
      await stack.up();
      const after = await iam.send(new GetRoleCommand({ RoleName: outputs.name as string }));
      assert.equal(after.Role?.PermissionsBoundary, undefined);
      assert.equal(after.Role?.MaxSessionDuration, 3600);
      assert.deepEqual(changesOf(await stack.preview()), []);
    });
  });

  it("replaces for a path: a generated name lets the new one come first", async () => {
    const { current, program } = roleProgram({ assumeRolePolicy: trustPolicy() });
    await withStack(program, async (stack) => {
      const before = await stack.up();
      current.args = { assumeRolePolicy: trustPolicy(), path: "/team/" };
      const after = await stack.up();
      assert.deepEqual(completedOps(after), ["create-replacement app", "replace app", "delete-replaced app"]);
      assert.deepEqual(stepOf(after, { op: "replace" }).replaceKeys, ["path"]);
      assert.notEqual(after.outputs.name, before.outputs.name);
      const { iam } = await account();
      const { Roles } = await iam.send(new ListRolesCommand({}));
      const names = (Roles ?? []).map(({ RoleName }) => RoleName);
      assert.equal(names.includes(after.outputs.name as string), true);
      assert.equal(names.includes(before.outputs.name as string), false);
    });
  });

  it("replaces a role of a chosen name by deleting it first", async () => {
    const name = `app-${unique()}`;
    const { current, program } = roleProgram({ assumeRolePolicy: trustPolicy(), name });
    await withStack(program, async (stack) => {
      await stack.up();
      current.args = { assumeRolePolicy: trustPolicy(), name, path: "/team/" };
      const after = await stack.up();
      assert.equal(completedInOrder(after, { op: "delete-replaced" }, { op: "create-replacement" }), true);
      assert.equal(after.outputs.arn, `arn:aws:iam::123456789012:role/team/${name}`);
    });
  });

  it("is imported by its name", async () => {
    const { iam } = await account();
    const RoleName = `found-${unique()}`;
    await iam.send(
      new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trustPolicy(), Description: "found" }),
    );
    const args = { assumeRolePolicy: trustPolicy(), name: RoleName, description: "found" };
    const { program } = roleProgram(args, { import: RoleName });
    await withStack(program, async (stack) => {
      const up = await stack.up();
      assert.deepEqual(
        completedOps(up).filter((op) => op.startsWith("import")),
        ["import app"],
      );
      assert.equal(up.outputs.arn, `arn:aws:iam::123456789012:role/${RoleName}`);
      assert.deepEqual(changesOf(await stack.preview()), []);
    });
  });

  it("shows on refresh what somebody else changed, and puts it right", async () => {
    const { program } = roleProgram({ assumeRolePolicy: trustPolicy() });
    await withStack(program, async (stack) => {
      const { outputs } = await stack.up();
      const RoleName = outputs.name as string;
      const { iam } = await account();
      const PolicyDocument = trustPolicy("system:serviceaccount:evil:twin");
      await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
      await stack.refresh();
      const step = stepOf(await stack.preview(), { ...ROLE, op: "update" });
      assert.deepEqual(step.detailedDiff, { assumeRolePolicy: "update" });
      assert.match(String(step.oldInputs?.assumeRolePolicy), /evil:twin/);
      await stack.up();
      assert.deepEqual(JSON.parse(await trustOf(RoleName)), JSON.parse(trustPolicy()));
    });
  });

  it("is made again when somebody else deleted it", async () => {
    const { program } = roleProgram({ assumeRolePolicy: trustPolicy() });
    await withStack(program, async (stack) => {
      const { outputs } = await stack.up();
      const { iam } = await account();
      await iam.send(new DeleteRoleCommand({ RoleName: outputs.name as string }));
      await stack.refresh();
      assert.equal(stepOf(await stack.preview(), ROLE).op, "create");
    });
  });

  it("is not deleted with policies on it, save by force", async () => {
    const { current, program } = roleProgram({ assumeRolePolicy: trustPolicy() });
    await withStack(program, async (stack) => {
      const { outputs } = await stack.up();
      const RoleName = outputs.name as string;
      const { iam } = await account();
      await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: S3_READ }));
      const error = await stack.destroy().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      assert.equal(error instanceof OperationFailed, true);
      assert.match(
        (error as Error).message,
        /deleting IAM Role \(app-\w+\): operation error IAM: DeleteRole, https response error StatusCode: 409, RequestID: \S+, DeleteConflict: /,
      );
      await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn: S3_READ }));

      current.args = { assumeRolePolicy: trustPolicy(), forceDetachPolicies: true };
      await stack.up();
      await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: S3_READ }));
      await iam.send(
        new PutRolePolicyCommand({ RoleName, PolicyName: "x", PolicyDocument: allow("s3:GetObject") }),
      );
      await stack.destroy();
      await assert.rejects(iam.send(new GetRoleCommand({ RoleName })), { name: "NoSuchEntityException" });
    });
  });

  it("fails with AWS's words", async () => {
    const RoleName = `taken-${unique()}`;
    const { iam } = await account();
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trustPolicy() }));
    const { program } = roleProgram({ assumeRolePolicy: trustPolicy(), name: RoleName });
    await withStack(program, async (stack) => {
      await assert.rejects(
        stack.up(),
        new RegExp(
          `creating IAM Role \\(${RoleName}\\): operation error IAM: CreateRole, https response error ` +
            `StatusCode: 409, RequestID: \\S+, EntityAlreadyExists: Role with name ${RoleName} already exists`,
        ),
      );
    });
    await iam.send(new DeleteRoleCommand({ RoleName }));
  });
});
