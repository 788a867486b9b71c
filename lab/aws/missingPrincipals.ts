import type { Accounts } from "./account";
import { AwsError } from "./query";

/**
 * Refuses a trust policy that names a role or user who is not there, in whatever account: IAM keeps their ids and not their
 * names, so it must know them. Of a whole account, a session and a service it does not ask that here.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
 */
export async function refuseMissingPrincipals(document: string, accounts: Accounts): Promise<void> {
  for (const arn of awsPrincipals(document)) {
    if (!(await exists(arn, accounts))) {
      throw new AwsError("MalformedPolicyDocument", `Invalid principal in policy: "AWS":"${arn}"`);
    }
  }
}

/** The principals of the kind AWS, of a document whose syntax has been checked. */
function awsPrincipals(document: string): string[] {
  const { Statement: written } = JSON.parse(document) as { Statement: unknown };
  const statements = (Array.isArray(written) ? written : [written]) as {
    Principal: { AWS?: string | string[] };
  }[];
  return statements.flatMap(({ Principal: { AWS = [] } }) => AWS);
}

async function exists(arn: string, accounts: Accounts): Promise<boolean> {
  const [, partition, accountId, kind] = /^arn:([a-z-]+):iam::(\d{12}):(role|user)\//.exec(arn) ?? [];
  if (!partition || !accountId) return true;
  const account = accounts.find({ partition, accountId })?.account;
  if (!account) return false;
  return kind === "role" ? (await account.role(arn)) !== undefined : account.hasUser(arn);
}
