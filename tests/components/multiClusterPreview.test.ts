import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  cluster,
  FLEET,
  goodArgs,
  KUBERNETES,
  late,
  POD,
  PROVIDER,
  READER,
  ROLE,
  SERVICE_ACCOUNT,
} from "../support/clusters";
import { eksIssuer, providerArn } from "../support/fleet";
import { record, recordFailure, UNKNOWN, valueOf } from "../support/recorder";

/** An EKS cluster that the same program makes: at preview it has no issuer yet. */
class Cluster extends pulumi.CustomResource {
  declare readonly issuer: pulumi.Output<string>;
  constructor(name: string) {
    super("test:index:Cluster", name, { issuer: undefined });
  }
}
const types = { "test:index:Cluster": { issuer: eksIssuer("E") } };

const NAMED = { serviceAccount: { create: false, name: "s3-reader" } };

describe("MultiClusterIrsa: a first preview", () => {
  it("shows the whole trust policy, though no provider has an ARN yet", async () => {
    const { recording: preview } = await record((lib) => new lib.MultiClusterIrsa("app", goodArgs()), {
      preview: true,
    });
    const { recording: update } = await record((lib) => new lib.MultiClusterIrsa("app", goodArgs()));
    const planned = preview.one(ROLE).inputs.assumeRolePolicy;
    assert.equal(typeof planned, "string");
    assert.equal(planned, update.one(ROLE).inputs.assumeRolePolicy);
    for (const character of ["B", "C"]) {
      assert.ok(String(planned).includes(`"${providerArn(eksIssuer(character))}"`));
    }
  });

  it("knows the providers' ARNs, the trust policy and its size; not the role's ARN", async () => {
    const { recording, result: irsa } = await record(
      (lib) => new lib.MultiClusterIrsa("app", goodArgs({ samplePod: {} })),
      {
        preview: true,
      },
    );
    const policy = recording.one(ROLE).inputs.assumeRolePolicy;
    assert.deepEqual(recording.outputs.get(recording.one(FLEET).urn), {
      roleArn: UNKNOWN,
      roleName: UNKNOWN,
      oidcProviderArns: { blue: providerArn(eksIssuer("B")), green: providerArn(eksIssuer("C")) },
      trustPolicyJson: policy,
      trustPolicySize: String(policy).length,
      serviceAccountAnnotations: UNKNOWN,
      roleArns: UNKNOWN,
      shardRoles: {},
    });
    const named = { "default/s3-reader": NAMED };
    assert.deepEqual(await valueOf(irsa.helmValues), { blue: named, green: named });
    for (const { inputs } of recording.of(SERVICE_ACCOUNT)) {
      assert.deepEqual(inputs.metadata, {
        ...READER,
        annotations: { "eks.amazonaws.com/role-arn": UNKNOWN },
      });
    }
    assert.equal(recording.of(POD).length, 2);
  });

  it("keeps kubeconfigs secret", async () => {
    const { recording } = await record((lib) => new lib.MultiClusterIrsa("app", goodArgs()), {
      preview: true,
    });
    for (const { name, inputs } of recording.of(KUBERNETES)) {
      assert.deepEqual(inputs.kubeconfig, { secret: `kubeconfig of ${name.replace("app/", "")}` });
    }
  });

  it("leaves open what depends on an issuer that is not known yet, and never shows a part of the trust policy", async () => {
    const { recording } = await record(
      (lib) => {
        const clusters = [
          cluster("blue", "B"),
          cluster("new", "C", { issuerUrl: new Cluster("new").issuer }),
        ];
        return new lib.MultiClusterIrsa("app", goodArgs({ clusters }));
      },
      { preview: true, types },
    );
    assert.equal(recording.one(PROVIDER, "app/new").inputs.url, UNKNOWN);
    assert.equal(recording.one(PROVIDER, "app/blue").inputs.url, eksIssuer("B"));
    assert.deepEqual(recording.one(ROLE).inputs, { assumeRolePolicy: UNKNOWN });
  });

  it("leaves no other cluster open: an unknown URL would show as a provider's replacement", async () => {
    const { recording } = await record(
      (lib) => {
        const clusters = [
          cluster("new", "C", { issuerUrl: new Cluster("new").issuer }),
          cluster("old", "B", { issuerUrl: late(eksIssuer("B")) }),
        ];
        return new lib.MultiClusterIrsa("app", goodArgs({ clusters }));
      },
      { preview: true, types },
    );
    assert.equal(recording.one(PROVIDER, "app/old").inputs.url, eksIssuer("B"));
    assert.equal(recording.one(KUBERNETES, "app/old").inputs.clusterIdentifier, eksIssuer("B"));
  });

  it("the update that follows has the whole", async () => {
    const { recording } = await record(
      (lib) => {
        const clusters = [
          cluster("blue", "B"),
          cluster("new", "C", { issuerUrl: new Cluster("new").issuer }),
        ];
        return new lib.MultiClusterIrsa("app", goodArgs({ clusters }));
      },
      { types },
    );
    assert.equal(recording.one(PROVIDER, "app/new").inputs.url, eksIssuer("E"));
    const document = String(recording.one(ROLE).inputs.assumeRolePolicy);
    assert.ok(
      document.includes(providerArn(eksIssuer("B"))) && document.includes(providerArn(eksIssuer("E"))),
    );
  });

  it("finds a trust policy over the limit, of issuers that arrive", async () => {
    const clusters = ["1", "2", "3", "4", "5"].map((character) =>
      cluster(`c${character}`, character, { issuerUrl: late(eksIssuer(character)) }),
    );
    const { errors, of } = await recordFailure(
      (lib) => new lib.MultiClusterIrsa("app", goodArgs({ clusters })),
      {
        preview: true,
      },
    ).then((recording) => ({ errors: recording.errors, of: recording.of.bind(recording) }));
    assert.match(errors[0]?.message ?? "", /trust the trust policy needs 2238 characters .*limit is 2048/);
    assert.match(errors[0]?.message ?? "", /cluster "c5" is the first that no longer fits \(4 of 5 do\)/);
    assert.deepEqual(of(ROLE), []);
  });
});

