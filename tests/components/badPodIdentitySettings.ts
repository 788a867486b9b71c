import { IdentityMode } from "../../index";
import { goodArgs, late, S3_READ } from "../support/clusters";
import { alone, both, FOREIGN, ofResource, tagged, TAGS_OFF, TARGET } from "../support/podIdentityArgs";
import type { BadInput } from "./badClusters";

const { Both, PodIdentity } = IdentityMode;

const SETTINGS: BadInput[] = [
  [
    "settings, and nobody has Pod Identity",
    goodArgs({ podIdentity: { targetRoleArn: TARGET } }),
    "podIdentity",
    /no cluster has Pod Identity: set identity to Both or PodIdentity, or leave it out/,
  ],
  [
    "a target role that is none",
    alone({ targetRoleArn: "target" }),
    "podIdentity.targetRoleArn",
    /is not the ARN of a role .*: "target"/,
  ],
  [
    "a target role for clusters that have web identities",
    both({ trusts: Both, identity: PodIdentity }, { podIdentity: { targetRoleArn: TARGET } }),
    "podIdentity.targetRoleArn",
    /wants identity and trusts of every cluster to be PodIdentity, and those of "blue", "green" are not/,
  ],
  [
    "a target role beside policies",
    alone({ targetRoleArn: TARGET }, { policyArns: { s3Read: S3_READ } }),
    "policyArns",
    /podIdentity\.targetRoleArn too, whose permissions the pods get: give them to that role/,
  ],
  [
    "a target role beside inline policies",
    alone({ targetRoleArn: late(TARGET) }, { inlinePolicies: { read: "{}" } }),
    "inlinePolicies",
    /give them to that role/,
  ],
  [
    "a target role beside a base role",
    alone({ targetRoleArn: TARGET }, {}, FOREIGN),
    "clusters[0].baseRole",
    /makes this component's role the base role itself: leave one of them out/,
  ],
  [
    "no session tags, and no word that this is meant",
    alone({ disableSessionTags: true }),
    "podIdentity.disableSessionTags",
    /every association of the clusters that names the role would have it, whoever makes one\. If that is meant, set allowClusterWideTrust to true/,
  ],
  [
    "no session tags for associations that others make",
    alone(TAGS_OFF, {}, FOREIGN),
    "podIdentity.disableSessionTags",
    /the component of its baseRole: set it there, and here clusters\[\]\.baseRole\.disableSessionTags/,
  ],
  [
    "cluster-wide trust, and session tags",
    alone({ allowClusterWideTrust: true }),
    "podIdentity.allowClusterWideTrust",
    /is for disableSessionTags, which is not set: leave it out/,
  ],
  [
    "a session policy, and session tags",
    alone({ policy: '{"Statement":[]}' }),
    "podIdentity.policy",
    /needs disableSessionTags, since EKS takes no such policy beside session tags/,
  ],
  [
    "a session policy that is no JSON",
    alone({ ...TAGS_OFF, policy: "allow" }),
    "podIdentity.policy",
    /no JSON object/,
  ],
  [
    "a session policy that is a list",
    alone({ ...TAGS_OFF, policy: "[]" }),
    "podIdentity.policy",
    /no JSON object/,
  ],
  ...[-1, 301, 1.5, NaN, "15", null].map((settleSeconds): BadInput => [
    `settling for ${JSON.stringify(settleSeconds)} seconds`,
    alone({ settleSeconds }),
    "podIdentity.settleSeconds",
    /write seconds, a whole number from 0 to 300/,
  ]),
  [
    "conditions of web identities, and none of Pod Identity",
    both({}, { trust: { conditions: { StringEquals: { "aws:SourceVpc": ["vpc-1"] } } } }),
    "trust.podIdentityConditions",
    /is missing: conditions narrow web identities alone.*Write what to ask of the latter, or \{\} if that is nothing/,
  ],
  [
    "conditions of Pod Identity, and nobody has it",
    goodArgs({ trust: { podIdentityConditions: {} } }),
    "trust.podIdentityConditions",
    /the role trusts Pod Identity of no cluster: leave it out/,
  ],
  [
    "a condition on who calls, and the service itself does",
    both({}, { trust: { podIdentityConditions: { StringEquals: { "aws:PrincipalOrgID": ["o-1"] } } } }),
    'trust.podIdentityConditions["StringEquals"]["aws:PrincipalOrgID"]',
    /the service itself makes the call, and no principal of yours\. Leave it out/,
  ],
  [
    "a condition on the service's account, and a base role calls",
    both(FOREIGN, { trust: { podIdentityConditions: { StringEquals: { "aws:SourceOrgID": ["o-1"] } } } }),
    'trust.podIdentityConditions["StringEquals"]["aws:SourceOrgID"]',
    /a base role makes the call, and not the service itself/,
  ],
  [
    "a condition on a session tag, and these are off",
    alone(TAGS_OFF, {
      trust: { podIdentityConditions: { Null: { "aws:RequestTag/kubernetes-pod-name": ["false"] } } },
    }),
    'trust.podIdentityConditions["Null"]["aws:RequestTag/kubernetes-pod-name"]',
    /the session tags of the associations are off/,
  ],
];

