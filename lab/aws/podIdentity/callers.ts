import type { LabAccount } from "../../types";
import type { Accounts } from "../account";
import { isPermitted } from "../identityPolicy";
import type { Moto } from "../moto";
import { AwsError } from "../query";
import type { RawCall } from "../rest";
import { signerOf } from "../restSignature";
import { podIdentityPrincipal } from "../trustCallers";
import type { KeyValues } from "../trustConditions";
import type { User, Users } from "../users";

/** What is asked to find out who calls EKS, and what he may do. */
export interface CallerParts {
  moto: Moto;
  accounts: Accounts;
  users: Users;
}

/** Who has signed a call to EKS. */
export interface Caller {
  /** The administrator of his account, whom the front acts as. */
  admin: LabAccount;
  /** Refuses what IAM does not let him do; an administrator may do everything. */
  mustBeAllowed: (action: string, resource: string) => Promise<void>;
  /** Refuses to hand EKS a role that he may not pass. */
  mustPass: (roleArn: string) => Promise<void>;
}

/** The caller, once the signature is verified: an administrator, or a user whose key the front has seen being made. */
export function callerOf(raw: RawCall, { moto, accounts, users }: CallerParts): Caller {
  const admins = [moto.admin, ...moto.otherAdmins];
  const signer = signerOf<LabAccount | User>(raw, [...admins, ...users.all()]);
  if (!("userName" in signer)) {
    const nothing = () => Promise.resolve();
    return { admin: signer, mustBeAllowed: nothing, mustPass: nothing };
  }
  const check = userCheck(signer, accounts);
  return {
    admin: signer.admin,
    mustBeAllowed: (action, resource) => check(action, resource, {}),
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    mustPass: (roleArn) => check("iam:PassRole", roleArn, { "iam:passedtoservice": [podIdentityPrincipal] }),
  };
}

/** Asks a user's own policies. Keys of conditions that are not given here are unknown, and never let anything through. */
function userCheck({ userName, admin }: User, accounts: Accounts) {
  return async (action: string, resource: string, keys: Record<string, string[]>): Promise<void> => {
    const documents = (await accounts.find(admin)?.account.policiesOfUser(userName)) ?? [];
    const valuesOf = (name: string): KeyValues => keys[name.toLowerCase()] ?? "unknown";
    if (isPermitted(documents, { action, resource, keys: valuesOf })) return;
    const arn = `arn:${admin.partition}:iam::${admin.accountId}:user/${userName}`;
    throw new AwsError(
      "AccessDeniedException",
      `User: ${arn} is not authorized to perform: ${action} on resource: ${resource}`,
      403,
    );
  };
}
