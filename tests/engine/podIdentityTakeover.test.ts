import assert from "node:assert/strict";
import { CreateRoleCommand, DeleteRoleCommand } from "@aws-sdk/client-iam";
import * as pulumi from "@pulumi/pulumi";
import { iamClient } from "../../lab/aws/clients";
import type { OperationFailed, OperationResult } from "../../lab/engine/workspace";
import { describeEngine, irsaProgram, type Scope } from "./lab";
import {
  associateByHand,
  associationIdsIn,
  associationsIn,
  awsOnly,
  inMode,
  OPEN_TRUST,
} from "./podIdentityFleet";
import { childChanges, failureOf, TYPE } from "./support";
import { typed } from "./typed";

type Triggered = Omit<pulumi.CustomResourceOptions, "replacementTrigger"> & { replacementTrigger?: unknown };

const ALL = ["auditor", "reader", "writer"];

/** A role that trusts every association of the account, as AWS's own example does. */
async function makeOpenRole({ lab }: Scope, RoleName: string): Promise<string> {
  const AssumeRolePolicyDocument = OPEN_TRUST;
  const { Role } = await iamClient(lab.aws).send(
    new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }),
  );
  return Role?.Arn ?? "";
}

describeEngine("engine: ServiceAccounts that somebody else has associated already", (newScope) => {
  let scope: Scope;
  let ids: Record<string, string>;
  let failure: OperationFailed;
  let hints: Record<string, string>;
  let healed: OperationResult;
  let settled: OperationResult;
  let again: OperationResult;
  let idsAfterwards: Record<string, string>;
  let rolesAfterwards: unknown[];

  before(async () => {
    scope = await newScope();
    const byHand = `${scope.project}-by-hand`;
    const roleArn = await makeOpenRole(scope, byHand);
    ids = {};
    for (const serviceAccount of ALL) {
      ids[serviceAccount] = await associateByHand(scope, "ireland", { serviceAccount, roleArn });
    }
    const args = awsOnly(scope, [inMode(scope, "ireland")], ALL);
    // By the option of their resource, which a transformation gives; the role is left for the next update. `pulumi import` leaves a
    // resource in the state that has no replacement trigger yet: so is the reader.
    const takeOver: pulumi.ResourceTransform = ({ type, name, props, opts }) => {
      const account = name.split("/").at(-1) ?? "";
      if (type !== TYPE.association || account === "auditor") return undefined;
      const { replacementTrigger, ...others } = opts as Triggered;
      return {
        props,
        opts: {
          ...others,
          ...(account === "writer" && { replacementTrigger }),
          import: importIds[account],
          ignoreChanges: ["roleArn"],
        },
      };
    };
    const stack = await scope.open(irsaProgram(args));
    failure = await failureOf(stack.up());
    hints = Object.fromEntries(
      failure.result.diagnostics
        .filter(({ severity }) => severity === "warning")
        .flatMap(({ message }) => {
          const [, account = ""] = /\/(\w+) of EKS cluster "ireland"/.exec(message) ?? [];
          return account === "" ? [] : [[account, message] as const];
        }),
    );
    const importIds = Object.fromEntries(
      Object.entries(hints).map(([account, hint]) => [
        account,
        /pulumi import \S+ \S+ (\S+) --parent /.exec(hint)?.[1] ?? "",
      ]),
    );
    await typed(
      scope,
      /aws eks delete-pod-identity-association .*$/.exec(hints.auditor ?? "")?.[0] ?? "false",
    );
    healed = await stack.up(irsaProgram(args, { transforms: [takeOver] }));
    settled = await stack.up();
    idsAfterwards = await associationIdsIn(scope, "ireland");
    rolesAfterwards = Object.values(await associationsIn(scope, "ireland")).map(({ roleArn: arn }) => arn);
    again = await stack.up();
    await iamClient(scope.lab.aws).send(new DeleteRoleCommand({ RoleName: byHand }));
  });

  it("fails with the words of EKS", () => {
    assert.match(failure.message, /ResourceInUseException: Association already exists: a-/);
  });

  it("tells of each how to take it over and how to delete it", () => {
    assert.deepEqual(Object.keys(hints).sort(), ALL);
    for (const [name, hint] of Object.entries(hints)) {
      const [id, account] = [ids[name], `${scope.namespace}/${name}`];
      assert.ok(
        hint.startsWith(`MultiClusterIrsa "app": ${account} of EKS cluster "ireland" has an association`),
      );
      assert.ok(
        hint.includes(`pulumi import ${TYPE.association} app/ireland/${account} ireland,${id}@eu-west-1 `),
      );
      const where = `--region eu-west-1 --cluster-name ireland --association-id ${id}`;
      assert.ok(hint.endsWith(`aws eks delete-pod-identity-association ${where}`), hint);
    }
  });

  it("is healed by either: what was imported is not replaced, only gets the role", () => {
    const association = `${TYPE.association} app/ireland/${scope.namespace}`;
    assert.deepEqual(childChanges(healed), [
      `create ${association}/auditor`,
      `import ${association}/reader`,
      `import ${association}/writer`,
    ]);
    assert.deepEqual(childChanges(settled), [`update ${association}/reader`, `update ${association}/writer`]);
    const { auditor, ...imported } = idsAfterwards;
    const { auditor: deleted, ...before } = ids;
    assert.notEqual(auditor, deleted);
    assert.deepEqual(imported, before);
    assert.deepEqual(
      rolesAfterwards,
      ALL.map(() => settled.outputs.roleArn),
    );
  });

  it("leaves nothing to do", () => {
    assert.deepEqual(childChanges(again), []);
  });
});