const NO_TAGS: BadInput[] = [
  [
    "a session policy that asks for a tag",
    alone({ ...TAGS_OFF, policy: tagged("aws:PrincipalTag/kubernetes-namespace") }),
    "podIdentity.policy",
    /asks for aws:PrincipalTag\/kubernetes-namespace, and sessions with a policy have no tags: write the policy without it/,
  ],
  ...[
    "eks-cluster-arn",
    "eks-cluster-name",
    "kubernetes-namespace",
    "kubernetes-service-account",
    "kubernetes-pod-name",
    "kubernetes-pod-uid",
  ].map((tag): BadInput => [
    `an inline policy that asks for the tag ${tag}, which is off`,
    alone(TAGS_OFF, { inlinePolicies: { read: tagged(`aws:PrincipalTag/${tag}`) } }),
    'inlinePolicies["read"]',
    new RegExp(
      `asks for aws:PrincipalTag/${tag}, and by podIdentity\\.disableSessionTags .*leave the tags on`,
    ),
  ]),
  [
    "an inline policy that asks for a tag in other letters",
    alone(TAGS_OFF, { inlinePolicies: { read: tagged("AWS:principaltag/Kubernetes-Namespace") } }),
    'inlinePolicies["read"]',
    /asks for AWS:principaltag\/Kubernetes-Namespace/,
  ],
  [
    "an inline policy with a tag as a variable",
    alone(TAGS_OFF, { inlinePolicies: { read: ofResource("${aws:PrincipalTag/kubernetes-pod-uid}") } }),
    'inlinePolicies["read"]',
    /asks for aws:PrincipalTag\/kubernetes-pod-uid/,
  ],
  [
    "an inline policy with a tag as a variable that has a default",
    alone(TAGS_OFF, { inlinePolicies: { read: ofResource("${aws:principaltag/eks-cluster-name, 'none'}") } }),
    'inlinePolicies["read"]',
    /asks for aws:principaltag\/eks-cluster-name/,
  ],
  [
    "an inline policy that asks for a tag of a base role's sessions, which have none",
    both(
      { ...FOREIGN, baseRole: { arn: FOREIGN.baseRole.arn, disableSessionTags: true } },
      { inlinePolicies: { read: tagged("aws:PrincipalTag/kubernetes-namespace") } },
    ),
    'inlinePolicies["read"]',
    /by clusters\[1\]\.baseRole\.disableSessionTags there are sessions without that tag/,
  ],
];

/** What is wrong with the settings of EKS Pod Identity, and with policies that hang on its session tags. */
export const BAD_POD_IDENTITY_SETTINGS: BadInput[] = [...SETTINGS, ...NO_TAGS];
