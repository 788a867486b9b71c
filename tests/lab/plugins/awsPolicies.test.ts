import {
  AttachRolePolicyCommand,
  DetachRolePolicyCommand,
  GetPolicyVersionCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListPolicyVersionsCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import * as aws from "@pulumi/aws";
import assert from "node:assert/strict";
import { changesOf, completedInOrder, completedOps, stepOf } from "../../../lab/engine/journal";
import { UNKNOWN } from "../../../lab/engine/workspace";
import { account, allow, PATIENCE_MS, trustPolicy, unique, withStack } from "./awsLab";

const S3_READ = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
const SQS_READ = "arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess";

async function attachedTo(RoleName: string): Promise<string[]> {
  const { iam } = await account();
  const { AttachedPolicies } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  return (AttachedPolicies ?? []).map(({ PolicyArn = "" }) => PolicyArn).sort();
}

function newRole(): aws.iam.Role {
  return new aws.iam.Role("role", { assumeRolePolicy: trustPolicy() });
}

describe("the AWS stand-in: Policy", function () {
  this.timeout(PATIENCE_MS);

  it("gets a new version for each change, of which five are kept", async () => {
    let action = "s3:Get1";
    const program = () => {
      const policy = new aws.iam.Policy("policy", { policy: allow(action), tags: { a: "1" } });
      return Promise.resolve({ arn: policy.arn, id: policy.id, name: policy.name });
    };
    await withStack(program, async (stack) => {
      const preview = stepOf(await stack.preview(), { type: "aws:iam/policy:Policy" });
      assert.equal(preview.newOutputs?.arn, UNKNOWN);
      const { outputs } = await stack.up();
      assert.equal(outputs.arn, `arn:aws:iam::123456789012:policy/${outputs.name as string}`);
      assert.equal(outputs.id, outputs.arn);
      for (action of ["s3:Get2", "s3:Get3", "s3:Get4", "s3:Get5", "s3:Get6"]) await stack.up();
      const { iam } = await account();
      const PolicyArn = outputs.arn;
      const { Versions } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
      assert.equal(Versions?.length, 5);
      const VersionId = Versions.find(({ IsDefaultVersion }) => IsDefaultVersion)?.VersionId;
      const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
      assert.match(decodeURIComponent(PolicyVersion?.Document ?? ""), /s3:Get6/);
      assert.deepEqual(changesOf(await stack.preview()), []);
    });
  });

  it("is replaced for another description", async () => {
    let description = "one";
    const program = () => {
      const policy = new aws.iam.Policy("policy", { policy: allow("s3:GetObject"), description });
      return Promise.resolve({ arn: policy.arn });
    };
    await withStack(program, async (stack) => {
      const before = await stack.up();
      description = "two";
      const after = await stack.up();
      assert.deepEqual(stepOf(after, { op: "replace" }).replaceKeys, ["description"]);
      assert.notEqual(after.outputs.arn, before.outputs.arn);
    });
  });
});

describe("the AWS stand-in: RolePolicyAttachment", function () {
  this.timeout(PATIENCE_MS);

  it("attaches, detaches before it attaches another, and goes before its role", async () => {
    let policyArn = S3_READ;
    const program = () => {
      const role = newRole();
      const attachment = new aws.iam.RolePolicyAttachment("attachment", { role, policyArn });
      return Promise.resolve({ role: role.name, id: attachment.id });
    };
    await withStack(program, async (stack) => {
      const { outputs } = await stack.up();
      const role = outputs.role as string;
      assert.equal(outputs.id, `${role}/${S3_READ}`);
      assert.deepEqual(await attachedTo(role), [S3_READ]);
      policyArn = SQS_READ;
      const up = await stack.up();
      assert.equal(completedInOrder(up, { op: "delete-replaced" }, { op: "create-replacement" }), true);
      assert.deepEqual(await attachedTo(role), [SQS_READ]);
      assert.deepEqual(completedOps(await stack.destroy()).slice(0, 2), ["delete attachment", "delete role"]);
    });
  });

  it("is attached again when somebody detached it", async () => {
    const program = () => {
      const role = newRole();
      new aws.iam.RolePolicyAttachment("attachment", { role: role.name, policyArn: S3_READ });
      return Promise.resolve({ role: role.name });
    };
    await withStack(program, async (stack) => {
      const { outputs } = await stack.up();
      const RoleName = outputs.role as string;
      const { iam } = await account();
      await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn: S3_READ }));
      await stack.refresh();
      assert.deepEqual(completedOps(await stack.up()), ["create attachment"]);
      assert.deepEqual(await attachedTo(RoleName), [S3_READ]);
    });
  });

  it("is imported by role and policy; a policy that does not exist is AWS's error", async () => {
    const name = `app-${unique()}`;
    let withAttachment: "no" | "imported" | "broken" = "no";
    const program = () => {
      const role = new aws.iam.Role("role", { assumeRolePolicy: trustPolicy(), name });
      if (withAttachment === "imported") {
        new aws.iam.RolePolicyAttachment(
          "attachment",
          { role: role.name, policyArn: S3_READ },
          { import: `${name}/${S3_READ}` },
        );
      } else if (withAttachment === "broken") {
        new aws.iam.RolePolicyAttachment("attachment", {
          role: role.name,
          policyArn: "arn:aws:iam::aws:policy/NoSuchPolicy",
        });
      }
      return Promise.resolve({});
    };
    await withStack(program, async (stack) => {
      await stack.up();
      withAttachment = "broken";
      await assert.rejects(
        stack.up(),
        new RegExp(
          `attaching IAM Policy \\(arn:aws:iam::aws:policy/NoSuchPolicy\\) to IAM Role \\(${name}\\): operation error ` +
            "IAM: AttachRolePolicy, https response error StatusCode: 404, RequestID: \\S+, NoSuchEntity: ",
        ),
      );
      const { iam } = await account();
      await iam.send(new AttachRolePolicyCommand({ RoleName: name, PolicyArn: S3_READ }));
      withAttachment = "imported";
      assert.equal(completedOps(await stack.up()).includes("import attachment"), true);
      assert.deepEqual(changesOf(await stack.preview()), []);
    });
  });
});

