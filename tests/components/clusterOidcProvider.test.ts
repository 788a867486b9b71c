import assert from "node:assert/strict";
import { Provider as AwsProvider } from "@pulumi/aws/provider";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterOidcProviderArgs } from "../../index";
import { late, PROVIDER } from "../support/clusters";
import { eksIssuer, providerArn } from "../support/fleet";
import { record, recordFailure, type RecordOptions, valueOf } from "../support/recorder";

const TYPE = "eks-irsa:index:ClusterOidcProvider";
const issuerUrl = eksIssuer("B");
const arn = providerArn(issuerUrl);

const make = (args: ClusterOidcProviderArgs, options?: RecordOptions) =>
  record((lib) => new lib.ClusterOidcProvider("east", args), options);
const fail = (args: ClusterOidcProviderArgs, options?: RecordOptions) =>
  recordFailure((lib) => new lib.ClusterOidcProvider("east", args), options);

describe("ClusterOidcProvider", () => {
  it("creates the provider under itself, with exactly the audience of IRSA", async () => {
    const { recording, result } = await make({ issuerUrl, tags: { team: "data" } });
    assert.deepEqual(
      recording.resources.map(({ urn }) => recording.label(urn)),
      ["ClusterOidcProvider east", "OpenIdConnectProvider east"],
    );
    const provider = recording.one(PROVIDER);
    assert.equal(provider.parent, recording.one(TYPE).urn);
    assert.deepEqual(provider.inputs, {
      url: issuerUrl,
      clientIdLists: ["sts.amazonaws.com"],
      tags: { team: "data" },
    });
    assert.deepEqual(recording.one(TYPE).inputs, { issuerUrl });
    assert.deepEqual(recording.outputs.get(recording.one(TYPE).urn), { arn, issuerUrl });
    assert.equal(await valueOf(result.arn), arn);
    assert.equal(await valueOf(result.issuerUrl), issuerUrl);
  });

  it("gives thumbprints only where they were given", async () => {
    const thumbprints = ["a".repeat(40)];
    const { recording } = await make({ issuerUrl: "https://issuer.example.com", thumbprints });
    assert.deepEqual(recording.one(PROVIDER).inputs.thumbprintLists, thumbprints);
  });

  it("adopts a provider: makes none, and gives its ARN", async () => {
    for (const given of [arn, late(arn)]) {
      const { recording, result } = await make({ issuerUrl, oidcProviderArn: given });
      assert.deepEqual(recording.of(PROVIDER), []);
      assert.equal(await valueOf(result.arn), arn);
    }
  });

  it("computes the ARN at preview, of the account of its aws provider", async () => {
    const { recording } = await record(
      (lib) => new lib.ClusterOidcProvider("east", { issuerUrl }, { provider: new AwsProvider("there") }),
      { preview: true, account: { accountId: "210987654321", partition: "aws" } },
    );
    const outputs = recording.outputs.get(recording.one(TYPE).urn) as { arn: string };
    assert.equal(outputs.arn, arn.replace("123456789012", "210987654321"));
    const there = recording.one("pulumi:providers:aws").urn;
    assert.deepEqual([recording.one(PROVIDER).provider, recording.invokes[0]?.provider], [there, there]);
  });

  it("waits for an issuer that arrives late, and registers without it", async () => {
    const { recording } = await make({ issuerUrl: late(issuerUrl) });
    assert.deepEqual(recording.one(TYPE).inputs, {});
    assert.equal(recording.one(PROVIDER).inputs.url, issuerUrl);
  });

  it("fails when the real ARN is not the computed one", async () => {
    const { errors } = await fail({ issuerUrl }, { arnOf: () => providerArn(eksIssuer("C")) });
    assert.match(
      errors[0]?.message ?? "",
      /IAM gave the OIDC provider the ARN .*C{32} where .*B{32} was computed/,
    );
  });

  it("refuses every fault at once, and asks for nothing", async () => {
    const { errors, resources, invokes } = await fail({
      issuerUrl: `${issuerUrl}/`,
      oidcProviderArn: "",
      thumbprints: ["x"],
    });
    assert.deepEqual([resources, invokes], [[], []]);
    const [error] = errors;
    assert.ok(pulumi.InputPropertiesError.isInstance(error) && pulumi.RunError.isInstance(error));
    assert.deepEqual(
      error.errors.map(({ propertyPath }) => propertyPath),
      ["issuerUrl", "oidcProviderArn", "thumbprints", "thumbprints"],
    );
    assert.match(error.message, /^ClusterOidcProvider "east": 4 problems in its arguments\n/);
  });

  it("refuses an issuer left out, by JavaScript", async () => {
    const { errors } = await fail({} as ClusterOidcProviderArgs);
    assert.match(errors[0]?.message ?? "", /one problem in its arguments\n {2}- issuerUrl is empty/);
  });

  const lateFaults: [string, ClusterOidcProviderArgs, RegExp][] = [
    ["an issuer", { issuerUrl: late("http://x") }, /- issuerUrl must begin with https/],
    [
      "an ARN of another issuer",
      { issuerUrl, oidcProviderArn: late(providerArn(eksIssuer("C"))) },
      /- oidcProviderArn belongs/,
    ],
    [
      "an ARN of another account",
      { issuerUrl, oidcProviderArn: arn.replace("12", "21") },
      /- oidcProviderArn is in account/,
    ],
  ];
  for (const [what, args, message] of lateFaults) {
    it(`refuses ${what} when it is known`, async () => {
      const { errors, resources } = await fail(args);
      assert.match(errors[0]?.message ?? "", message);
      assert.ok(pulumi.ResourceError.isInstance(errors[0]) && errors[0].hideStack);
      assert.deepEqual(
        resources.map(({ type }) => type),
        [TYPE],
      );
    });
  }
});
