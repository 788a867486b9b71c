import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { FleetOidcProvidersArgs, OidcProviderCluster } from "../../index";
import { late, PROVIDER } from "../support/clusters";
import { eksIssuer, providerArn } from "../support/fleet";
import { record, recordFailure, type RecordOptions, valueOf } from "../support/recorder";

const TYPE = "eks-irsa:index:FleetOidcProviders";
const [B, C] = [eksIssuer("B"), eksIssuer("C")];
const EAST = { name: "east", issuerUrl: B };
const WEST = { name: "west", issuerUrl: C };

const make = (args: FleetOidcProvidersArgs, options?: RecordOptions) =>
  record((lib) => new lib.FleetOidcProviders("fleet", args), options);
const failing = async (args: FleetOidcProvidersArgs, options?: RecordOptions) => {
  const { errors, resources } = await recordFailure(
    (lib) => new lib.FleetOidcProviders("fleet", args),
    options,
  );
  return { message: errors[0]?.message ?? "", made: resources.filter(({ type }) => type === PROVIDER) };
};

describe("FleetOidcProviders", () => {
  it("makes a provider for each cluster, and gives their ARNs by cluster name", async () => {
    const { recording, result } = await make({ clusters: [EAST, WEST], tags: { team: "data" } });
    assert.deepEqual(
      recording.resources.map(({ urn }) => recording.label(urn)),
      ["FleetOidcProviders fleet", "OpenIdConnectProvider fleet/east", "OpenIdConnectProvider fleet/west"],
    );
    const east = recording.one(PROVIDER, "fleet/east");
    assert.equal(east.parent, recording.one(TYPE).urn);
    assert.deepEqual(east.inputs, { url: B, clientIdLists: ["sts.amazonaws.com"], tags: { team: "data" } });
    const arns = { east: providerArn(B), west: providerArn(C) };
    assert.deepEqual(await valueOf(result.oidcProviderArns), arns);
    assert.deepEqual(recording.outputs.get(recording.one(TYPE).urn), { oidcProviderArns: arns });
    assert.deepEqual(recording.one(TYPE).inputs, { clusters: [EAST, WEST] });
  });

  it("knows the ARNs in a first preview", async () => {
    const { result } = await make({ clusters: [EAST, WEST] }, { preview: true });
    assert.deepEqual(await valueOf(result.oidcProviderArns), { east: providerArn(B), west: providerArn(C) });
  });

  it("gives a renamed cluster's provider an alias, and takes late issuers", async () => {
    const { recording } = await make({
      clusters: [{ name: "east", issuerUrl: late(B), formerNames: ["old", "older"] }],
    });
    const east = recording.one(PROVIDER);
    assert.deepEqual([east.aliases, east.inputs.url], [["fleet/old", "fleet/older"], B]);
    assert.deepEqual(recording.one(TYPE).inputs, { clusters: [{ name: "east" }] });
  });

  it("reads a provider that is adopted, under its former names too, and makes none", async () => {
    const adopted = { ...EAST, oidcProviderArn: providerArn(B), formerNames: ["old"] };
    const { recording, result } = await make({ clusters: [adopted, WEST] });
    assert.deepEqual(
      recording.of(PROVIDER).map(({ name }) => name),
      ["fleet/west"],
    );
    assert.deepEqual(
      recording.reads.map(({ name, id, parent }) => [name, id, parent]),
      ["fleet/east", "fleet/old"].map((name) => [name, providerArn(B), recording.one(TYPE).urn]),
    );
    assert.deepEqual(await valueOf(result.oidcProviderArns), { east: providerArn(B), west: providerArn(C) });
  });

  it("takes a provider over as it is: tags and thumbprints stay for that one time", async () => {
    const taken = { ...EAST, oidcProviderArn: providerArn(B), importOidcProvider: true };
    const { recording } = await make({ clusters: [taken], tags: { team: "data" } });
    const { importId, ignoreChanges, inputs } = recording.one(PROVIDER);
    assert.deepEqual([importId, recording.reads], [providerArn(B), []]);
    assert.deepEqual(ignoreChanges, ["tags", "tagsAll", "thumbprintLists"]);
    assert.deepEqual(inputs.clientIdLists, ["sts.amazonaws.com"]);
  });
});

