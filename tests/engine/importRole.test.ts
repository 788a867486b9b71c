import assert from "node:assert/strict";
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DetachRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { iamClient } from "../../lab/aws/clients";
import { changesOf, stepOf } from "../../lab/engine/journal";
import type { OperationResult } from "../../lab/engine/workspace";
import { describeEngine, irsaProgram, type Scope } from "./lab";
import { attachedPolicies, failureOf, roleInIam, TYPE } from "./support";

const S3_READ = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
const BY_HAND = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

/** A role as it was made before there was a program, with a policy and a tag. */
async function makeRole({ lab }: Scope, name: string, path: string): Promise<void> {
  const iam = iamClient(lab.aws);
  const Tags = [{ Key: "made", Value: "by hand" }];
  const role = { RoleName: name, Path: path, AssumeRolePolicyDocument: BY_HAND, Description: "old", Tags };
  await iam.send(new CreateRoleCommand(role));
  await iam.send(new AttachRolePolicyCommand({ RoleName: name, PolicyArn: S3_READ }));
}

describeEngine("engine: a role that exists already", (newScope) => {
  let scope: Scope;
  const program = (role: { name: string; importRole?: boolean; path?: string }) =>
    irsaProgram({
      clusters: [scope.clusters.ireland],
      serviceAccounts: [{ namespace: scope.namespace, name: "reader" }],
      policyArns: { s3Read: S3_READ },
      role,
    });

  describe("is taken over", () => {
    let name: string;
    let steps: Record<"importPreview" | "importUp" | "changePreview" | "changeUp" | "again", OperationResult>;
    let imported: Awaited<ReturnType<typeof roleInIam>>;
    let inTheEnd: Awaited<ReturnType<typeof roleInIam>>;
    let policies: string[];

    before(async () => {
      scope = await newScope();
      name = `${scope.project}-by-hand`;
      await makeRole(scope, name, "/");
      const stack = await scope.open(program({ name, importRole: true }));
      const importPreview = await stack.preview();
      const importUp = await stack.up();
      imported = await roleInIam(scope.lab, name);
      const changePreview = await stack.preview(program({ name }));
      const changeUp = await stack.up(program({ name }));
      inTheEnd = await roleInIam(scope.lab, name);
      policies = await attachedPolicies(scope.lab, name);
      const again = await stack.preview(program({ name }));
      steps = { importPreview, importUp, changePreview, changeUp, again };
    });

    it("by one `up` that changes nothing of it", () => {
      for (const result of [steps.importPreview, steps.importUp]) {
        assert.equal(stepOf(result, { type: TYPE.role }).op, "import");
        assert.match(result.text, /is taken over as it is, with the trust policy that it has/);
      }
      assert.deepEqual(JSON.parse(imported!.trustPolicy), JSON.parse(BY_HAND));
      assert.equal(imported!.Description, "old");
      assert.deepEqual(imported!.Tags, [{ Key: "made", Value: "by hand" }]);
    });

    it("and by the next one gets its trust policy, in place, and no second role is made", () => {
      for (const result of [steps.changePreview, steps.changeUp]) {
        const changes = changesOf(result).map(({ op, type }) => `${op} ${type}`);
        assert.deepEqual(changes, [`update ${TYPE.role}`]);
        assert.ok("assumeRolePolicy" in (stepOf(result, { type: TYPE.role }).detailedDiff ?? {}));
      }
      assert.deepEqual(
        JSON.parse(inTheEnd!.trustPolicy),
        JSON.parse(String(steps.changeUp.outputs.trustPolicyJson)),
      );
      assert.equal(inTheEnd!.RoleId, imported!.RoleId);
      assert.deepEqual(policies, [S3_READ]);
      assert.deepEqual(changesOf(steps.again), []);
    });
  });

  it("is not taken over where its path is another, which would replace it", async () => {
    scope = await newScope();
    const name = `${scope.project}-elsewhere`;
    await makeRole(scope, name, "/team/");
    const stack = await scope.open(program({ name, importRole: true }));
    assert.match(
      (await stack.preview()).text,
      /warning: previously-imported resources that still specify an ID may not be replaced/,
    );
    const { message } = await failureOf(stack.up());
    assert.match(message, /previously-imported resources that still specify an ID may not be replaced/);
    assert.deepEqual(JSON.parse((await roleInIam(scope.lab, name))!.trustPolicy), JSON.parse(BY_HAND));
    await stack.up(program({ name, importRole: true, path: "/team/" }));
    await stack.destroy();
    assert.equal(await roleInIam(scope.lab, name), undefined);
  });

  it("is in the way of a second one: AWS says so, and it stays as it is", async () => {
    scope = await newScope();
    const name = `${scope.project}-in-the-way`;
    await makeRole(scope, name, "/");
    const { message } = await failureOf((await scope.open(program({ name }))).up());
    assert.match(message, /EntityAlreadyExists/);
    assert.deepEqual(JSON.parse((await roleInIam(scope.lab, name))!.trustPolicy), JSON.parse(BY_HAND));
    const iam = iamClient(scope.lab.aws);
    await iam.send(new DetachRolePolicyCommand({ RoleName: name, PolicyArn: S3_READ }));
    await iam.send(new DeleteRoleCommand({ RoleName: name }));
  });
});
