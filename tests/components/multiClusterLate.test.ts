import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { MultiClusterIrsaArgs } from "../../index";
import { cluster, FLEET, goodArgs, KUBERNETES, late, PROVIDER, READER, ROLE } from "../support/clusters";
import { eksIssuer, providerArn, trustedFleet } from "../support/fleet";
import { record, recordFailure, type RecordOptions } from "../support/recorder";

const failing = (args: MultiClusterIrsaArgs, options?: RecordOptions) =>
  recordFailure((lib) => new lib.MultiClusterIrsa("app", args), options);

/** The one fault, told of the component and without a stack. */
function messageOf(errors: Error[]): string {
  assert.equal(errors.length, 1, errors.map(String).join("\n"));
  const [error] = errors;
  assert.ok(pulumi.ResourceError.isInstance(error));
  assert.equal(error.hideStack, true);
  return error.message;
}

describe("MultiClusterIrsa: issuers that arrive while the program runs", () => {
  it("are used when nothing is wrong with them", async () => {
    const clusters = [cluster("blue", "B", { issuerUrl: late(eksIssuer("B")) })];
    const { recording } = await record((lib) => new lib.MultiClusterIrsa("app", goodArgs({ clusters })));
    assert.equal(recording.one(PROVIDER).inputs.url, eksIssuer("B"));
    assert.equal(recording.one(KUBERNETES).inputs.clusterIdentifier, eksIssuer("B"));
  });

  const wrong: [string, string, RegExp][] = [
    ["empty", "", /clusters\[1\]\.issuerUrl is empty: .*aws eks describe-cluster/],
    [
      "without https",
      eksIssuer("C").replace("https://", ""),
      /clusters\[1\]\.issuerUrl must begin with https/,
    ],
    ["with a port", eksIssuer("C").replace(".com", ".com:443"), /clusters\[1\]\.issuerUrl must have no port/],
    ["with a slash at the end", `${eksIssuer("C")}/`, /clusters\[1\]\.issuerUrl must not end with a slash/],
    ["with a query", `${eksIssuer("C")}?x`, /clusters\[1\]\.issuerUrl must have no query/],
    ["dual-stack", "https://oidc-eks.us-east-1.api.aws/id/C", /clusters\[1\]\.issuerUrl .*dual-stack/],
  ];
  for (const [what, url, message] of wrong) {
    it(`${what}: an error before the OIDC provider and the role`, async () => {
      const clusters = [cluster("blue", "B"), cluster("green", "C", { issuerUrl: late(url) })];
      const recording = await failing(goodArgs({ clusters }));
      assert.match(messageOf(recording.errors), message);
      assert.match(messageOf(recording.errors), /MultiClusterIrsa "app": one problem in its arguments/);
      assert.deepEqual(
        recording.of(PROVIDER).map(({ name }) => name),
        ["app/blue"],
      );
      assert.deepEqual(recording.of(ROLE), []);
    });
  }

  it("a wrong one does not reach the cluster's Kubernetes provider either", async () => {
    const clusters = [cluster("blue", "B"), cluster("green", "C", { issuerUrl: late("") })];
    const recording = await failing(goodArgs({ clusters }));
    assert.deepEqual(
      recording.of(KUBERNETES).map(({ name }) => name),
      ["app/blue"],
    );
  });

  it("two of one issuer: an error naming both, before the second has a provider", async () => {
    const clusters = [
      cluster("blue", "B", { issuerUrl: late(eksIssuer("B")) }),
      cluster("green", "C", { issuerUrl: late(eksIssuer("B")) }),
    ];
    const recording = await failing(goodArgs({ clusters }));
    const message = messageOf(recording.errors);
    assert.match(
      message,
      /clusters\[1\]\.issuerUrl .*"blue"|clusters\[1\]\.issuerUrl .*clusters\[0\]\.issuerUrl/,
    );
    assert.match(message, /list that cluster once/);
    assert.deepEqual(recording.of(ROLE), []);
    // IAM would refuse the second, with a text of its own.
    assert.ok(recording.of(PROVIDER).length < 2, "both providers were made");
  });

  it("one late and one plain of one issuer: the same", async () => {
    const clusters = [cluster("blue", "B"), cluster("green", "C", { issuerUrl: late(eksIssuer("B")) })];
    const recording = await failing(goodArgs({ clusters }));
    assert.match(messageOf(recording.errors), /clusters\[1\]\.issuerUrl .*list that cluster once/);
    assert.deepEqual(
      recording.of(PROVIDER).map(({ name }) => name),
      ["app/blue"],
    );
  });

  it("tie a cluster's own resources to that cluster only, or its replacement would be theirs", async () => {
    const issuers = { east: eksIssuer("B"), west: eksIssuer("C") };
    class Cluster extends pulumi.CustomResource {
      declare readonly issuer: pulumi.Output<string>;
      constructor(name: keyof typeof issuers) {
        super("test:index:Cluster", name, { issuer: issuers[name] });
      }
    }
    const { recording } = await record(
      (lib) => {
        const clusters = (["east", "west"] as const).map((name) =>
          cluster(name, "X", { issuerUrl: new Cluster(name).issuer }),
        );
        return new lib.MultiClusterIrsa("app", goodArgs({ clusters }));
      },
      { types: { "test:index:Cluster": {} } },
    );
    for (const name of ["east", "west"]) {
      for (const type of [PROVIDER, KUBERNETES]) {
        const { dependencies } = recording.one(type, `app/${name}`);
        assert.deepEqual(
          dependencies.map((urn) => recording.label(urn)),
          [`Cluster ${name}`],
          type,
        );
      }
    }
  });

  it("a trust policy over the limit: an error before the role", async () => {
    const clusters = trustedFleet(5).map(({ name, oidcProviderArn }) => ({
      name,
      issuerUrl: late(oidcProviderArn.replace(/^.*oidc-provider\//, "https://")),
      kubeconfig: "k",
    }));
    const recording = await failing(goodArgs({ clusters }));
    const message = messageOf(recording.errors);
    assert.match(message, /needs 2238 characters .* the limit is 2048: cluster "cluster-04" is the first/);
    assert.match(
      message,
      /What to do: .*maxSize.*; or make one role for each.*; or bind fewer.*; or use EKS Pod Identity/,
    );
    assert.deepEqual(recording.of(ROLE), []);
  });
});

describe("MultiClusterIrsa: providers to adopt", () => {
  const adopting = (oidcProviderArn: pulumi.Input<string>) =>
    goodArgs({ clusters: [cluster("blue", "B"), cluster("green", "C", { oidcProviderArn })] });
  const right = providerArn(eksIssuer("C"));

  it("are used and not made", async () => {
    const { recording } = await record((lib) => new lib.MultiClusterIrsa("app", adopting(late(right))));
    assert.deepEqual(
      recording.of(PROVIDER).map(({ name }) => name),
      ["app/blue"],
    );
    const role = recording.one(ROLE);
    assert.ok(String(role.inputs.assumeRolePolicy).includes(`"Federated":"${right}"`));
    assert.deepEqual(
      role.dependencies.map((urn) => recording.label(urn)),
      ["OpenIdConnectProvider app/blue", "OpenIdConnectProvider app/green"],
    );
    const read = recording.reads.map(({ name, id, parent }) => [name, id, parent]);
    assert.deepEqual(read, [["app/green", right, recording.one(FLEET).urn]]);
  });

  const wrong: [string, string, RegExp][] = [
    ["empty", "", /is empty: leave it out to have the provider created/],
    ["no ARN of a provider", "arn:aws:iam::123456789012:role/x", /is not the ARN of an IAM OIDC provider/],
    ["of another issuer", providerArn(eksIssuer("D")), /belongs to issuer ".*D{32}", and not to .*C{32}"/],
  ];
  for (const [what, arn, message] of wrong) {
    it(`late and ${what}: an error before the role`, async () => {
      const recording = await failing(adopting(late(arn)));
      assert.match(messageOf(recording.errors), message);
      assert.match(messageOf(recording.errors), /clusters\[1\]\.oidcProviderArn/);
      assert.deepEqual(recording.of(ROLE), []);
    });
  }

  const elsewhere: [string, string, RegExp][] = [
    [
      "account",
      right.replace("123456789012", "210987654321"),
      /is in account 210987654321 \(aws\).*123456789012/,
    ],
    [
      "partition",
      right.replace("arn:aws:", "arn:aws-cn:"),
      /\(aws-cn\) and the role in 123456789012 \(aws\)/,
    ],
  ];
  for (const [what, arn, message] of elsewhere) {
    for (const preview of [true, false]) {
      it(`of another ${what}, ${preview ? "at preview" : "at update"}: an error before the role`, async () => {
        for (const given of [arn, late(arn)]) {
          const recording = await failing(adopting(given), { preview });
          assert.match(messageOf(recording.errors), message);
          assert.match(messageOf(recording.errors), /clusters\[1\]\.oidcProviderArn.*leave it out/s);
          assert.deepEqual(recording.of(ROLE), []);
        }
      });
    }
  }
});

describe("MultiClusterIrsa: settings that arrive while the program runs", () => {
  const wrong: [string, MultiClusterIrsaArgs["role"], RegExp][] = [
    [
      "a name of 65 characters",
      { name: late("r".repeat(65)) },
      /role\.name is 65 characters long; .*at most 64/,
    ],
    ["a name with a space", { name: late("my role") }, /role\.name is not a role's name: "my role"/],
    ["a path without slashes", { path: late("workloads") }, /role\.path is not an IAM path: "workloads"/],
    [
      "a short session",
      { maxSessionDuration: late(3599) },
      /role\.maxSessionDuration is 3599: .* 3600 to 43200/,
    ],
    ["a long session", { maxSessionDuration: late(43201) }, /role\.maxSessionDuration is 43201/],
  ];
  for (const [what, role, message] of wrong) {
    it(`${what}: an error before the role`, async () => {
      const recording = await failing(goodArgs({ role: role! }));
      assert.match(messageOf(recording.errors), message);
      assert.deepEqual(recording.of(ROLE), []);
    });
  }

  it("an account that AWS does not name: an error before the role", async () => {
    const recording = await failing(
      { clusters: [cluster("blue", "B")], serviceAccounts: [READER] },
      { account: { accountId: "", partition: "aws" } },
    );
    assert.match(messageOf(recording.errors), /AWS does not say which account the role is to live in/);
    assert.deepEqual(recording.of(ROLE), []);
  });
});