describe("the AWS stand-in: RolePolicy", function () {
  this.timeout(PATIENCE_MS);

  async function documentOf(RoleName: string, PolicyName: string): Promise<string> {
    const { iam } = await account();
    const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    return decodeURIComponent(PolicyDocument ?? "");
  }

  it("updates in place, is replaced for another name, and is put right after drift", async () => {
    let args = { name: "one", policy: allow("s3:GetObject") };
    const program = () => {
      const role = newRole();
      const policy = new aws.iam.RolePolicy("inline", { role: role.id, ...args });
      return Promise.resolve({ role: role.name, id: policy.id });
    };
    await withStack(program, async (stack) => {
      const { outputs } = await stack.up();
      const role = outputs.role as string;
      assert.equal(outputs.id, `${role}:one`);
      args = { name: "one", policy: allow("s3:ListBucket") };
      assert.deepEqual(completedOps(await stack.up()), ["update inline"]);
      assert.match(await documentOf(role, "one"), /s3:ListBucket/);

      const { iam } = await account();
      const PolicyDocument = allow("iam:*");
      await iam.send(new PutRolePolicyCommand({ RoleName: role, PolicyName: "one", PolicyDocument }));
      await stack.refresh();
      assert.deepEqual(stepOf(await stack.up(), { op: "update", name: "inline" }).detailedDiff, {
        policy: "update",
      });
      assert.match(await documentOf(role, "one"), /s3:ListBucket/);

      args = { name: "two", policy: allow("s3:ListBucket") };
      const up = await stack.up();
      assert.deepEqual(stepOf(up, { op: "replace" }).replaceKeys, ["name"]);
      assert.equal(up.outputs.id, `${role}:two`);
      await assert.rejects(documentOf(role, "one"), { name: "NoSuchEntityException" });
    });
  });

  it("is imported by role and name", async () => {
    const name = `app-${unique()}`;
    let imported = false;
    const program = () => {
      const role = new aws.iam.Role("role", { assumeRolePolicy: trustPolicy(), name });
      if (imported) {
        new aws.iam.RolePolicy(
          "inline",
          { role: role.name, name: "found", policy: allow("s3:GetObject") },
          { import: `${name}:found` },
        );
      }
      return Promise.resolve({});
    };
    await withStack(program, async (stack) => {
      await stack.up();
      const { iam } = await account();
      const PolicyDocument = allow("s3:GetObject");
      await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: "found", PolicyDocument }));
      imported = true;
      assert.equal(completedOps(await stack.up()).includes("import inline"), true);
      assert.deepEqual(changesOf(await stack.preview()), []);
    });
  });
});
