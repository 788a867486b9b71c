import assert from "node:assert/strict";
import { judgeTrust } from "../../../lab/aws/trustJudge";
import { proveTrust, type Claim } from "../../../lab/proof/prove";
import { evaluateTrust } from "../../../trust/evaluate";
import { TrustPolicyForm } from "../../../trust/types";
import { builtFor, hostOf, mixedFleet, tokenExampleOf } from "./fleets";

const { StatementPerCluster, SubjectOnly, SingleStatement } = TrustPolicyForm;
const STS = "sts.amazonaws.com";

interface Written {
  Effect: string;
  Principal: Record<string, unknown>;
  Condition: Record<string, Record<string, unknown>>;
}

/** A document in which something is wrong. */
function spoilt(document: string, spoil: (statements: Written[]) => void): string {
  const policy = JSON.parse(document) as { Statement: Written[] };
  spoil(policy.Statement);
  return JSON.stringify(policy);
}

/** The counterexample, of which the evaluator and the lab's judge must both say the same as the proof. */
async function counterexampleOf(document: string, claim: Claim): Promise<ReturnType<typeof tokenExampleOf>> {
  const found = tokenExampleOf(await proveTrust(document, claim));
  const { oidcProviderArn, issuer, subject, audience, policy } = found;
  const admitted = policy === "admits";
  const decision = evaluateTrust(document, { oidcProviderArn, subject, audience }).decision;
  const caller = { providerArn: oidcProviderArn, issuerUrl: issuer, subject, audience, roleSessionName: "x" };
  assert.equal(decision, admitted ? "allow" : "deny", found.text);
  assert.equal(judgeTrust(document, caller).allowed, admitted, found.text);
  return found;
}

