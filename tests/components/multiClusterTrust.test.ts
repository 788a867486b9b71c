import assert from "node:assert/strict";
import {
  evaluateTrust,
  SubjectMatch,
  TrustPolicyForm,
  type IrsaCluster,
  type MultiClusterIrsaArgs,
  type TrustPolicy,
} from "../../index";
import { cluster, goodArgs, late, PROVIDER, ROLE, SERVICE_ACCOUNT } from "../support/clusters";
import { eksIssuer, providerArn, trustedFleet } from "../support/fleet";
import { record, recordFailure, type Recording } from "../support/recorder";

/** So many clusters of us-east-1, with ids of EKS's length. */
const fleet = (count: number, changes: Partial<IrsaCluster> = {}): IrsaCluster[] =>
  trustedFleet(count).map(({ name, oidcProviderArn }) => ({
    name,
    issuerUrl: oidcProviderArn.replace(/^.*oidc-provider\//, "https://"),
    kubeconfig: "k",
    ...changes,
  }));

async function recordingOf(changes: Partial<MultiClusterIrsaArgs>): Promise<Recording> {
  const { recording } = await record((lib) => new lib.MultiClusterIrsa("app", goodArgs(changes)));
  return recording;
}

const policyIn = (recording: Recording) =>
  JSON.parse(String(recording.one(ROLE).inputs.assumeRolePolicy)) as TrustPolicy;
const sizeIn = (recording: Recording) => String(recording.one(ROLE).inputs.assumeRolePolicy).length;
const { Auto, SingleStatement, StatementPerCluster, SubjectOnly } = TrustPolicyForm;

describe("MultiClusterIrsa: forms of the trust policy", () => {
  const rows: [string, TrustPolicyForm | undefined, number, number][] = [
    ["by default", undefined, 4, 38 + 4 * 440],
    ["StatementPerCluster", StatementPerCluster, 4, 38 + 4 * 440],
    ["SubjectOnly", SubjectOnly, 5, 38 + 5 * 345],
    ["SingleStatement", SingleStatement, 8, 165 + 8 * 228],
    ["Auto, which has room", Auto, 4, 38 + 4 * 440],
    ["Auto, which has not", Auto, 5, 38 + 5 * 345],
  ];
  for (const [what, form, count, size] of rows) {
    it(`${what}: ${count} clusters in ${size} characters`, async () => {
      const recording = await recordingOf({ clusters: fleet(count), trust: form ? { form } : {} });
      assert.equal(sizeIn(recording), size);
    });

    it(`${what}: one cluster more than fit is an error before anything is created`, async () => {
      const most = form === Auto ? 5 : count;
      const args = goodArgs({ clusters: fleet(most + 1), trust: form ? { form } : {} });
      const { resources, errors } = await recordFailure((lib) => new lib.MultiClusterIrsa("app", args));
      assert.deepEqual(resources, []);
      assert.match(
        errors[0]!.message,
        new RegExp(`clusters are too many: .*\\(${most} of ${most + 1} do\\)`),
      );
    });
  }

  it("the error names what each form needs, and only remedies that help", async () => {
    const messageOf = async (count: number, changes: Partial<MultiClusterIrsaArgs>) => {
      const args = goodArgs({ clusters: fleet(count), ...changes });
      return (await recordFailure((lib) => new lib.MultiClusterIrsa("app", args))).errors[0]!.message;
    };
    const six = await messageOf(6, {});
    assert.match(six, /needs 2678 characters as StatementPerCluster .* limit is 2048: cluster "cluster-04"/);
    assert.match(
      six,
      /each form would need: StatementPerCluster 2678, SubjectOnly 2108, SingleStatement 1533\./,
    );
    assert.match(six, /L-C07B4B0D.*SingleStatement, in which a slip would open.*trust\.shards.*Pod Identity/);
    assert.doesNotMatch(six, /set trust\.form to SubjectOnly/);
    const five = await messageOf(5, {});
    assert.match(five, /set trust\.form to SubjectOnly, which leaves the audience to the providers;/);
    const nine = await messageOf(9, { trust: { form: SingleStatement } });
    assert.doesNotMatch(nine, /set trust\.form/);
    const adopted = fleet(5).map((one) => ({
      ...one,
      oidcProviderArn: providerArn(one.issuerUrl as string),
    }));
    const auto = await messageOf(5, { clusters: adopted, trust: { form: Auto } });
    assert.match(
      auto,
      /let Auto leave the audience to the providers, once oidcProviderClientIds says of cluster "cluster-00"/,
    );
  });
});

describe("MultiClusterIrsa: warnings about the trust policy", () => {
  it("none below 90 % of the limit, one from there on", async () => {
    const just = (characters: number) => ({
      clusters: fleet(4),
      trust: { form: StatementPerCluster, maxSize: 2048 },
      // 38 + 4 * 440 = 1798; each character more in the name is four more.
      serviceAccounts: [{ namespace: "default", name: `s3-reader${"x".repeat(characters)}` }],
    });
    assert.deepEqual((await recordingOf(just(11))).warnings, []);
    const [warning, ...more] = (await recordingOf(just(12))).warnings;
    assert.deepEqual(more, []);
    assert.match(
      warning!,
      /^MultiClusterIrsa "app": the trust policy takes 1846 of 2048 characters \(90 %\).*SubjectOnly 1466/,
    );
  });

  it("one when Auto drops the audience, and none when somebody asked for it", async () => {
    const auto = await recordingOf({ clusters: fleet(5), trust: { form: Auto } });
    assert.match(auto.warnings.join("\n"), /Auto wrote the trust policy as SubjectOnly.*client ID lists/);
    const asked = await recordingOf({ clusters: fleet(5), trust: { form: SubjectOnly } });
    assert.deepEqual(asked.warnings, []);
  });

  it("also when issuers arrive late", async () => {
    const clusters = fleet(5).map((one) => ({ ...one, issuerUrl: late(one.issuerUrl as string) }));
    const { warnings } = await recordingOf({ clusters, trust: { form: Auto } });
    assert.match(warnings.join("\n"), /Auto wrote the trust policy as SubjectOnly/);
  });
});

describe("MultiClusterIrsa: adopted providers and the audience", () => {
  const clusters = (ids?: string[]) => [
    cluster("blue", "B"),
    cluster("green", "C", {
      oidcProviderArn: providerArn(eksIssuer("C")),
      ...(ids && { oidcProviderClientIds: ids }),
    }),
  ];

  for (const form of [SubjectOnly, SingleStatement]) {
    it(`${form} with one of which it is said that its client IDs are exactly STS`, async () => {
      const recording = await recordingOf({ clusters: clusters(["sts.amazonaws.com"]), trust: { form } });
      assert.doesNotMatch(JSON.stringify(policyIn(recording)), /:aud"/);
      assert.equal(recording.of(PROVIDER).length, 1);
    });
  }

  it("Auto keeps the audience of a fleet with one of which nothing is said", async () => {
    const recording = await recordingOf({ clusters: clusters(), trust: { form: Auto } });
    assert.equal(JSON.stringify(policyIn(recording)).match(/:aud"/g)?.length, 2);
  });
});

describe("MultiClusterIrsa: wildcards, conditions and statements", () => {
  const ask = (policy: TrustPolicy, id: string, subject: string) =>
    evaluateTrust(policy, { oidcProviderArn: providerArn(eksIssuer(id)), subject }).decision;

  it("a wildcard binding is in the trust policy, and nothing is made for it in a cluster", async () => {
    const recording = await recordingOf({
      serviceAccounts: [
        { namespace: "default", name: "s3-reader" },
        { namespace: "jobs", name: "etl-*", match: SubjectMatch.Wildcard, clusters: ["blue"] },
      ],
      samplePod: {},
    });
    const policy = policyIn(recording);
    assert.equal(ask(policy, "B", "system:serviceaccount:jobs:etl-1"), "allow");
    assert.equal(ask(policy, "B", "system:serviceaccount:default:s3-reader"), "allow");
    assert.equal(ask(policy, "B", "system:serviceaccount:jobs:web"), "deny");
    assert.equal(ask(policy, "C", "system:serviceaccount:jobs:etl-1"), "deny");
    assert.deepEqual(
      recording.of(SERVICE_ACCOUNT).map(({ name }) => name),
      ["app/blue/default/s3-reader", "app/green/default/s3-reader"],
    );
  });

  it("a wildcard namespace, once it is acknowledged; then no cluster need be reached", async () => {
    const recording = await recordingOf({
      clusters: [{ name: "blue", issuerUrl: eksIssuer("B") }],
      serviceAccounts: [
        { namespace: "team-*", name: "*", match: SubjectMatch.Wildcard, allowWildcardNamespace: true },
      ],
    });
    assert.equal(ask(policyIn(recording), "B", "system:serviceaccount:team-a:x"), "allow");
    assert.equal(ask(policyIn(recording), "B", "system:serviceaccount:other:x"), "deny");
  });

  it("extra conditions and statements are in the document, in every form, and in its size", async () => {
    const conditions = {
      StringEquals: { "aws:SourceVpc": ["vpc-0123456789abcdef0", "vpc-0123456789abcdef1"] },
    };
    const statements = [{ awsPrincipals: ["arn:aws:iam::111122223333:role/break-glass"] }];
    for (const form of Object.values(TrustPolicyForm)) {
      const recording = await recordingOf({ trust: { form, conditions, statements } });
      const { Statement } = policyIn(recording);
      for (const { Condition } of Statement.slice(0, -1)) {
        assert.deepEqual(Condition?.StringEquals?.["aws:SourceVpc"], [
          "vpc-0123456789abcdef0",
          "vpc-0123456789abcdef1",
        ]);
      }
      assert.deepEqual(Statement.at(-1)?.Principal, { AWS: "arn:aws:iam::111122223333:role/break-glass" });
    }
    const args = goodArgs({ clusters: fleet(4), trust: { conditions, statements } });
    const { errors } = await recordFailure((lib) => new lib.MultiClusterIrsa("app", args));
    assert.match(errors[0]!.message, /are too many/);
  });
});
