import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { TrustPolicyForm, type BaseRole, type IrsaRoleArgs, type TrustPolicy } from "../../index";
import { ATTACHMENT, INLINE_POLICY, late, READER, ROLE, S3_READ } from "../support/clusters";
import { eksIssuer, providerArn, trustedFleet } from "../support/fleet";
import { record, recordFailure, type RecordOptions, valueOf } from "../support/recorder";

const TYPE = "eks-irsa:index:IrsaRole";
const B = providerArn(eksIssuer("B"));
const C = providerArn(eksIssuer("C"));
const good = (changes: Partial<IrsaRoleArgs> = {}): IrsaRoleArgs => ({
  clusters: [
    { name: "blue", oidcProviderArn: B },
    { name: "green", oidcProviderArn: late(C) },
  ],
  serviceAccounts: [READER, { namespace: "jobs", name: "writer", clusters: ["green"] }],
  ...changes,
});
const fail = (args: IrsaRoleArgs, options?: RecordOptions) =>
  recordFailure((lib) => new lib.IrsaRole("app", args), options);

const CLUSTER_ARN = "arn:aws:eks:us-east-1:123456789012:cluster/pods";

describe("IrsaRole", () => {
  it("makes one role that trusts the bound ServiceAccounts, with its policies", async () => {
    const { recording, result } = await record(
      (lib) =>
        new lib.IrsaRole(
          "app",
          good({
            policyArns: { s3Read: S3_READ },
            inlinePolicies: { queue: "{}" },
            role: { name: "reader", maxSessionDuration: 3600 },
            tags: { team: "data" },
          }),
        ),
    );
    const { urn } = recording.one(TYPE);
    assert.deepEqual(recording.resources.map(({ parent }) => parent).sort(), ["", urn, urn, urn]);
    assert.deepEqual(recording.one(TYPE).inputs, { clusters: ["blue", "green"] });
    const host = (arn: string) => arn.replace(/^.*oidc-provider\//, "");
    const policy = {
      Version: "2012-10-17",
      Statement: [
        [B, "system:serviceaccount:default:s3-reader"] as const,
        [C, ["system:serviceaccount:default:s3-reader", "system:serviceaccount:jobs:writer"]] as const,
      ].map(([arn, subjects]) => ({
        Effect: "Allow",
        Principal: { Federated: arn },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: { [`${host(arn)}:aud`]: "sts.amazonaws.com", [`${host(arn)}:sub`]: subjects },
        },
      })),
    };
    assert.deepEqual(recording.one(ROLE).inputs, {
      name: "reader",
      maxSessionDuration: 3600,
      assumeRolePolicy: JSON.stringify(policy),
      tags: { team: "data" },
    });
    assert.deepEqual(recording.one(ATTACHMENT, "app/reader/s3Read").inputs, {
      role: "reader",
      policyArn: S3_READ,
    });
    assert.deepEqual(recording.one(INLINE_POLICY, "app/reader/queue").inputs, {
      role: "reader",
      name: "queue",
      policy: "{}",
    });
    const outputs = {
      roleArn: "arn:aws:iam::123456789012:role/reader",
      roleName: "reader",
      trustPolicyJson: JSON.stringify(policy),
      trustPolicySize: JSON.stringify(policy).length,
    };
    assert.deepEqual(recording.outputs.get(urn), outputs);
    assert.equal(await valueOf(result.roleArn), outputs.roleArn);
    assert.equal(await valueOf(result.trustPolicySize), outputs.trustPolicySize);
  });

  it("composes with ClusterOidcProvider, and waits for it", async () => {
    const { recording } = await record((lib) => {
      const blue = new lib.ClusterOidcProvider("blue", { issuerUrl: eksIssuer("B") });
      return new lib.IrsaRole("app", {
        clusters: [{ name: "blue", oidcProviderArn: blue.arn }],
        serviceAccounts: [READER],
      });
    });
    const role = recording.one(ROLE);
    assert.ok(String(role.inputs.assumeRolePolicy).includes(`"Federated":"${B}"`));
    assert.ok(role.dependencies.map((urn) => recording.label(urn)).includes("OpenIdConnectProvider blue"));
  });

  const faults: [string, Partial<IrsaRoleArgs>, string, RegExp][] = [
    ["no clusters", { clusters: [], serviceAccounts: [READER] }, "clusters", /list at least one cluster/],
    ["no bindings", { serviceAccounts: [] }, "serviceAccounts", /list at least one ServiceAccount/],
    [
      "a cluster's name with a slash",
      { clusters: [{ name: "a/b", oidcProviderArn: B }], serviceAccounts: [READER] },
      "clusters[0].name",
      /letters, digits, "-" and "_"/,
    ],
    [
      "two clusters of one name",
      {
        clusters: [
          { name: "green", oidcProviderArn: B },
          { name: "green", oidcProviderArn: C },
        ],
      },
      "clusters[1].name",
      /give each cluster a name of its own/,
    ],
    [
      "two clusters of one provider",
      {
        clusters: [
          { name: "blue", oidcProviderArn: B },
          { name: "green", oidcProviderArn: B },
        ],
      },
      "clusters[1].oidcProviderArn",
      /list that cluster once/,
    ],
    [
      "an ARN that is no provider's",
      { clusters: [{ name: "green", oidcProviderArn: "arn:aws:iam::123456789012:role/x" }] },
      "clusters[0].oidcProviderArn",
      /arn:<partition>:iam::<account>:oidc-provider/,
    ],
    [
      "a binding of an unknown cluster",
      { serviceAccounts: [{ ...READER, clusters: ["grey"] }] },
      "serviceAccounts[0].clusters[0]",
      /"grey" \(there are "blue", "green"\)/,
    ],
    ["a role's name", { role: { name: "a b" } }, "role.name", /letters, digits and/],
    ["a policy's ARN", { policyArns: { a: "x" } }, 'policyArns["a"]', /ARN of a managed policy/],
    ["the limit", { trust: { maxSize: 0 } }, "trust.maxSize", /from 2048 to 8192/],
    ["shards", { trust: { shards: ["a"] } }, "trust.shards", /is for MultiClusterIrsa; this is one role/],
    ["an original shard", { trust: { originalShard: "a" } }, "trust.originalShard", /leave it out/],
    [
      "client IDs without STS",
      { clusters: [{ name: "green", oidcProviderArn: B, oidcProviderClientIds: ["x"] }] },
      "clusters[0].oidcProviderClientIds",
      /lacks sts\.amazonaws\.com/,
    ],
    [
      "a form without audience where nothing is said of the client IDs",
      {
        clusters: [
          { name: "blue", oidcProviderArn: B, oidcProviderClientIds: ["sts.amazonaws.com"] },
          { name: "green", oidcProviderArn: C },
        ],
        trust: { form: TrustPolicyForm.SubjectOnly },
      },
      "clusters[1].oidcProviderClientIds",
      /is missing: the form SubjectOnly leaves it to the OIDC provider/,
    ],
    [
      "such a form beside a cluster of Pod Identity, by the place in the list",
      {
        clusters: [
          { name: "pods", podIdentity: { clusterArn: CLUSTER_ARN } },
          { name: "green", oidcProviderArn: C },
        ],
        trust: { form: TrustPolicyForm.SubjectOnly },
      },
      "clusters[1].oidcProviderClientIds",
      /is missing: the form SubjectOnly/,
    ],
    [
      "conditions of IRSA that say nothing of Pod Identity",
      {
        clusters: [{ name: "pods", podIdentity: { clusterArn: CLUSTER_ARN } }],
        serviceAccounts: [READER],
        trust: { conditions: { StringEquals: { "aws:SourceVpc": ["vpc-1"] } } },
      },
      "trust.podIdentityConditions",
      /is missing: conditions narrow web identities alone/,
    ],
    [
      "conditions of Pod Identity that no cluster has",
      { trust: { podIdentityConditions: {} } },
      "trust.podIdentityConditions",
      /is given, and the role trusts Pod Identity of no cluster: leave it out/,
    ],
    [
      "a base role without its ARN",
      {
        clusters: [
          {
            name: "pods",
            podIdentity: { clusterArn: CLUSTER_ARN, baseRole: { disableSessionTags: true } as BaseRole },
          },
        ],
        serviceAccounts: [READER],
      },
      "clusters[0].podIdentity.baseRole.arn",
      /is missing: write the ARN of the role in the cluster's account/,
    ],
    [
      "a statement that lets a base role in",
      {
        clusters: [
          {
            name: "pods",
            podIdentity: {
              clusterArn: CLUSTER_ARN,
              baseRole: { arn: "arn:aws:iam::123456789012:role/base" },
            },
          },
        ],
        serviceAccounts: [READER],
        trust: { statements: [{ awsPrincipals: ["arn:aws:iam::123456789012:root"] }] },
      },
      "trust.statements[0].awsPrincipals[0]",
      /the base role of cluster "pods", beside the bindings/,
    ],
    ["text for policies", { policyArns: "x" as never }, "policyArns", /is string: write a map/],
  ];
  for (const [what, changes, path, reason] of faults) {
    it(`refuses ${what}, and asks for nothing`, async () => {
      const { errors, resources, invokes } = await fail(good(changes));
      assert.deepEqual([resources, invokes], [[], []]);
      const [error] = errors;
      assert.ok(pulumi.InputPropertiesError.isInstance(error) && pulumi.RunError.isInstance(error));
      assert.deepEqual(
        error.errors.map(({ propertyPath }) => propertyPath),
        [path],
      );
      assert.match(error.errors[0]!.reason, reason);
      assert.match(error.message, /^IrsaRole "app": one problem in its arguments\n/);
    });
  }

  const clustersOf = (second: pulumi.Input<string>) => ({
    clusters: [
      { name: "blue", oidcProviderArn: late(B) },
      { name: "green", oidcProviderArn: second },
    ],
  });
  const podsOf = (clusterArn: string) => ({
    clusters: [{ name: "pods", podIdentity: { clusterArn: late(clusterArn) } }],
    serviceAccounts: [READER],
  });
  const lateFaults: [string, Partial<IrsaRoleArgs>, RegExp][] = [
    ["an ARN that is no provider's", clustersOf(late("x")), /clusters\[1\]\.oidcProviderArn is not the ARN/],
    [
      "one provider twice",
      clustersOf(late(B)),
      /clusters\[1\]\.oidcProviderArn has the OIDC provider of cluster "blue"/,
    ],
    [
      "a provider of another account",
      clustersOf(C.replace("123456789012", "210987654321")),
      /clusters\[1\]\.oidcProviderArn is in account 210987654321/,
    ],
    [
      "a cluster of another account",
      podsOf(CLUSTER_ARN.replace("123456789012", "210987654321")),
      /clusters\[0\]\.podIdentity\.clusterArn is 210987654321, and the role is in 123456789012/,
    ],
    [
      "a cluster of another partition",
      podsOf(CLUSTER_ARN.replace("us-east-1", "cn-north-1")),
      /clusters\[0\]\.podIdentity\.clusterArn is "cn-north-1", in the partition aws-cn, and the role is in aws/,
    ],
    [
      "too many clusters",
      {
        clusters: trustedFleet(5).map(({ name, oidcProviderArn }) => ({
          name,
          oidcProviderArn: late(oidcProviderArn),
        })),
        serviceAccounts: [READER],
      },
      /trust the trust policy needs 2238 characters/,
    ],
  ];
  for (const [what, changes, message] of lateFaults) {
    it(`refuses ${what} when it is known, before the role`, async () => {
      const { errors, resources } = await fail(good(changes));
      assert.equal(errors.length, 1);
      assert.match(errors[0]!.message, message);
      assert.deepEqual(
        resources.map(({ type }) => type),
        [TYPE],
      );
    });
  }

  it("writes the form that is asked for, with extra conditions and statements", async () => {
    const clusters = trustedFleet(3).map(({ name, oidcProviderArn }) => ({
      name,
      oidcProviderArn,
      oidcProviderClientIds: ["sts.amazonaws.com"],
    }));
    const trust = {
      form: TrustPolicyForm.SingleStatement,
      conditions: { StringEquals: { "aws:SourceVpc": ["vpc-1"] } },
      statements: [{ awsPrincipals: ["arn:aws:iam::111122223333:root"] }],
    };
    const { recording } = await record(
      (lib) => new lib.IrsaRole("app", { clusters, serviceAccounts: [READER], trust }),
    );
    const { Statement } = JSON.parse(String(recording.one(ROLE).inputs.assumeRolePolicy)) as TrustPolicy;
    assert.deepEqual(
      Statement.map(({ Principal }) => Principal),
      [
        { Federated: clusters.map(({ oidcProviderArn }) => oidcProviderArn) },
        { AWS: "arn:aws:iam::111122223333:root" },
      ],
    );
    assert.equal(Statement[0]?.Condition?.StringEquals?.["aws:SourceVpc"], "vpc-1");
  });

  it("refuses too many clusters of plain ARNs, before the role", async () => {
    const clusters = trustedFleet(5).map(({ name, oidcProviderArn }) => ({ name, oidcProviderArn }));
    const { errors, resources } = await fail({ clusters, serviceAccounts: [READER] });
    assert.match(
      errors[0]?.message ?? "",
      /needs 2238 characters .* limit is 2048: cluster "cluster-04" is the first/,
    );
    // What this component does not have is not advised.
    assert.doesNotMatch(errors[0]?.message ?? "", /trust\.shards|identity/);
    assert.match(errors[0]?.message ?? "", /; or make several roles, each for some of the clusters; or /);
    assert.deepEqual(
      resources.filter(({ type }) => type === ROLE),
      [],
    );
  });
});