describe("a fault in a trust policy", function () {
  this.timeout(60_000);
  const claim = mixedFleet(4);
  const [first, second, third] = claim.clusters.map(({ oidcProviderArn }) => hostOf(oidcProviderArn));
  const { clusters, bindings } = claim;
  const unknownClients = { clusters: clusters.map(({ clientIds, ...cluster }) => cluster), bindings };

  it("is shown by a stranger of the cluster where sub is dropped", async () => {
    const document = spoilt(builtFor(claim, StatementPerCluster), (statements) => {
      statements[1]!.Condition = { StringEquals: { [`${second}:aud`]: STS } };
    });
    const { cluster, policy, subject, audience, text } = await counterexampleOf(document, claim);
    assert.deepEqual(
      { cluster, policy, audience },
      { cluster: "cluster-01", policy: "admits", audience: STS },
    );
    assert.match(subject, /^system:serviceaccount:[a-z0-9-]+:[a-z0-9-]+$/);
    assert.equal(
      text,
      `the trust policy admits a token of cluster "cluster-01" with subject "${subject}" and audience "${STS}", and the bindings do not admit it`,
    );
  });

  it("is shown by a bound ServiceAccount where an issuer is misspelt and must be equal", async () => {
    const document = builtFor(claim, StatementPerCluster).replaceAll(`${first}:`, `https://${first}:`);
    const found = await counterexampleOf(document, claim);
    assert.deepEqual(found, {
      kind: "token",
      cluster: "cluster-00",
      oidcProviderArn: clusters[0]!.oidcProviderArn,
      issuer: `https://${first}`,
      subject: "system:serviceaccount:default:s3-reader",
      audience: STS,
      policy: "refuses",
      assumed: {},
      text: `the trust policy refuses a token of cluster "cluster-00" with subject "system:serviceaccount:default:s3-reader" and audience "${STS}", and the bindings admit it`,
    });
  });

  for (const [what, typo] of [
    ["with https:// in front", (host: string) => `https://${host}`],
    ["with a slash behind", (host: string) => `${host}/`],
    ["with another id", (host: string) => host.replace(/..$/, "FF")],
  ] as const) {
    it(`is shown by a stranger where an issuer is misspelt under IfExists, ${what}`, async () => {
      const document = builtFor(claim, SingleStatement).replace(`${second}:sub`, `${typo(second!)}:sub`);
      const { cluster, policy, audience } = await counterexampleOf(document, claim);
      assert.deepEqual(
        { cluster, policy, audience },
        { cluster: "cluster-01", policy: "admits", audience: STS },
      );
    });
  }

  it("is shown by a stranger of the new cluster where the key of the old one stayed under IfExists", async () => {
    const before = builtFor(claim, SingleStatement);
    const recreated = {
      bindings,
      clusters: clusters.map((cluster, index) =>
        index === 2 ? { ...cluster, oidcProviderArn: cluster.oidcProviderArn.replace(/..$/, "EE") } : cluster,
      ),
    };
    const document = before.replace(clusters[2]!.oidcProviderArn, recreated.clusters[2]!.oidcProviderArn);
    const { cluster, policy, issuer } = await counterexampleOf(document, recreated);
    assert.deepEqual({ cluster, policy }, { cluster: "cluster-02", policy: "admits" });
    assert.equal(issuer, `https://${third!.replace(/..$/, "EE")}`);
  });

  it("is shown by whoever is bound where two issuers stand under one StringEquals", async () => {
    const document = spoilt(builtFor(claim, SubjectOnly), (statements) => {
      const [one, two] = statements.splice(0, 2);
      statements.unshift({
        ...one!,
        Principal: { Federated: [one!.Principal.Federated, two!.Principal.Federated] },
        Condition: { StringEquals: { ...one!.Condition.StringEquals, ...two!.Condition.StringEquals } },
      });
    });
    const { cluster, policy, subject } = await counterexampleOf(document, claim);
    assert.deepEqual({ cluster, policy }, { cluster: "cluster-00", policy: "refuses" });
    assert.equal(subject, "system:serviceaccount:default:s3-reader");
  });

  for (const [wide, example] of [
    ["system:serviceaccount:*:s3-reader", /^system:serviceaccount:(?!team-)[a-z0-9-]+:s3-reader$/],
    ["system:serviceaccount:team-*", /^system:serviceaccount:team-[a-z0-9-]*:(?!s3-reader$)[a-z0-9-]+$/],
    [
      "system:serviceaccount:team-*:s3-reader*",
      /^system:serviceaccount:team-[a-z0-9-]*:s3-reader[a-z0-9-]+$/,
    ],
    ["system:serviceaccount:team?*:s3-reader", /^system:serviceaccount:team(?!-)[^:]+:s3-reader$/],
  ] as const) {
    it(`is shown by whom the wildcard of ${wide} should not reach`, async () => {
      const document = builtFor(claim, StatementPerCluster).replace(
        "system:serviceaccount:team-*:s3-reader",
        wide,
      );
      const { cluster, policy, subject } = await counterexampleOf(document, claim);
      assert.deepEqual({ cluster, policy }, { cluster: "cluster-02", policy: "admits" });
      assert.match(subject, example);
    });
  }

  it("is shown by a subject with a colon too many where a wildcard is allowed to a name that is bound exactly", async () => {
    const document = spoilt(builtFor(claim, SubjectOnly), ([statement]) => {
      statement!.Condition = { StringLike: { [`${first}:sub`]: "system:serviceaccount:default:s3-reader*" } };
    });
    const { cluster, policy, subject } = await counterexampleOf(document, claim);
    assert.deepEqual({ cluster, policy }, { cluster: "cluster-00", policy: "admits" });
    assert.match(subject, /^system:serviceaccount:default:s3-reader[^]+$/);
  });

  it("is shown by whom a wildcard that is too narrow leaves out", async () => {
    const document = builtFor(claim, StatementPerCluster).replace("team-*:s3-reader", "team-a*:s3-reader");
    const { policy, subject } = await counterexampleOf(document, claim);
    assert.equal(policy, "refuses");
    assert.match(subject, /^system:serviceaccount:team-(?!a)[^:]*:s3-reader$/);
  });

  it("is shown by a token for another audience where aud is dropped for a provider with unknown client IDs", async () => {
    const document = builtFor(claim, SubjectOnly);
    const { cluster, policy, subject, audience } = await counterexampleOf(document, unknownClients);
    assert.deepEqual({ cluster, policy }, { cluster: "cluster-00", policy: "admits" });
    assert.equal(subject, "system:serviceaccount:default:s3-reader");
    assert.notEqual(audience, STS);
  });

  it("is shown by the second audience of a provider that was made for two", async () => {
    const document = builtFor(claim, SubjectOnly);
    const two = {
      bindings,
      clusters: clusters.map((cluster, index) =>
        index === 3 ? { ...cluster, clientIds: [STS, "vault"] } : cluster,
      ),
    };
    const { cluster, policy, audience } = await counterexampleOf(document, two);
    assert.deepEqual(
      { cluster, policy, audience },
      { cluster: "cluster-03", policy: "admits", audience: "vault" },
    );
  });

  it("is shown by a token of a provider that no cluster has", async () => {
    const left = {
      clusters: clusters.slice(1),
      bindings: bindings.filter(({ cluster }) => cluster !== "cluster-00"),
    };
    const { cluster, oidcProviderArn, text } = await counterexampleOf(builtFor(claim, SubjectOnly), left);
    assert.equal(cluster, undefined);
    assert.equal(oidcProviderArn, clusters[0]!.oidcProviderArn);
    assert.ok(text.includes(`a token of issuer https://${first}, which is no cluster's, with subject`), text);
  });

  it("is shown in whichever statement of many it is", async () => {
    const fleet = mixedFleet(12);
    for (const [index, { name }] of fleet.clusters.entries()) {
      const document = spoilt(builtFor(fleet, SubjectOnly), (statements) => {
        statements[index]!.Condition = {};
      });
      assert.equal((await counterexampleOf(document, fleet)).cluster, name);
    }
  });

  it("is shown by a token of the one issuer that a statement for everybody means", async () => {
    const issuer = "gitlab.example.com";
    const document = spoilt(builtFor(claim, SubjectOnly), (statements) => {
      const condition = { StringEquals: { [`${issuer}:sub`]: "project:1" } };
      statements.push({ ...statements[0]!, Principal: { AWS: "*" }, Condition: condition });
    });
    const { subject, ...found } = tokenExampleOf(await proveTrust(document, claim));
    assert.deepEqual(
      { subject, issuer: found.issuer },
      { subject: "project:1", issuer: `https://${issuer}` },
    );
  });

  it("is shown by a token of a provider that slipped in without a condition", async () => {
    const arn = clusters[0]!.oidcProviderArn.replace(/..$/, "EE");
    const document = spoilt(builtFor(claim, SubjectOnly), (statements) => {
      statements.push({ ...statements[0]!, Principal: { Federated: arn }, Condition: {} });
    });
    const { cluster, oidcProviderArn, policy } = await counterexampleOf(document, claim);
    assert.deepEqual(
      { cluster, oidcProviderArn, policy },
      { cluster: undefined, oidcProviderArn: arn, policy: "admits" },
    );
  });

  it("is shown by a Deny that reaches who is bound", async () => {
    const document = spoilt(builtFor(claim, SubjectOnly), (statements) => {
      const principal = { Federated: clusters[1]!.oidcProviderArn };
      const condition = { StringLike: { [`${second}:sub`]: "*:writer-?" } };
      statements.push({ ...statements[1]!, Effect: "Deny", Principal: principal, Condition: condition });
    });
    const { policy, subject } = await counterexampleOf(document, claim);
    assert.deepEqual(
      { policy, subject },
      { policy: "refuses", subject: "system:serviceaccount:reports:writer-2" },
    );
  });

  for (const everybody of ["*", { AWS: "*" }]) {
    it(`is shown by a stranger where the principal is ${JSON.stringify(everybody)}`, async () => {
      const document = spoilt(builtFor(claim, SingleStatement), ([statement]) => {
        Object.assign(statement!, { Principal: everybody });
      });
      const { policy, cluster, issuer } = tokenExampleOf(await proveTrust(document, claim));
      assert.equal(policy, "admits");
      assert.equal(cluster, undefined);
      assert.match(issuer, /^https:\/\/oidc\.example\.com\//);
    });
  }
});

describe("a fault in extra conditions", function () {
  this.timeout(60_000);
  const fleet = mixedFleet(3);
  const conditions = { StringEquals: { "aws:SourceVpc": ["vpc-1"] } };
  const asked = { ...fleet, conditions };

  async function found(document: string, claim: Claim): Promise<ReturnType<typeof tokenExampleOf>> {
    return tokenExampleOf(await proveTrust(document, claim));
  }

  it("is shown by somebody bound who comes from elsewhere where one statement lacks them", async () => {
    const document = spoilt(builtFor(asked, SubjectOnly), (statements) => {
      delete statements[2]!.Condition.StringEquals;
    });
    const { cluster, policy, assumed, text } = await found(document, asked);
    assert.deepEqual({ cluster, policy }, { cluster: "cluster-02", policy: "admits" });
    assert.notEqual(assumed["aws:sourcevpc"], "vpc-1");
    assert.match(
      text,
      / where (the request has no aws:sourcevpc|aws:sourcevpc is ".*"), and the bindings do not/,
    );
  });

  it("is shown by somebody bound where the document asks for more than was wanted", async () => {
    const { policy, assumed } = await found(builtFor(asked, SubjectOnly), fleet);
    assert.equal(policy, "refuses");
    assert.notEqual(assumed["aws:sourcevpc"], "vpc-1");
  });

  it("is shown by an answer that is left open, where two addresses differ", async () => {
    const address = (range: string) => ({ IpAddress: { "aws:SourceIp": [range] } });
    const document = builtFor({ ...fleet, conditions: address("10.0.0.0/8") }, SubjectOnly);
    const { assumed, text } = await found(document, { ...fleet, conditions: address("10.0.0.0/9") });
    assert.deepEqual(assumed, {
      "aws:sourceip": true,
      "IpAddress aws:sourceip 10.0.0.0/8": true,
      "IpAddress aws:sourceip 10.0.0.0/9": false,
    });
    assert.match(text, /it holds that IpAddress aws:sourceip 10\.0\.0\.0\/8/);
  });

  it("is shown by a request without the key where IfExists was not wanted", async () => {
    const document = builtFor(
      { ...fleet, conditions: { StringEqualsIfExists: { "aws:SourceVpc": ["vpc-1"] } } },
      SubjectOnly,
    );
    const { policy, assumed } = await found(document, asked);
    assert.deepEqual({ policy, assumed }, { policy: "admits", assumed: { "aws:sourcevpc": false } });
  });
});
