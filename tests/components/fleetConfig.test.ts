import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { readFleet } from "../../examples/two-clusters/fleetConfig";
import { findProblems, type IrsaCluster } from "../../index";
import { eksIssuer } from "../support/fleet";
import { record, valueOf } from "../support/recorder";

const issuerUrl = eksIssuer("B");
const BINDING = { namespace: "default", name: "reader" };
/** What of a cluster there is to say for Pod Identity. */
const MODE = {
  clusterName: "prod-east",
  region: "us-east-1",
  identity: "Both",
  trusts: "Both",
  accountId: "111122223333",
  installAgent: true,
};

/** What is read of a stack's configuration, as the engine gives it: YAML's lists and maps as JSON. */
async function read(config: Record<string, unknown>) {
  const texts = Object.entries(config).map(([key, value]): [string, string] => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const { result } = await record(
    () => {
      pulumi.runtime.setAllConfig(Object.fromEntries(texts.map(([key, text]) => [`fleet:${key}`, text])));
      return readFleet(new pulumi.Config("fleet"));
    },
    {
      invokes: {
        "aws:eks/getCluster:getCluster": ({ name, region }) => ({
          name,
          region,
          endpoint: "https://eks.example.com",
          certificateAuthorities: [{ data: "Q0E=" }],
          identities: [{ oidcs: [{ issuer: issuerUrl }] }],
        }),
      },
    },
  );
  return result;
}

/** Faults that the program tells, as it puts them together. */
async function faultsOf(config: Record<string, unknown>): Promise<string[]> {
  const { args, problems } = await read({ serviceAccounts: [BINDING], ...config });
  const told = new Set(problems.map(({ propertyPath }) => propertyPath));
  const all = [...problems, ...findProblems(args).filter(({ propertyPath }) => !told.has(propertyPath))];
  return all.map(({ propertyPath, reason }) => `${propertyPath} ${reason}`);
}

function modeOf({ clusterName, region, identity, trusts, accountId, installAgent }: IrsaCluster) {
  return { clusterName, region, identity, trusts, accountId, installAgent };
}

describe("the program of stack configuration", () => {
  it("gives a cluster that is looked up what is said of it for Pod Identity", async () => {
    const { args, problems } = await read({ clusters: [{ name: "east", ...MODE }] });
    assert.deepEqual(problems, []);
    const [east] = args.clusters;
    assert.deepEqual(modeOf(east!), MODE);
    assert.equal(await valueOf(pulumi.output(east!.issuerUrl)), issuerUrl);
  });

  it("gives a cluster by its issuer the same", async () => {
    const { args, problems } = await read({ clusters: [{ name: "east", issuerUrl, ...MODE }] });
    assert.deepEqual(problems, []);
    assert.deepEqual(args.clusters, [{ name: "east", issuerUrl, ...MODE }]);
  });

  it("leaves what is not said to the component", async () => {
    const { args } = await read({ clusters: [{ name: "east", issuerUrl }], serviceAccounts: [BINDING] });
    assert.deepEqual(args.clusters, [{ name: "east", issuerUrl }]);
    assert.equal("podIdentity" in args, false);
  });

  it("reads the settings of associations, and conditions for Pod Identity", async () => {
    const podIdentity = { disableSessionTags: true, allowClusterWideTrust: true, settleSeconds: 20 };
    const trust = { conditions: {}, podIdentityConditions: {} };
    const { args, problems } = await read({
      clusters: [{ name: "east", issuerUrl, ...MODE }],
      podIdentity,
      trust,
    });
    assert.deepEqual(problems, []);
    assert.deepEqual(args.podIdentity, podIdentity);
    assert.deepEqual(args.trust, trust);
  });

  const east = { name: "east", ...MODE };
  const faults: [what: string, config: Record<string, unknown>, expected: RegExp[]][] = [
    [
      "a mode that there is not",
      { clusters: [{ ...east, identity: "both" }] },
      [/^clusters\[0\]\.identity is "both": write Irsa or/],
    ],
    ["a mode that is no text", { clusters: [{ ...east, trusts: true }] }, [/^clusters\[0\]\.trusts /]],
    [
      "a mode that is empty",
      { clusters: [{ ...east, identity: "" }] },
      [/^clusters\[0\]\.identity is "": write/],
    ],
    [
      "a mode with nothing after its colon",
      { clusters: [{ ...east, identity: null }] },
      [/^clusters\[0\]\.identity /],
    ],
    [
      "an account that YAML takes for a number",
      { clusters: [{ ...east, accountId: 111122223333 }] },
      [/^clusters\[0\]\.accountId is not text: 111122223333$/],
    ],
    [
      "an agent that is text",
      { clusters: [{ ...east, installAgent: "yes" }] },
      [/^clusters\[0\]\.installAgent /],
    ],
    [
      "an unknown setting",
      { clusters: [east], podIdentity: { settle: 20 } },
      [/^podIdentity\.settle is unknown: there are targetRoleArn, .*settleSeconds$/],
    ],
    [
      "settings that are a list",
      { clusters: [east], podIdentity: [20] },
      [/^podIdentity is not a map: write targetRoleArn, /],
    ],
    ["settings that are text", { clusters: [east], podIdentity: "20" }, [/^podIdentity is not a map/]],
    [
      "settings that are no YAML of ours",
      { clusters: [east], podIdentity: "none" },
      [/^podIdentity is text: write it as a map/],
    ],
    [
      "too long a wait",
      { clusters: [east], podIdentity: { settleSeconds: 301 } },
      [/^podIdentity\.settleSeconds is 301: write seconds/],
    ],
  ];
  for (const [what, config, expected] of faults) {
    it(`tells of ${what}, once`, async () => {
      const found = await faultsOf(config);
      assert.equal(found.length, expected.length, found.join("\n"));
      expected.forEach((like, index) => {
        assert.match(found[index]!, like);
      });
    });
  }
});
