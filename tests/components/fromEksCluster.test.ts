import assert from "node:assert/strict";
import type * as eks from "@pulumi/eks";
import * as pulumi from "@pulumi/pulumi";
import { IdentityMode, type EksClusterOutputs, type FromEksClusterOptions } from "../../index";
import { late, PROVIDER, READER, ROLE } from "../support/clusters";
import { eksIssuer, providerArn } from "../support/fleet";
import { loadedBy } from "../support/loaded";
import { record, recordFailure, valueOf } from "../support/recorder";

// The compiler's part of the test: a real eks.Cluster is what the function takes.
type TakesRealCluster = eks.Cluster extends EksClusterOutputs ? true : never;
const takesRealCluster: TakesRealCluster = true;

const issuerUrl = eksIssuer("B");
const eksCluster = (oidcProviderArn = providerArn(issuerUrl)) => ({
  oidcProviderUrl: late(issuerUrl),
  oidcProviderArn: late(oidcProviderArn),
  kubeconfigJson: late('{"kind":"Config"}'),
});

describe("fromEksCluster", () => {
  it("takes an eks.Cluster of @pulumi/eks as it is", () => {
    assert.ok(takesRealCluster);
  });

  it("adopts the provider that the cluster made", async () => {
    const { recording } = await record(
      (lib) =>
        new lib.MultiClusterIrsa("app", {
          clusters: [lib.fromEksCluster("east", eksCluster())],
          serviceAccounts: [READER],
        }),
    );
    assert.deepEqual(recording.of(PROVIDER), []);
    assert.ok(String(recording.one(ROLE).inputs.assumeRolePolicy).includes(providerArn(issuerUrl)));
    assert.deepEqual(recording.one("pulumi:providers:kubernetes").inputs, {
      kubeconfig: { secret: '{"kind":"Config"}' },
      clusterIdentifier: issuerUrl,
    });
  });

  it("has the provider created when asked to, whatever ARN the cluster has", async () => {
    for (const arn of ["", providerArn(issuerUrl)]) {
      const { recording } = await record(
        (lib) =>
          new lib.MultiClusterIrsa("app", {
            clusters: [lib.fromEksCluster("east", eksCluster(arn), { createOidcProvider: true })],
            serviceAccounts: [READER],
          }),
      );
      assert.equal(recording.one(PROVIDER, "app/east").inputs.url, issuerUrl);
    }
  });

  it("says whatever else the list is to say of it", async () => {
    const said = {
      shard: "a",
      formerShards: ["b"],
      formerNames: ["e"],
      retired: true,
      oidcProviderClientIds: ["sts.amazonaws.com"],
    };
    const { result } = await record((lib) => lib.fromEksCluster("east", eksCluster(), said));
    const { issuerUrl: _, kubeconfig: __, oidcProviderArn: ___, ...rest } = result;
    assert.deepEqual(rest, { name: "east", ...said });
  });

  it("says what Pod Identity asks of the cluster, where it is given", async () => {
    const options: FromEksClusterOptions = {
      clusterName: "prod-east",
      region: "us-east-1",
      identity: IdentityMode.PodIdentity,
      trusts: IdentityMode.Both,
      accountId: "210987654321",
      installAgent: true,
      autoMode: false,
    };
    const { result } = await record((lib) => lib.fromEksCluster("east", eksCluster(), options));
    const { issuerUrl: _, kubeconfig: __, oidcProviderArn: ___, ...said } = result;
    assert.deepEqual(said, { name: "east", ...options });
  });

  it("adopts no provider where the role accepts Pod Identity alone, whether the cluster made one or not", async () => {
    const options = { clusterName: "east", region: "us-east-1", identity: IdentityMode.PodIdentity };
    for (const arn of ["", providerArn(issuerUrl)]) {
      const { recording, result } = await record((lib) => {
        const east = lib.fromEksCluster("east", eksCluster(arn), options);
        new lib.MultiClusterIrsa("app", { clusters: [east], serviceAccounts: [READER] });
        return east;
      });
      assert.ok(!("oidcProviderArn" in result));
      assert.deepEqual(recording.of(PROVIDER), []);
      assert.ok(!String(recording.one(ROLE).inputs.assumeRolePolicy).includes("oidc-provider"));
    }
  });

  it("gives the cluster's values on as they are", async () => {
    const { result } = await record((lib) => lib.fromEksCluster("east", eksCluster()));
    assert.equal(result.name, "east");
    assert.equal(await valueOf(pulumi.output(result.issuerUrl)), issuerUrl);
    assert.equal(await valueOf(pulumi.output(result.kubeconfig)), '{"kind":"Config"}');
    assert.equal(await valueOf(pulumi.output(result.oidcProviderArn)), providerArn(issuerUrl));
    assert.deepEqual(Object.keys(result).sort(), ["issuerUrl", "kubeconfig", "name", "oidcProviderArn"]);
  });

  it("says which of two switches to set when the cluster made no provider, before the role", async () => {
    for (const none of ["", undefined]) {
      const recording = await recordFailure((lib) => {
        const made = {
          ...eksCluster(),
          oidcProviderArn: late<string | undefined>(none) as pulumi.Output<string>,
        };
        new lib.MultiClusterIrsa("app", {
          clusters: [lib.fromEksCluster("east", made)],
          serviceAccounts: [READER],
        });
      });
      assert.equal(recording.errors.length, 1);
      const { message } = recording.errors[0]!;
      assert.match(message, /fromEksCluster\("east"\): the eks\.Cluster made no OIDC provider to adopt/);
      assert.match(message, /createOidcProvider: true on the eks\.Cluster, which then owns the provider/);
      assert.match(message, /fromEksCluster\("east", cluster, \{ createOidcProvider: true \}\)/);
      assert.ok(pulumi.RunError.isInstance(recording.errors[0]));
      assert.deepEqual(recording.of(ROLE), []);
    }
  });

  it("loads nothing of @pulumi/eks, not even when it is called", async () => {
    const files = await loadedBy(`
      const { fromEksCluster } = require("./index.ts");
      fromEksCluster("east", { oidcProviderUrl: "u", oidcProviderArn: "a", kubeconfigJson: "k" });
    `);
    assert.ok(files.includes("components/fromEksCluster.ts"));
    assert.deepEqual(
      files.filter((file) => file.includes("@pulumi/eks")),
      [],
    );
  });
});
