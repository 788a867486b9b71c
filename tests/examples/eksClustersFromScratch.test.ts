import assert from "node:assert/strict";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { TrustPolicy } from "../../index";
import { PROVIDER, ROLE } from "../support/clusters";
import { eksIssuer, providerArn } from "../support/fleet";
import { record, type Recording } from "../support/recorder";
import { ROOT } from "../support/root";
import { federatedOf } from "../support/statements";
import { assertShownBlock } from "./shownBlock";

const TOPIC = "eks-clusters-from-scratch";
const REGIONS = ["us-west-2", "eu-west-1"];
const CLUSTER = "eks:index:Cluster";

const issuerIn = (region: string) => eksIssuer(String(REGIONS.indexOf(region)), region);
const kubeconfigIn = (region: string) => JSON.stringify({ kind: "Config", "current-context": region });

/** What a cluster of `@pulumi/eks` gives, by its name `apps-<region>`. */
function outputsOfCluster(name: string): Record<string, unknown> {
  const region = name.slice("apps-".length);
  const oidcProviderUrl = issuerIn(region);
  return {
    oidcProviderUrl,
    oidcProviderArn: providerArn(oidcProviderUrl),
    kubeconfigJson: kubeconfigIn(region),
  };
}

/** Everything that the program asks for, as README lists it. */
function listed({ resources, reads }: Recording): string {
  const lines = [
    ...resources.map(({ type, name }) => ({ name, line: `create ${type} ${name}` })),
    ...reads.map(({ type, name }) => ({ name, line: `read   ${type} ${name}` })),
  ];
  const sorted = lines.sort((one, other) =>
    `${one.name} ${one.line}` < `${other.name} ${other.line}` ? -1 : 1,
  );
  // The engine shows a type without its file.
  return `${sorted.map(({ line }) => line.replace(/(aws:\w+)\/\w+:/, "$1:")).join("\n")}\n`;
}

describe("example: eks-clusters-from-scratch, under mocks", function () {
  this.timeout(120_000);
  let recording: Recording;

  before(async () => {
    // Loaded before, since the recording waits for no files.
    await import("@pulumi/eks");
    const program = () => {
      pulumi.runtime.setAllConfig({ "project:regions": JSON.stringify(REGIONS) });
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- it runs when it is loaded
      return require(join(ROOT, "examples", TOPIC, "index.ts")) as unknown;
    };
    ({ recording } = await record(program, { types: { [CLUSTER]: outputsOfCluster } }));
  });

  it("asks for what its README lists", () => {
    assertShownBlock(`examples/${TOPIC}/README.md`, "registrations", listed(recording));
  });

  it("makes a cluster in each region, with its OIDC provider", () => {
    const made = recording
      .of(CLUSTER)
      .map(({ providers, inputs }) => [providers.aws?.split("::").pop(), inputs.createOidcProvider]);
    assert.deepEqual(
      made,
      REGIONS.map((region) => [region, true]),
    );
    for (const region of REGIONS) {
      assert.equal(recording.one("pulumi:providers:aws", region).inputs.region, region);
    }
  });

  it("has one role that trusts both clusters' providers, and makes none", () => {
    assert.deepEqual(recording.of(PROVIDER), []);
    const { Statement } = JSON.parse(String(recording.one(ROLE).inputs.assumeRolePolicy)) as TrustPolicy;
    assert.deepEqual(
      Statement.map(federatedOf).sort(),
      REGIONS.map((region) => providerArn(issuerIn(region))).sort(),
    );
  });

  it("reaches each cluster by its own kubeconfig, and waits for it: so a destroy ends the cluster last", () => {
    for (const region of REGIONS) {
      const { inputs, dependencies } = recording.one("pulumi:providers:kubernetes", `app/${region}`);
      assert.deepEqual(inputs.kubeconfig, { secret: kubeconfigIn(region) });
      assert.ok(dependencies.includes(recording.one(CLUSTER, `apps-${region}`).urn));
      const account = recording.one("kubernetes:core/v1:ServiceAccount", `app/${region}/default/s3-reader`);
      assert.match(account.provider, new RegExp(`::app/${region}$`));
    }
  });
});
