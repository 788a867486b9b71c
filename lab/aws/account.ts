import {
  GetOpenIDConnectProviderCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListAttachedUserPoliciesCommand,
  ListRolePoliciesCommand,
  ListUserPoliciesCommand,
  NoSuchEntityException,
  type AttachedPolicy,
  type IAMClient,
} from "@aws-sdk/client-iam";
import type { LabAccount } from "../types";
import { iamClient } from "./iamClient";

/** A role, as far as STS must know it. */
export interface Role {
  arn: string;
  id: string;
  trustPolicy: string;
  maxSessionDuration: number;
}

/** An OIDC provider of the account. */
export interface OidcProvider {
  arn: string;
  /** The audiences it takes. */
  clientIds: string[];
}

/** Which account is meant. */
type AccountName = Pick<LabAccount, "accountId" | "partition">;

/** The accounts that there are, each read by the front as its administrator. */
export class Accounts {
  readonly #known: { admin: LabAccount; iam: IAMClient; account: Account }[];

  constructor(endpointUrl: string, admins: LabAccount[]) {
    this.#known = admins.map((admin) => {
      const iam = iamClient({ endpointUrl, ...admin }, admin.region);
      return { admin, iam, account: new Account(iam) };
    });
  }

  /** The account with its administrator; undefined where there is none of this number in this partition. */
  find({ accountId, partition }: AccountName): { account: Account; admin: LabAccount } | undefined {
    return this.#known.find(({ admin }) => admin.accountId === accountId && admin.partition === partition);
  }

  close(): void {
    for (const { iam } of this.#known) iam.destroy();
  }
}

/** What IAM holds in one account. */
export class Account {
  constructor(private readonly iam: IAMClient) {}

  /** The role of exactly this ARN, path included. */
  async role(arn: string): Promise<Role | undefined> {
    const RoleName = arn.split("/").at(-1) ?? "";
    const answer = await orNothing(this.iam.send(new GetRoleCommand({ RoleName })));
    const role = answer?.Role;
    if (role?.Arn !== arn || !role.RoleId || !role.AssumeRolePolicyDocument) return undefined;
    return {
      arn,
      id: role.RoleId,
      trustPolicy: decodeURIComponent(role.AssumeRolePolicyDocument),
      maxSessionDuration: role.MaxSessionDuration ?? 3600,
    };
  }

  /** Whether there is a user of exactly this ARN. */
  async hasUser(arn: string): Promise<boolean> {
    const UserName = arn.split("/").at(-1) ?? "";
    const answer = await orNothing(this.iam.send(new GetUserCommand({ UserName })));
    return answer?.User?.Arn === arn;
  }

  /** The documents of a user's own policies, inline ones and attached ones; groups are not looked at. */
  async policiesOfUser(UserName: string): Promise<string[]> {
    const inline = await this.iam.send(new ListUserPoliciesCommand({ UserName }));
    const attached = await this.iam.send(new ListAttachedUserPoliciesCommand({ UserName }));
    return this.documentsOf(attached.AttachedPolicies, inline.PolicyNames, async (PolicyName) => {
      const answer = await this.iam.send(new GetUserPolicyCommand({ UserName, PolicyName }));
      return answer.PolicyDocument;
    });
  }

  /** The documents of a role's own policies, inline ones and attached ones. */
  async policiesOf(roleArn: string): Promise<string[]> {
    const RoleName = roleArn.split("/").at(-1) ?? "";
    const inline = await this.iam.send(new ListRolePoliciesCommand({ RoleName }));
    const attached = await this.iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    return this.documentsOf(attached.AttachedPolicies, inline.PolicyNames, async (PolicyName) => {
      const answer = await this.iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      return answer.PolicyDocument;
    });
  }

  private async documentsOf(
    attached: AttachedPolicy[] = [],
    inline: string[] = [],
    inlineDocument: (name: string) => Promise<string | undefined>,
  ): Promise<string[]> {
    const documents = await Promise.all([
      ...inline.map(inlineDocument),
      ...attached.map(({ PolicyArn }) => this.managedPolicy(PolicyArn ?? "")),
    ]);
    return documents.map((document) => decodeURIComponent(document ?? ""));
  }

  private async managedPolicy(PolicyArn: string): Promise<string | undefined> {
    const { Policy: policy } = await this.iam.send(new GetPolicyCommand({ PolicyArn }));
    const VersionId = policy?.DefaultVersionId;
    const answer = await this.iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
    return answer.PolicyVersion?.Document;
  }

  /** The OIDC provider of exactly this ARN. */
  async oidcProvider(arn: string): Promise<OidcProvider | undefined> {
    const answer = await orNothing(
      this.iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn })),
    );
    return answer && { arn, clientIds: answer.ClientIDList ?? [] };
  }
}

async function orNothing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof NoSuchEntityException) return undefined;
    throw error;
  }
}
