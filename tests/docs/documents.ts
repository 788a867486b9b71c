import { buildTrustPolicy } from "../../trust/policy";
import {
  TrustPolicyForm,
  type TrustedCluster,
  type TrustedPodIdentity,
  type TrustPolicy,
} from "../../trust/types";

export const EAST = provider("us-east-1", "1111AAAA");
export const WEST = provider("us-west-2", "2222BBBB");
export const READER = "system:serviceaccount:default:s3-reader";

/** The page's providers. */
function provider(region: string, letters: string): string {
  return `arn:aws:iam::111122223333:oidc-provider/oidc.eks.${region}.amazonaws.com/id/${letters.repeat(4)}`;
}

function trusted(
  name: string,
  oidcProviderArn: string,
  changes: Partial<TrustedCluster> = {},
): TrustedCluster {
  return {
    name,
    oidcProviderArn,
    subjects: [READER],
    oidcProviderClientIds: ["sts.amazonaws.com"],
    ...changes,
  };
}

/** Both clusters of the page in a form. */
export function bothAs(form: TrustPolicyForm): TrustPolicy {
  return buildTrustPolicy([trusted("east", EAST), trusted("west", WEST)], { form });
}

const REPORTS = "system:serviceaccount:reports:report-reader";

/** A cluster of the page by Pod Identity, in us-east-1. */
function byPodIdentity(
  name: string,
  subjects: string[] = [READER],
  { accountId = "111122223333", ...more }: Partial<TrustedPodIdentity> & { accountId?: string } = {},
): TrustedCluster {
  const clusterArn = `arn:aws:eks:us-east-1:${accountId}:cluster/${name}`;
  return { name, subjects, podIdentity: { clusterArn, ...more } };
}

/** The page's three clusters of two groups, and those that are added. */
export function threeByPodIdentity(...added: string[]): TrustPolicy {
  const shown = [byPodIdentity("east"), byPodIdentity("north", [READER, REPORTS]), byPodIdentity("west")];
  return buildTrustPolicy([...shown, ...added.map((name) => byPodIdentity(name))]);
}

const OFF = { disableSessionTags: true };
const ABROAD = { accountId: "444455556666", baseRoleArn: "arn:aws:iam::444455556666:role/base" };

/** The documents that the page shows, by the name in the comment before each. */
export const DOCUMENTS: Record<string, TrustPolicy> = {
  StatementPerCluster: bothAs(TrustPolicyForm.StatementPerCluster),
  SubjectOnly: bothAs(TrustPolicyForm.SubjectOnly),
  SingleStatement: bothAs(TrustPolicyForm.SingleStatement),
  PodIdentity: threeByPodIdentity(),
  PodIdentityTagsOff: buildTrustPolicy([
    byPodIdentity("east", [READER], OFF),
    byPodIdentity("west", [READER], OFF),
  ]),
  PodIdentityExternalId: buildTrustPolicy([byPodIdentity("east", [READER, REPORTS], { ...ABROAD, ...OFF })]),
  Wildcards: buildTrustPolicy([
    trusted("east", EAST, {
      subjectPatterns: ["system:serviceaccount:jobs:*", "system:serviceaccount:team-*:worker"],
    }),
  ]),
  Extras: buildTrustPolicy([trusted("east", EAST)], {
    conditions: { StringEquals: { "aws:SourceVpc": ["vpc-0123456789abcdef0"] } },
    statements: [
      {
        sid: "BreakGlass",
        awsPrincipals: ["arn:aws:iam::111122223333:user/break-glass"],
        conditions: { Bool: { "aws:MultiFactorAuthPresent": ["true"] } },
      },
    ],
  }),
};

/** What the three calls of the page ask IAM to take. */
export const PROBE = buildTrustPolicy(
  [["east", EAST] as const, ["west", WEST] as const].map(([name, arn]) =>
    trusted(name, arn, { subjects: ["system:serviceaccount:nobody:nobody"] }),
  ),
  { form: TrustPolicyForm.SingleStatement },
);
