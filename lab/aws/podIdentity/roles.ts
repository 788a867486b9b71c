import type { Accounts, Role } from "../account";
import { AwsError } from "../query";
import { podIdentityPrincipal } from "../trustCallers";
import { matchesPattern } from "../truth";
import { invalidParameter } from "./fields";
import type { ClusterPlace } from "./store";

const ROLE_ARN = /^arn:(aws[a-z-]*):iam::(\d{12}):role\/(?:[!-~]+\/)?[\w+=,.@-]{1,64}$/;

/** The account and partition in a role's ARN; undefined when it is none. */
export function placeOfRole(arn: string): { partition: string; accountId: string } | undefined {
  const [, partition, accountId] = ROLE_ARN.exec(arn) ?? [];
  return partition && accountId ? { partition, accountId } : undefined;
}

/** The role of an ARN, in whatever account of the lab it is. */
export async function findRole(accounts: Accounts, arn: string): Promise<Role | undefined> {
  const place = placeOfRole(arn);
  return place && accounts.find(place)?.account.role(arn);
}

/**
 * Checks an association's role as EKS does when the association is made: it is in the cluster's account, it is there, and it
 * trusts EKS. How far EKS looks into the trust policy is not documented; observed is that it refuses a role without a
 * statement for its principal, and one without sts:TagSession while there are session tags. Conditions are not looked at here.
 * @see https://github.com/hashicorp/terraform-provider-aws/issues/41483
 */
export async function checkRole(
  accounts: Accounts,
  cluster: ClusterPlace,
  wanted: { roleArn: string; disableSessionTags: boolean },
): Promise<void> {
  const place = placeOfRole(wanted.roleArn);
  if (!place) throw invalidParameter("The role ARN provided is invalid.");
  if (place.accountId !== cluster.accountId || place.partition !== cluster.partition) {
    throw new AwsError("AccessDeniedException", "Cross-account pass role is not allowed.", 403);
  }
  const role = await findRole(accounts, wanted.roleArn);
  if (!role) throw invalidParameter("Role provided in the request does not exist.");
  const actions = ["sts:AssumeRole", ...(wanted.disableSessionTags ? [] : ["sts:TagSession"])];
  if (!actions.every((action) => allowsService(role.trustPolicy, action))) {
    throw invalidParameter("Trust policy of the role provided is invalid.");
  }
}

/** Whether any Allow names EKS's principal and the action. IAM has checked the document when it stored it. */
function allowsService(trustPolicy: string, action: string): boolean {
  const { Statement: written } = JSON.parse(trustPolicy) as { Statement: unknown };
  return listOf(written).some((statement) => {
    const { Effect, Principal, Action } = statement as Record<string, unknown>;
    const { Service } = (Principal ?? {}) as Record<string, unknown>;
    return (
      Effect === "Allow" &&
      listOf(Service).includes(podIdentityPrincipal) &&
      listOf(Action).some((pattern) => matchesPattern(String(pattern).toLowerCase(), action.toLowerCase()))
    );
  });
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [value];
}