describe("FleetOidcProviders: bad input", () => {
  const adopted = { ...EAST, oidcProviderArn: providerArn(B) };
  const STS = "sts.amazonaws.com";
  const twice = { clientIdsOf: () => [STS, "x"] };
  const early: [string, FleetOidcProvidersArgs, string][] = [
    ["no clusters", { clusters: [] }, "clusters is empty"],
    ["a list that is none", { clusters: "east" } as never, "clusters is string: write a list"],
    ["a name twice", { clusters: [EAST, { ...WEST, name: "east" }] }, 'clusters[1].name is "east"'],
    ["an issuer twice", { clusters: [EAST, { ...WEST, issuerUrl: B }] }, "clusters[1].issuerUrl is"],
    ["no issuer", { clusters: [{ name: "east" } as OidcProviderCluster] }, "clusters[0].issuerUrl is empty"],
    [
      "tags of what is adopted",
      { clusters: [adopted], tags: { a: "b" } },
      "tags cannot be set on an adopted",
    ],
    [
      "a mode that there is not",
      { clusters: [{ ...EAST, identity: "podidentity" } as OidcProviderCluster] },
      'clusters[0].identity is "podidentity": write Irsa or Both or PodIdentity',
    ],
    ["a tag of AWS's own", { clusters: [EAST], tags: { "aws:x": "y" } }, 'tags["aws:x"] begins with "aws:"'],
    [
      "a take-over of nothing",
      { clusters: [{ ...EAST, importOidcProvider: true }] },
      "clusters[0].importOidc",
    ],
  ];
  for (const [what, args, message] of early) {
    it(`${what}: before anything is registered`, async () => {
      const { errors, resources, invokes } = await recordFailure(
        (lib) => new lib.FleetOidcProviders("fleet", args),
      );
      assert.ok(pulumi.InputPropertiesError.isInstance(errors[0]));
      assert.ok(errors[0].message.includes(`- ${message}`), errors[0].message);
      assert.deepEqual([resources, invokes], [[], []]);
    });
  }

  const elsewhere = providerArn(B).replace("123456789012", "210987654321");
  const inIam: [string, OidcProviderCluster, RecordOptions, RegExp][] = [
    [
      "an adopted provider of another account",
      { ...EAST, oidcProviderArn: elsewhere },
      {},
      /clusters\[0\]\.oidcProviderArn is in account 210987654321/,
    ],
    [
      "an adopted provider without STS",
      adopted,
      { clientIdsOf: () => ["x"] },
      /oidcProviderArn names a provider with the client IDs \["x"\].*aws iam add-client-id-to-open-id-connect-provider .*id\/B{32} --client-id sts/,
    ],
    [
      "client IDs that are not the provider's",
      { ...adopted, oidcProviderClientIds: [STS] },
      twice,
      /clusters\[0\]\.oidcProviderClientIds is \["sts.amazonaws.com"\], and the provider has \["sts.amazonaws.com","x"\]/,
    ],
    [
      "a take-over of a provider with other client IDs",
      { ...adopted, importOidcProvider: true },
      twice,
      /clusters\[0\]\.oidcProviderArn is to be taken over and has the client IDs \["sts.amazonaws.com","x"\]/,
    ],
    [
      "a take-over of another account's",
      { ...EAST, oidcProviderArn: elsewhere, importOidcProvider: true },
      {},
      /clusters\[0\]\.oidcProviderArn is in account 210987654321/,
    ],
    [
      "a take-over of what is not there",
      { ...adopted, importOidcProvider: true },
      { clientIdsOf: () => undefined },
      /does not exist/,
    ],
  ];
  for (const preview of [true, false]) {
    for (const [what, cluster, options, message] of inIam) {
      it(`${what}: ${preview ? "in the preview" : "at update"}`, async () => {
        const failure = await failing({ clusters: [cluster] }, { ...options, preview });
        assert.match(failure.message, message);
        assert.deepEqual(failure.made, []);
      });
    }
  }

  it("client IDs are compared as a set", async () => {
    const clusters = [{ ...adopted, oidcProviderClientIds: ["x", STS] }];
    const { result } = await make({ clusters }, twice);
    assert.deepEqual(await valueOf(result.oidcProviderArns), { east: providerArn(B) });
  });
});
