import assert from "node:assert/strict";
import { fleetArgs, type FleetSize } from "../../../lab/bench/fleet/fleet";
import { declare, type Way } from "../../../lab/bench/fleet/ways";
import { IdentityMode } from "../../../trust/types";
import { findProblems } from "../../../index";
import { record } from "../../support/recorder";

const OWN = ["eks-irsa:index:MultiClusterIrsa", "bench:index:Fleet"];

/** What a way asks the engine for, without its components and with URNs of the others as if they had no parent. */
async function askedFor(way: Way, size: FleetSize): Promise<Map<string, object>> {
  const { recording } = await record(() => declare(way, fleetArgs(size)), {
    types: { "bench:index:Fleet": {} },
  });
  const flat = (urn: string) => urn.replace(/::[^:]*:index:\w+\$/, "::");
  const resources = recording.resources.filter(({ type }) => !OWN.includes(type));
  return new Map(
    resources.map((resource) => [
      flat(resource.urn),
      {
        inputs: resource.inputs,
        provider: flat(resource.provider),
        dependsOn: resource.dependencies.map(flat).sort(),
      },
    ]),
  );
}

const SIZES: FleetSize[] = [
  { clusters: 3, serviceAccounts: 2, identity: IdentityMode.Irsa },
  { clusters: 20, serviceAccounts: 5, identity: IdentityMode.Irsa },
  { clusters: 3, serviceAccounts: 2, identity: IdentityMode.PodIdentity },
];

describe("the fleet that is written by hand", () => {
  it("is held against a component that has no other in it", async () => {
    const size = { clusters: 3, serviceAccounts: 4, identity: IdentityMode.PodIdentity } as const;
    const { recording } = await record(() => declare("component", fleetArgs(size)));
    const components = recording.resources.filter(({ custom }) => !custom);
    assert.deepEqual(
      components.map(({ type }) => type),
      ["eks-irsa:index:MultiClusterIrsa"],
    );
  });

  for (const size of SIZES) {
    const { clusters, serviceAccounts, identity } = size;
    it(`has what the component makes of ${clusters} × ${serviceAccounts}, ${identity}`, async () => {
      assert.deepEqual(findProblems(fleetArgs(size)), []);
      const component = await askedFor("component", size);
      assert.equal(component.size > clusters * (serviceAccounts + 1), true);
      assert.deepEqual(await askedFor("byHand", size), component);
      assert.deepEqual(await askedFor("enclosed", size), component);
    });
  }
});
