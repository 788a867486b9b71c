import assert from "node:assert/strict";
import {
  findProblems,
  IdentityMode,
  SubjectMatch,
  TrustPolicyForm,
  type IrsaCluster,
  type MultiClusterIrsaArgs,
} from "../../index";
import { absentTagProblem, sessionPolicyProblem } from "../../components/sessionTags";
import { cluster, goodArgs, late, READER, S3_READ } from "../support/clusters";
import {
  alone,
  both,
  FOREIGN,
  GREEN,
  ofResource,
  second,
  tagged,
  TAGS_OFF,
  TARGET,
} from "../support/podIdentityArgs";

const { Irsa, Both, PodIdentity } = IdentityMode;
const NAMESPACE_TAG = "aws:PrincipalTag/kubernetes-namespace";

describe("arguments of Pod Identity with nothing wrong", () => {
  const lateGreen = { issuerUrl: late("https://example.com/late"), autoMode: late(true), installAgent: true };
  const pods = cluster("green", "C", { ...GREEN, identity: PodIdentity });
  const rows: [string, MultiClusterIrsaArgs][] = [
    ["both at once", both()],
    ["trust that is wider than the identity, forward", both({ identity: PodIdentity, trusts: Both })],
    ["trust that is wider than the identity, back", both({ identity: Irsa, trusts: Both })],
    ["a region that is not known yet", both({ region: "xx-newland-1", issuerUrl: late("x") })],
    ["what arrives late", both(lateGreen)],
    ["the agent in a cluster that is retired", both({ installAgent: true, retired: true })],
    ["a base role", both(FOREIGN)],
    ["a base role that arrives late", both({ ...FOREIGN, baseRole: { arn: late(TARGET) } })],
    ["a base role, and the account left out", both({ baseRole: FOREIGN.baseRole })],
    ["the facts of a cluster of IRSA", second({ ...GREEN, accountId: "123456789012", installAgent: false })],
    [
      "settings, and only the trust has Pod Identity",
      both({ identity: Irsa, trusts: Both }, { podIdentity: {} }),
    ],
    ["settling, and nobody has Pod Identity any more", goodArgs({ podIdentity: { settleSeconds: 30 } })],
    ["a target role", alone({ targetRoleArn: TARGET })],
    ["a target role that arrives late", alone({ targetRoleArn: late("x") })],
    [
      "a target role and empty policies",
      alone({ targetRoleArn: TARGET }, { policyArns: {}, inlinePolicies: {} }),
    ],
    ["a policy of sessions", alone({ ...TAGS_OFF, policy: ofResource("${aws:PrincipalTag/team}") })],
    ["a policy of sessions that arrives late", alone({ ...TAGS_OFF, policy: late("x") })],
    ["the shortest settling", alone({ settleSeconds: 0 })],
    ["the longest settling", alone({ settleSeconds: 300 })],
    [
      "one name in EKS in two regions, and in two accounts",
      goodArgs({
        clusters: [
          pods,
          { ...pods, ...cluster("blue", "B"), region: "eu-west-1", issuerUrl: late("x") },
          { ...pods, ...cluster("red", "D"), ...FOREIGN },
        ],
      }),
    ],
    [
      "one name in EKS in an account and in another, whose base role arrives late",
      goodArgs({
        clusters: [
          pods,
          { ...pods, ...cluster("red", "D"), ...FOREIGN, baseRole: { arn: late(FOREIGN.baseRole.arn) } },
        ],
      }),
    ],
    [
      "one name in EKS for two clusters of IRSA, which may be of two accounts",
      goodArgs({ clusters: [cluster("blue", "B", GREEN), cluster("green", "C", GREEN)] }),
    ],
    [
      "a wildcard where there is IRSA alone",
      both(
        {},
        {
          serviceAccounts: [
            READER,
            { namespace: "default", name: "s4-*", match: SubjectMatch.Wildcard, clusters: ["blue"] },
          ],
        },
      ),
    ],
    [
      "what a cluster says of a provider that is not used",
      both(
        {
          identity: PodIdentity,
          oidcProviderArn: "arn:aws:iam::123456789012:oidc-provider/example.com",
          oidcProviderClientIds: ["other"],
          thumbprints: ["x"],
        },
        { trust: { form: TrustPolicyForm.SubjectOnly } },
      ),
    ],
    [
      "issuers that differ in case alone, of which one has no web identities",
      goodArgs({
        clusters: ["c", "C"].map((id, index) => ({
          ...cluster(`blue-${index}`, id, index === 0 ? {} : { ...GREEN, identity: PodIdentity }),
        })),
        trust: { form: TrustPolicyForm.SingleStatement },
      }),
    ],
    [
      "conditions of each kind",
      both(
        {},
        { trust: { conditions: { Null: { "aws:SourceVpc": ["false"] } }, podIdentityConditions: {} } },
      ),
    ],
    ["no conditions", both({}, { trust: { conditions: {} } })],
    ["policies that ask for tags", both({}, { inlinePolicies: { read: tagged(NAMESPACE_TAG) } })],
    [
      "policies that ask for tags, of web identities",
      goodArgs({ inlinePolicies: { read: tagged(NAMESPACE_TAG) } }),
    ],
    [
      "policies that ask for other tags, or say the words elsewhere",
      alone(TAGS_OFF, {
        policyArns: { s3Read: S3_READ },
        inlinePolicies: {
          other: tagged("aws:PrincipalTag/team"),
          longer: tagged(`${NAMESPACE_TAG}s`),
          request: tagged("aws:RequestTag/kubernetes-namespace"),
          text: ofResource(NAMESPACE_TAG),
          late: late(tagged(NAMESPACE_TAG)),
        },
      }),
    ],
  ];
  for (const [what, args] of rows) {
    it(what, () => {
      assert.deepEqual(findProblems(args), []);
    });
  }
});

