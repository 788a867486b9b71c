import { TrustPolicyForm, type MultiClusterIrsaArgs, type TrustSettings } from "../../index";
import { cluster, goodArgs, podIdentityCluster } from "../support/clusters";
import { eksIssuer, providerArn } from "../support/fleet";
import type { BadInput } from "./badClusters";

/** Trust settings with something wrong; a JavaScript program can write what the type forbids. */
const trust = (settings: { [K in keyof TrustSettings]?: unknown }) =>
  goodArgs({ trust: settings as TrustSettings });
const sharded = (
  changes: { [K in keyof TrustSettings]?: unknown },
  shards: (string | undefined)[] = ["a", "b"],
) =>
  goodArgs({
    clusters: ["B", "C"].map((id, index) => {
      const shard = shards[index];
      return cluster(`cluster-${id}`, id, shard === undefined ? {} : { shard });
    }),
    trust: { shards: ["a", "b"], ...changes } as TrustSettings,
  });
const adopted = (ids: unknown, settings: TrustSettings): MultiClusterIrsaArgs =>
  goodArgs({
    clusters: [
      cluster("blue", "B"),
      cluster("green", "C", {
        oidcProviderArn: providerArn(eksIssuer("C")),
        ...(ids !== undefined && { oidcProviderClientIds: ids as string[] }),
      }),
    ],
    trust: settings,
  });
const BASE_ACCOUNT = "210987654321";
const BASE_ROLE = `arn:aws:iam::${BASE_ACCOUNT}:role/base`;
const BREAK_GLASS = "arn:aws:iam::111122223333:role/break-glass";

export const BAD_TRUST: BadInput[] = [
  [
    "a form without audience, and an adopted provider of which nothing is said",
    adopted(undefined, { form: TrustPolicyForm.SubjectOnly }),
    "clusters[1].oidcProviderClientIds",
    /is missing: the form SubjectOnly leaves it to the OIDC provider.*write \["sts\.amazonaws\.com"\]; else use StatementPerCluster/,
  ],
  [
    "the single statement, and an adopted provider with a second client ID",
    adopted(["sts.amazonaws.com", "other"], { form: TrustPolicyForm.SingleStatement }),
    "clusters[1].oidcProviderClientIds",
    /is \["sts\.amazonaws\.com","other"\]: the form SingleStatement leaves it/,
  ],
  [
    "the single statement, and issuers that differ in case alone",
    goodArgs({
      clusters: ["a", "A"].map((id) => ({
        ...cluster(`c-${id}`, "B"),
        issuerUrl: `https://example.com/${id}`,
      })),
      trust: { form: TrustPolicyForm.SingleStatement },
    }),
    "clusters[1].issuerUrl",
    /differs from clusters\[0\]\.issuerUrl in case alone.*use another form than SingleStatement/,
  ],
  [
    "client IDs without STS",
    adopted(["other"], {}),
    "clusters[1].oidcProviderClientIds",
    /lacks sts\.amazonaws\.com.*add-client-id-to-open-id-connect-provider/,
  ],
  [
    "client IDs of a provider that is created",
    goodArgs({ clusters: [cluster("blue", "B", { oidcProviderClientIds: ["sts.amazonaws.com"] })] }),
    "clusters[0].oidcProviderClientIds",
    /is for a provider that is adopted.*leave it out/,
  ],
  [
    "a condition that would deny everyone",
    trust({ conditions: { StringEquals: { "aws:PrincipalOrgID": ["o-1"] } } }),
    'trust.conditions["StringEquals"]["aws:PrincipalOrgID"]',
    /never part of AssumeRoleWithWebIdentity.*no principal of AWS yet\. Leave it out/,
  ],
  [
    "a break-glass principal that is everyone",
    trust({ statements: [{ awsPrincipals: [BREAK_GLASS] }, { awsPrincipals: ["*"] }] }),
    "trust.statements[1].awsPrincipals[0]",
    /wildcards and other kinds of principal are not taken/,
  ],
  ...[
    "arn:aws:iam::111122223333:assumed-role/admin/me",
    "arn:aws:sts::111122223333:role/admin",
    "arn:aws:sts::111122223333:root",
    "arn:aws:sts::111122223333:assumed-role/admin",
  ].map((principal): BadInput => [
    `a principal of another kind: ${principal}`,
    trust({ statements: [{ awsPrincipals: [principal] }] }),
    "trust.statements[0].awsPrincipals[0]",
    /write the ARN of a user, a role, an account .* or one session of a role/,
  ]),
  [
    "two statements of one ID",
    trust({
      statements: [
        { sid: "A", awsPrincipals: [BREAK_GLASS] },
        { awsPrincipals: [BREAK_GLASS] },
        { sid: "A", awsPrincipals: [BREAK_GLASS] },
      ],
    }),
    "trust.statements[2].sid",
    /is "A", as trust\.statements\[0\]\.sid is/,
  ],
  ...[
    `arn:aws:iam::${BASE_ACCOUNT}:root`,
    BASE_ROLE,
    `arn:aws:sts::${BASE_ACCOUNT}:assumed-role/base/me`,
  ].map((principal): BadInput => [
    `a statement that lets a base role in: ${principal}`,
    goodArgs({
      clusters: [
        cluster("blue", "B"),
        podIdentityCluster("far", "C", { accountId: BASE_ACCOUNT, baseRole: { arn: BASE_ROLE } }),
      ],
      trust: { statements: [{ awsPrincipals: [BREAK_GLASS, principal] }] },
    }),
    "trust.statements[0].awsPrincipals[1]",
    /lets in arn:aws:iam::210987654321:role\/base, the base role of cluster "far", beside the bindings/,
  ]),
  [
    "shards that differ in case alone",
    sharded({ shards: ["a", "b", "A"] }),
    "trust.shards[2]",
    /is "a" in other letters, and IAM does not tell names of roles by case/,
  ],
  ["no shards in the list", trust({ shards: [] }), "trust.shards", /is empty: name the shards/],
  [
    "a shard's name with a slash",
    sharded({ shards: ["a", "b", "c/d"] }),
    "trust.shards[2]",
    /not a shard's name: "c\/d"/,
  ],
  ["a shard twice", sharded({ shards: ["a", "b", "a"] }), "trust.shards[2]", /as trust\.shards\[0\] is/],
  [
    "an original shard that there is not",
    sharded({ originalShard: "c" }),
    "trust.originalShard",
    /is "c": write one of "a", "b"/,
  ],
  [
    "an original shard without shards",
    trust({ originalShard: "a" }),
    "trust.originalShard",
    /there are no trust\.shards/,
  ],
  ["a cluster without a shard", sharded({}, ["a"]), "clusters[1].shard", /is missing: write one of "a", "b"/],
  [
    "a cluster in a shard that there is not",
    sharded({}, ["a", "c"]),
    "clusters[1].shard",
    /is "c": write one of "a", "b"/,
  ],
  [
    "a cluster in a shard where there are none",
    goodArgs({ clusters: [cluster("blue", "B", { shard: "a" })] }),
    "clusters[0].shard",
    /there are no shards: list them in trust\.shards/,
  ],
  [
    "a role's name that is too long with its shard's",
    { ...sharded({}), role: { name: "r".repeat(63) } },
    "role.name",
    /is 65 characters long/,
  ],
];