describe("MultiClusterIrsa: computed ARNs", () => {
  for (const [partition, region] of [
    ["aws-cn", "cn-north-1"],
    ["aws-us-gov", "us-gov-west-1"],
  ] as const) {
    it(`are of the caller's account and partition: ${partition}`, async () => {
      const account = { accountId: "210987654321", partition };
      const clusters = [cluster("blue", "B", { issuerUrl: eksIssuer("B", region) })];
      const { recording } = await record((lib) => new lib.MultiClusterIrsa("app", goodArgs({ clusters })), {
        account,
        preview: true,
      });
      const { oidcProviderArns } = recording.outputs.get(recording.one(FLEET).urn) as {
        oidcProviderArns: object;
      };
      const host = eksIssuer("B", region).slice("https://".length);
      const arn = `arn:${partition}:iam::210987654321:oidc-provider/${host}`;
      assert.deepEqual(oidcProviderArns, { blue: arn });
      const document = String(recording.one(ROLE).inputs.assumeRolePolicy);
      assert.ok(document.includes(`"Federated":"${arn}"`), document);
      assert.ok(document.includes(`"${host}:aud":"sts.amazonaws.com"`), document);
    });
  }

  it("a real one that differs is an error naming both, and no role is made", async () => {
    const other = "arn:aws:iam::123456789012:oidc-provider/elsewhere.example.com";
    const recording = await recordFailure((lib) => new lib.MultiClusterIrsa("app", goodArgs()), {
      arnOf: (url) => (url === eksIssuer("C") ? other : providerArn(url)),
    });
    const [error] = recording.errors;
    assert.ok(pulumi.ResourceError.isInstance(error) && error.hideStack);
    assert.ok(error.message.includes(other), error.message);
    assert.ok(error.message.includes(providerArn(eksIssuer("C"))), error.message);
    assert.deepEqual([...recording.of(ROLE), ...recording.of(SERVICE_ACCOUNT)], []);
  });
});
