import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { adoptOidcProviders, IdentityMode, type AdoptingCluster } from "../../index";
import { goodArgs, late, READER, ROLE } from "../support/clusters";
import { eksIssuer, providerArn } from "../support/fleet";
import { record, recordFailure, valueOf } from "../support/recorder";

const [B, C] = [eksIssuer("B"), eksIssuer("C")];
const ARNS = { blue: providerArn(B), green: providerArn(C) };
const BARE: AdoptingCluster[] = [
  { name: "green", kubeconfig: "k" },
  { name: "blue", kubeconfig: "k", shard: "a" },
];

describe("adoptOidcProviders", () => {
  for (const [what, arns] of [
    ["plain", ARNS],
    ["late", late(ARNS)],
    ["promised", Promise.resolve(ARNS)],
    ["late one by one", { blue: late(ARNS.blue), green: late(ARNS.green) }],
  ] as const) {
    it(`finds each cluster's ARN by its name, and its issuer in the ARN: ${what}`, async () => {
      const { result } = await record((lib) => lib.adoptOidcProviders(BARE, arns));
      const known = await valueOf(pulumi.output(result));
      assert.deepEqual(known, [
        { name: "green", kubeconfig: "k", issuerUrl: C, oidcProviderArn: ARNS.green },
        { name: "blue", kubeconfig: "k", shard: "a", issuerUrl: B, oidcProviderArn: ARNS.blue },
      ]);
    });
  }

  it("keeps an issuer that is known, and leaves out what is said of creating", () => {
    const clusters = [
      {
        name: "blue",
        issuerUrl: B,
        importOidcProvider: true,
        thumbprints: ["a".repeat(40)],
        formerNames: ["old"],
      },
    ];
    assert.deepEqual(adoptOidcProviders(clusters, ARNS), [
      { name: "blue", issuerUrl: B, formerNames: ["old"], oidcProviderArn: ARNS.blue },
    ]);
  });

  it("leaves a cluster alone of which the role accepts Pod Identity alone: it has no provider, and needs no ARN", () => {
    const pods = {
      name: "red",
      issuerUrl: eksIssuer("D"),
      clusterName: "red",
      region: "us-east-1",
      identity: IdentityMode.PodIdentity,
    };
    assert.deepEqual(adoptOidcProviders([pods], ARNS), [pods]);
    const both = { ...pods, trusts: IdentityMode.Both };
    assert.throws(() => adoptOidcProviders([both], ARNS), /no ARN for cluster "red"/);
  });

  it("finds the issuer of such a cluster in an ARN that is there, and does not adopt it", () => {
    const pods = { name: "green", identity: IdentityMode.PodIdentity };
    assert.deepEqual(adoptOidcProviders([pods], ARNS), [{ ...pods, issuerUrl: C }]);
    assert.throws(() => adoptOidcProviders([{ ...pods, name: "red" }], ARNS), /no ARN for cluster "red"/);
  });

  it("gives MultiClusterIrsa what it trusts, and makes no provider", async () => {
    const { recording } = await record(
      (lib) =>
        new lib.MultiClusterIrsa(
          "app",
          goodArgs({ clusters: lib.adoptOidcProviders(BARE, late(ARNS)).map(({ shard: _, ...one }) => one) }),
        ),
    );
    const policy = String(recording.one(ROLE).inputs.assumeRolePolicy);
    assert.ok(policy.includes(ARNS.blue) && policy.includes(ARNS.green), policy);
    assert.deepEqual(recording.reads.map(({ name }) => name).sort(), ["app/blue", "app/green"]);
  });

  const wrong: [string, unknown, RegExp][] = [
    [
      "a cluster that is not in the map",
      { blue: ARNS.blue, other: "x" },
      /no ARN for cluster "green" \(there are "blue", "other"\): add the cluster/,
    ],
    ["an empty map", {}, /no ARN for cluster "green" \(there are none\)/],
    ["what every object has", Object.create({ green: ARNS.green }), /no ARN for cluster "green"/],
    ["a list", [ARNS.blue], /pass a map of them by cluster name/],
    ["text", "arn", /the ARNs are "arn": pass a map/],
    ["null", null, /pass a map/],
    [
      "what is no ARN",
      { ...ARNS, green: "x" },
      /what there is for cluster "green" is not the ARN of an IAM OIDC provider/,
    ],
    ["a number for an ARN", { ...ARNS, green: 1 }, /what there is for cluster "green" is not the ARN/],
  ];
  for (const [what, arns, message] of wrong) {
    it(`${what} is an error that says what there is, early and late`, async () => {
      const { errors } = await recordFailure((lib) =>
        pulumi.output(lib.adoptOidcProviders(BARE, arns as never)).apply(String),
      );
      assert.match(errors[0]?.message ?? "", message);
      const afterwards = await recordFailure(
        (lib) =>
          new lib.MultiClusterIrsa("app", {
            clusters: lib.adoptOidcProviders([{ name: "green", kubeconfig: "k" }], late(arns) as never),
            serviceAccounts: [READER],
          }),
      );
      assert.match(afterwards.errors[0]?.message ?? "", message);
      assert.deepEqual(afterwards.of(ROLE), []);
    });
  }
});
