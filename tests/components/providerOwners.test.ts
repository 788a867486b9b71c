import assert from "node:assert/strict";
import { Provider as AwsProvider } from "@pulumi/aws/provider";
import { refuseIfExisting } from "../../components/existingProvider";
import { late, PROVIDER, READER, ROLE } from "../support/clusters";
import { eksIssuer, providerArn } from "../support/fleet";
import { inStack, STACK } from "../support/program";
import { type Library, record, recordFailure, type RecordOptions, UNKNOWN } from "../support/recorder";

const issuerUrl = eksIssuer("B");
const arn = providerArn(issuerUrl);
const CLUSTER = { name: "east", issuerUrl };

describe("owners of OIDC providers", () => {
  for (const preview of [true, false]) {
    for (const [what, given] of [
      ["plain", issuerUrl],
      ["late", late(issuerUrl)],
    ] as const) {
      it(`the second component that makes one is refused, and both are named: ${what}, ${preview ? "preview" : "update"}`, async () => {
        const { errors, of, resources } = await failing(
          (lib) => {
            new lib.FleetOidcProviders("fleet", { clusters: [CLUSTER] });
            new lib.ClusterOidcProvider("again", { issuerUrl: given });
          },
          { preview },
        );
        const message = errors[0]?.message ?? "";
        assert.ok(
          message.includes('ClusterOidcProvider "again": one problem in its arguments\n  - issuerUrl is'),
          message,
        );
        assert.ok(
          message.includes(`${arn} is made by FleetOidcProviders "fleet" (clusters[0].issuerUrl)`),
          message,
        );
        assert.match(
          message,
          /adopt that one here, with adoptOidcProviders\(clusters, first\.oidcProviderArns\) or oidcProviderArn/,
        );
        assert.deepEqual(of(resources), ["fleet/east"]);
      });
    }
  }

  it("two accounts may both have one", async () => {
    const { recording } = await record(
      inStack((lib) => {
        const there = new AwsProvider("there");
        new lib.FleetOidcProviders("here", { clusters: [CLUSTER] });
        new lib.FleetOidcProviders("there", { clusters: [CLUSTER] }, { provider: there });
      }),
      { ...STACK, providerAccount: "210987654321" },
    );
    assert.deepEqual(
      recording
        .of(PROVIDER)
        .map(({ name }) => name)
        .sort(),
      ["here/east", "there/east"],
    );
  });

  it("a program is nothing to the next one in the same process", async () => {
    for (const name of ["first", "second"]) {
      const { recording } = await record(
        inStack((lib) => new lib.FleetOidcProviders(name, { clusters: [CLUSTER] })),
        STACK,
      );
      assert.equal(recording.one(PROVIDER).name, `${name}/east`);
    }
  });

  it("without a program, as in a user's tests with mocks, nobody owns anything", async () => {
    const { recording } = await record((lib) => {
      new lib.FleetOidcProviders("a", { clusters: [CLUSTER] });
      new lib.FleetOidcProviders("b", { clusters: [CLUSTER] });
    });
    assert.equal(recording.of(PROVIDER).length, 2);
  });

  const shared = inStack((lib) => {
    const fleet = new lib.FleetOidcProviders("fleet", { clusters: [CLUSTER] });
    new lib.MultiClusterIrsa("app", {
      clusters: lib.adoptOidcProviders([{ name: "east", kubeconfig: "k" }], fleet.oidcProviderArns),
      serviceAccounts: [READER],
    });
  });

  it("who adopts what the program makes waits for it, and reads it by the id it gets", async () => {
    const { recording } = await record(shared, STACK);
    const [read] = recording.reads;
    assert.deepEqual([read?.name, read?.id], ["app/east", "fleet/east-id"]);
    assert.deepEqual(
      recording.one(ROLE).dependencies.map((urn) => recording.label(urn)),
      ["OpenIdConnectProvider fleet/east", "OpenIdConnectProvider app/east"],
    );
  });

  it("a first preview shows the whole trust policy, though there is nothing to read yet", async () => {
    const { recording } = await record(shared, { ...STACK, preview: true });
    assert.deepEqual(
      recording.reads.map(({ id }) => id),
      [UNKNOWN],
    );
    assert.ok(String(recording.one(ROLE).inputs.assumeRolePolicy).includes(`"Federated":"${arn}"`));
  });
});

describe("an OIDC provider that exists before it is created", () => {
  const creation = (known: string | undefined) => ({
    what: 'MultiClusterIrsa "app"',
    path: "clusters[2].",
    parent: undefined as never,
    ...(known !== undefined && { arn: known }),
  });
  const look = (known: string | undefined, options: RecordOptions = {}) =>
    record(() => refuseIfExisting(creation(known)).then(() => undefined, String), options);

  it("is refused with what to write instead", async () => {
    const { result } = await look(arn);
    assert.match(
      (await result) ?? "",
      /clusters\[2\]\.issuerUrl has an OIDC provider in this account already\. .*adopt arn:.*B{32} by clusters\[2\]\.oidcProviderArn, or take it over by importOidcProvider: true .*former name: give that name by clusters\[2\]\.formerNames, or the option aliases/,
    );
  });

  it("is not looked for before the issuer is known, and what is not there is created", async () => {
    assert.equal(await (await look(undefined)).result, undefined);
    const { result, recording } = await look(arn, { clientIdsOf: () => undefined });
    assert.equal(await result, undefined);
    assert.deepEqual(
      recording.invokes.map(({ inputs }) => inputs),
      [{ arn }],
    );
  });
});

async function failing(program: (lib: Library) => void, options: RecordOptions) {
  const recording = await recordFailure(inStack(program), { ...STACK, ...options });
  const of = (resources: { type: string; name: string }[]) =>
    resources.filter(({ type }) => type === PROVIDER).map(({ name }) => name);
  return { errors: recording.errors, resources: recording.resources, of };
}