describe("faults around Pod Identity", () => {
  it("are told all at once, with those of the rest", () => {
    const args = goodArgs({
      clusters: [
        cluster("blue", "B", { identity: Both, region: "x", accountId: "1" }),
        cluster("green", "C", {
          ...GREEN,
          identity: PodIdentity,
          baseRole: { arn: "x" },
          installAgent: true,
        }),
      ],
      serviceAccounts: [{ namespace: "default", name: "s3-*", match: SubjectMatch.Wildcard }],
      podIdentity: { targetRoleArn: "x", disableSessionTags: true, policy: "x", settleSeconds: -1 },
      policyArns: { s3Read: S3_READ },
      inlinePolicies: { read: tagged(NAMESPACE_TAG) },
      trust: { maxSize: 1, conditions: { Null: { "aws:SourceVpc": ["false"] } } },
    });
    assert.deepEqual(
      findProblems(args).map(({ propertyPath }) => propertyPath),
      [
        "trust.maxSize",
        "clusters[0].clusterName",
        "clusters[0].region",
        "clusters[0].accountId",
        "clusters[1].baseRole.arn",
        "clusters[1].installAgent",
        "serviceAccounts[0].match",
        "podIdentity.targetRoleArn",
        "podIdentity.disableSessionTags",
        "podIdentity.policy",
        "podIdentity.settleSeconds",
        "podIdentity.targetRoleArn",
        "policyArns",
        "inlinePolicies",
        "clusters[1].baseRole",
        "trust.podIdentityConditions",
        'inlinePolicies["read"]',
      ],
    );
  });

  it("of the modes go first: what hangs on them is not guessed", () => {
    const wrong = { identity: "Pods" } as unknown as Partial<IrsaCluster>;
    assert.deepEqual(
      findProblems(second(wrong, { podIdentity: { settleSeconds: -1, targetRoleArn: TARGET } })).map(
        ({ propertyPath }) => propertyPath,
      ),
      ["clusters[1].identity", "podIdentity.settleSeconds"],
    );
  });
});

describe("policies that arrive late", () => {
  it("are looked at in the same way", () => {
    const where = "podIdentity.disableSessionTags";
    assert.match(absentTagProblem(tagged(NAMESPACE_TAG), where) ?? "", /by podIdentity\.disableSessionTags/);
    assert.equal(absentTagProblem(tagged("aws:SourceVpc"), where), undefined);
    assert.match(sessionPolicyProblem("[]") ?? "", /is no JSON object/);
    assert.match(sessionPolicyProblem(tagged(NAMESPACE_TAG)) ?? "", /sessions with a policy have no tags/);
    assert.equal(sessionPolicyProblem("{}"), undefined);
  });

  it("are read as JSON: an escape hides nothing", () => {
    const hidden = tagged(NAMESPACE_TAG).replaceAll("/", "\\/").replaceAll("kubernetes", "\\u006bubernetes");
    assert.match(sessionPolicyProblem(hidden) ?? "", /asks for aws:PrincipalTag\/kubernetes-namespace/);
  });
});
