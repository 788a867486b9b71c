import { IdentityMode, SubjectMatch, TrustPolicyForm } from "../../index";
import { cluster, late } from "../support/clusters";
import { both, FOREIGN, GREEN, second } from "../support/podIdentityArgs";
import type { BadInput } from "./badClusters";

const { Irsa, Both, PodIdentity } = IdentityMode;

const MODES: BadInput[] = [
  [
    "an identity that is none",
    second({ identity: "Pods" }),
    "clusters[1].identity",
    /is "Pods": write Irsa or Both or PodIdentity/,
  ],
  ["a trust that is none", second({ trusts: "" }), "clusters[1].trusts", /is "": write Irsa or Both/],
  ...(
    [
      [Both, Irsa],
      [Both, PodIdentity],
      [PodIdentity, Irsa],
      [undefined, PodIdentity],
    ] as const
  ).map(([identity, trusts]): BadInput => [
    `identity ${identity ?? "left out"}, of which the role trusts ${trusts}`,
    second({ ...GREEN, identity, trusts }),
    "clusters[1].trusts",
    new RegExp(
      `is ${trusts}, and so the role would refuse pods of identity ${identity ?? Irsa}: write Both, or leave it out`,
    ),
  ]),
];

const CLUSTERS: BadInput[] = [
  [
    "Pod Identity without the cluster's name",
    both({ clusterName: undefined }),
    "clusters[1].clusterName",
    /is missing, and Pod Identity needs it.*`aws eks list-clusters` prints it \(fromClusterName fills it in\)/,
  ],
  [
    "trust in Pod Identity without the cluster's name",
    both({ clusterName: undefined, identity: Irsa, trusts: Both }),
    "clusters[1].clusterName",
    /is missing/,
  ],
  [
    "a cluster's name that arrives late",
    both({ clusterName: late("green") }),
    "clusters[1].clusterName",
    /plain text/,
  ],
  [
    "a cluster's ARN for its name",
    both({ clusterName: "arn:aws:eks:us-east-1:123456789012:cluster/green" }),
    "clusters[1].clusterName",
    /is not a cluster's name in EKS: "arn:[^"]*".*1 to 100 letters/,
  ],
  [
    "Pod Identity without the cluster's region",
    both({ region: undefined }),
    "clusters[1].region",
    /is missing, and Pod Identity needs it.*`aws eks list-clusters --region <region>`.*fromClusterName fills it in/,
  ],
  ["a region that arrives late", both({ region: late("us-east-1") }), "clusters[1].region", /plain text/],
  [
    "a zone for a region",
    both({ region: "us-east-1a" }),
    "clusters[1].region",
    /is not a region: "us-east-1a" \(such as "eu-west-1"\)/,
  ],
  [
    "a region that is not the issuer's",
    both({ region: "eu-west-1" }),
    "clusters[1].issuerUrl",
    /is in us-east-1, and the cluster's region is "eu-west-1": write the issuer and the region of one cluster/,
  ],
  [
    "a self-hosted cluster with Pod Identity",
    both({ issuerUrl: "https://oidc.example.com/green" }),
    "clusters[1].issuerUrl",
    /is no issuer of EKS.*set identity to IdentityMode\.Irsa/,
  ],
  [
    "a self-hosted cluster with trust in Pod Identity",
    both({ issuerUrl: "https://oidc.example.com/green", identity: Irsa, trusts: Both }),
    "clusters[1].issuerUrl",
    /is no issuer of EKS/,
  ],
  [
    "one cluster under two names",
    both(
      {},
      {
        clusters: [
          cluster("blue", "B", { ...GREEN, identity: Both }),
          cluster("green", "C", { ...GREEN, identity: Irsa, trusts: Both }),
        ],
      },
    ),
    "clusters[1].clusterName",
    /is green in us-east-1, as clusters\[0\]\.clusterName is: list that cluster once, or say their accountId/,
  ],
  [
    "one cluster under two names, of which one says its account",
    both(
      {},
      {
        clusters: [
          cluster("blue", "B", { ...GREEN, identity: Both }),
          cluster("green", "C", { ...GREEN, identity: Both, accountId: "123456789012" }),
        ],
      },
    ),
    "clusters[1].clusterName",
    /is green in us-east-1, 123456789012, as clusters\[0\]\.clusterName is: list that cluster once/,
  ],
  [
    "one cluster of another account under two names, of which one says its account",
    both(
      {},
      {
        clusters: [
          cluster("blue", "B", { ...GREEN, ...FOREIGN, identity: Both }),
          cluster("green", "C", { ...GREEN, identity: Both, baseRole: FOREIGN.baseRole }),
        ],
      },
    ),
    "clusters[1].clusterName",
    /is green in us-east-1, 210987654321, as clusters\[0\]\.clusterName is/,
  ],
  [
    "clusters of two accounts without a base role",
    both(
      {},
      {
        clusters: [
          cluster("blue", "B", { ...GREEN, identity: Both, accountId: "123456789012" }),
          cluster("green", "C", { ...GREEN, identity: Both, accountId: "210987654321" }),
        ],
      },
    ),
    "clusters[1].accountId",
    /is 210987654321, and that of another cluster without a baseRole 123456789012: .* one of the two needs a baseRole/,
  ],
  [
    "an account of 11 digits",
    second({ accountId: "12345678901" }),
    "clusters[1].accountId",
    /is no AWS account: "12345678901" \(12 digits, as text\)/,
  ],
  [
    "a take-over of a provider that is not used",
    both({ identity: PodIdentity, importOidcProvider: true }),
    "clusters[1].importOidcProvider",
    /none is used where the role accepts PodIdentity alone: leave it out/,
  ],
  [
    "a wildcard where there is Pod Identity",
    both({}, { serviceAccounts: [{ namespace: "default", name: "s3-*", match: SubjectMatch.Wildcard }] }),
    "serviceAccounts[0].match",
    /is Wildcard, and Pod Identity, which "green" has, takes no wildcards: bind each ServiceAccount by its name/,
  ],
  [
    "a form without audience for web identities, beside Pod Identity",
    both({ oidcProviderArn: late("arn"), trusts: Both }, { trust: { form: TrustPolicyForm.SubjectOnly } }),
    "clusters[1].oidcProviderClientIds",
    /is missing/,
  ],
];

