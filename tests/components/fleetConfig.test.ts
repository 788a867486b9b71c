import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { readFleet } from "../../examples/two-clusters/fleetConfig";
import { KNOWN_KEYS } from "../../components/knownKeys";
import type { MultiClusterIrsaArgs } from "../../index";
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
    key.includes(":") ? key : `fleet:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const { result, recording } = await record(
    () => {
      pulumi.runtime.setAllConfig(Object.fromEntries(texts));
      try {
        return { args: readFleet(new pulumi.Config("fleet")), faults: [] };
      } catch (error) {
        assert.ok(error instanceof pulumi.RunError);
        const [first, ...faults] = error.message.split("\n");
        assert.equal(first, "The stack's configuration has faults:");
        return { args: { clusters: [], serviceAccounts: [] }, faults: faults.map((line) => line.slice(4)) };
      }
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
  return { ...(result as { args: MultiClusterIrsaArgs; faults: string[] }), invokes: recording.invokes };
}

describe("the program of stack configuration", () => {
  it("gives a cluster that is looked up what is said of it", async () => {
    const said = { ...MODE, formerNames: ["e"], retired: true };
    const { args, faults, invokes } = await read({
      clusters: [{ name: "east", ...said, profile: "p" }],
      serviceAccounts: [BINDING],
    });
    assert.deepEqual(faults, []);
    const { issuerUrl: issuer, kubeconfig, autoMode, ...rest } = args.clusters[0]!;
    assert.deepEqual(rest, { name: "east", ...said });
    assert.equal(await valueOf(pulumi.output(issuer)), issuerUrl);
    assert.match((await valueOf(pulumi.output(kubeconfig))) ?? "", /"AWS_PROFILE","value":"p"/);
    assert.equal(await valueOf(pulumi.output(autoMode)), false);
    assert.deepEqual(
      invokes.map(({ inputs }) => inputs),
      [{ name: "prod-east", region: "us-east-1" }],
    );
  });

  it("takes a cluster by its issuer as it stands there, and looks nothing up", async () => {
    const east = { name: "east", issuerUrl, ...MODE };
    const { args, faults, invokes } = await read({
      clusters: [{ ...east, kubeconfig: __filename }],
      serviceAccounts: [BINDING],
    });
    assert.deepEqual(faults, []);
    assert.deepEqual(args.clusters, [{ ...east, kubeconfig: readFileSync(__filename, "utf8") }]);
    assert.deepEqual(invokes, []);
  });

  it("takes every argument of the component by its own name, and keys of other projects by none", async () => {
    const others = {
      policyArns: { s3: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" },
      inlinePolicies: { list: '{"Version":"2012-10-17","Statement":[]}' },
      role: { name: "reader", maxSessionDuration: 7200 },
      trust: { maxSize: 4096, podIdentityConditions: {} },
      podIdentity: { disableSessionTags: true, allowClusterWideTrust: true, settleSeconds: 20 },
      samplePod: { labels: { team: "a" } },
      verificationJob: { retries: 3 },
      tags: { team: "a" },
    };
    const { args, faults } = await read({
      clusters: [{ name: "east", issuerUrl, ...MODE, kubeconfig: __filename }],
      serviceAccounts: [BINDING],
      ...others,
      "aws:region": "us-east-1",
    });
    assert.deepEqual(faults, []);
    const { clusters: _, ...rest } = args;
    assert.deepEqual(rest, { serviceAccounts: [BINDING], ...others });
    assert.deepEqual(
      Object.keys(rest).concat("clusters").sort(),
      [...(KNOWN_KEYS.get("MultiClusterIrsa")?.keys() ?? [])].sort(),
    );
  });

  it("looks nothing up where something is wrong", async () => {
    const { faults, invokes } = await read({
      clusters: [{ name: "east" }, { name: "east" }],
      serviceAccounts: [{ ...BINDING, name: "Reader" }],
    });
    assert.deepEqual(
      faults.map((fault) => fault.split(" ")[0]),
      ["clusters[1].name", "serviceAccounts[0].name"],
    );
    assert.deepEqual(invokes, []);
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
      [/^clusters\[0\]\.accountId is number: write text$/],
    ],
    [
      "an agent that is text",
      { clusters: [{ ...east, installAgent: "yes" }] },
      [/^clusters\[0\]\.installAgent is string: write true or false/],
    ],
    ["a cluster that is text", { clusters: ["east"] }, [/^clusters\[0\] is string: write a map$/]],
    [
      "a cluster with nothing after its dash",
      { clusters: [null] },
      [/^clusters\[0\] is empty: write a map$/],
    ],
    [
      "a cluster without a name",
      { clusters: [{ region: "us-east-1" }] },
      [/^clusters\[0\]\.name is not a cluster's name: ""/],
    ],
    [
      "a profile and a region that are numbers",
      { clusters: [{ name: "east", profile: 1, region: 2 }] },
      [/^clusters\[0\]\.region is not text: write it in quotes$/, /^clusters\[0\]\.profile is not text/],
    ],
    [
      "a profile beside a kubeconfig, which logs in by itself",
      { clusters: [{ name: "east", issuerUrl, kubeconfig: __filename, profile: "p" }] },
      [/^clusters\[0\]\.profile is not known: /],
    ],
    [
      "a kubeconfig that is no file's path, and not its text",
      { clusters: [{ name: "east", issuerUrl, kubeconfig: "token: SECRET" }] },
      [/^clusters\[0\]\.kubeconfig is not the path of a file that can be read \(ENOENT\): (?!.*SECRET)/],
    ],
    [
      "an issuer that is missing beside a kubeconfig",
      { clusters: [{ name: "east", kubeconfig: __filename }] },
      [/^clusters\[0\]\.issuerUrl /],
    ],
    ["clusters that are text", { clusters: "east" }, [/^clusters is string: write a list$/]],
    ["no clusters at all", {}, [/^clusters /]],
    [
      "a key that is written otherwise",
      { clusters: [east], policyArn: {} },
      [/^policyArn is not known: write policyArns$/],
    ],
    [
      "an unknown setting",
      { clusters: [east], podIdentity: { settle: 20 } },
      [/^podIdentity\.settle is not known: leave it out, or write one of targetRoleArn, .*settleSeconds$/],
    ],
    [
      "settings that are a list",
      { clusters: [east], podIdentity: [20] },
      [/^podIdentity is a list: write a map$/],
    ],
    [
      "settings that are text",
      { clusters: [east], podIdentity: "20" },
      [/^podIdentity is number: write a map$/],
    ],
    [
      "settings that are no YAML of ours",
      { clusters: [east], podIdentity: "none" },
      [/^podIdentity is string: write a map$/],
    ],
    [
      "too long a wait",
      { clusters: [east], podIdentity: { settleSeconds: 301 } },
      [/^podIdentity\.settleSeconds is 301: write seconds/],
    ],
  ];
  for (const [what, config, expected] of faults) {
    it(`tells of ${what}, once`, async () => {
      const { faults: found } = await read({ serviceAccounts: [BINDING], ...config });
      assert.equal(found.length, expected.length, found.join("\n"));
      expected.forEach((like, index) => {
        assert.match(found[index]!, like);
      });
    });
  }
});
