import { setTimeout as sleep } from "node:timers/promises";
import {
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  ListInstanceProfilesForRoleCommand,
  RemoveRoleFromInstanceProfileCommand,
  type IAMClient,
} from "@aws-sdk/client-iam";
import { isAwsError, unlessMissing } from "../errors";
import { attachedPolicies, inlinePolicyNames } from "./rolePolicies";

// The real plugin insists for two minutes, because IAM may not know yet that a policy was detached. Here it knows:
// a few seconds leave room for a deletion that is under way elsewhere.
const CONFLICT_PATIENCE_MS = 3_000;
const CONFLICT_PAUSE_MS = 250;

/** Deletes a role as deleteRole of internal/service/iam/role.go does; only by force with the policies on it. */
export async function deleteRole(iam: IAMClient, name: string, force: boolean): Promise<void> {
  await unlessMissing(leaveInstanceProfiles(iam, name), "NoSuchEntity");
  if (force) await unlessMissing(dropPolicies(iam, name), "NoSuchEntity");
  const deadline = Date.now() + CONFLICT_PATIENCE_MS;
  for (;;) {
    try {
      await unlessMissing(iam.send(new DeleteRoleCommand({ RoleName: name })), "NoSuchEntity");
      return;
    } catch (error) {
      if (!isAwsError(error, "DeleteConflict") || Date.now() > deadline) throw error;
      await sleep(CONFLICT_PAUSE_MS);
    }
  }
}

async function leaveInstanceProfiles(iam: IAMClient, name: string): Promise<void> {
  const { InstanceProfiles } = await iam.send(new ListInstanceProfilesForRoleCommand({ RoleName: name }));
  for (const { InstanceProfileName } of InstanceProfiles ?? []) {
    const leave = new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName: name });
    await unlessMissing(iam.send(leave), "NoSuchEntity");
  }
}

async function dropPolicies(iam: IAMClient, name: string): Promise<void> {
  for (const PolicyArn of await attachedPolicies(iam, name)) {
    const detach = new DetachRolePolicyCommand({ RoleName: name, PolicyArn });
    await unlessMissing(iam.send(detach), "NoSuchEntity");
  }
  for (const PolicyName of await inlinePolicyNames(iam, name)) {
    const remove = new DeleteRolePolicyCommand({ RoleName: name, PolicyName });
    await unlessMissing(iam.send(remove), "NoSuchEntity");
  }
}