const ROLES_AND_AGENTS: BadInput[] = [
  [
    "a base role and no Pod Identity",
    second(FOREIGN),
    "clusters[1].baseRole",
    /is for Pod Identity, which the cluster does not have: leave it out/,
  ],
  [
    "a base role without ARN",
    both({ baseRole: {} }),
    "clusters[1].baseRole.arn",
    /is missing: write the ARN/,
  ],
  [
    "a base role that is a user",
    both({ baseRole: { arn: "arn:aws:iam::210987654321:user/base" } }),
    "clusters[1].baseRole.arn",
    /is not the ARN of a role \(arn:<partition>:iam::<account>:role\/<name>\)/,
  ],
  [
    "a base role in another account than the cluster's",
    both({ ...FOREIGN, accountId: "111122223333" }),
    "clusters[1].baseRole.arn",
    /is in account 210987654321, and the cluster in 111122223333/,
  ],
  [
    "the agent and no Pod Identity",
    second({ installAgent: true }),
    "clusters[1].installAgent",
    /the cluster does not have Pod Identity: set `identity`, or leave it out/,
  ],
  [
    "the agent beside a base role",
    both({ ...FOREIGN, installAgent: true }),
    "clusters[1].installAgent",
    /the component that makes the cluster's associations.*set it there/,
  ],
  [
    "the agent where it is built in",
    both({ installAgent: true, autoMode: true }),
    "clusters[1].installAgent",
    /is in EKS Auto Mode, which has the agent built in: leave it out/,
  ],
];

/** What is wrong with clusters of EKS Pod Identity. */
export const BAD_POD_IDENTITY: BadInput[] = [...MODES, ...CLUSTERS, ...ROLES_AND_AGENTS];
