import assert from "node:assert/strict";
import { findProblems, type MultiClusterIrsaArgs } from "../../index";
import { cluster, goodArgs, late, READER } from "../support/clusters";

/** What a JavaScript program may write where the types forbid it. */
const findIn = (changes: { [K in keyof MultiClusterIrsaArgs]?: unknown }) =>
  findProblems({ ...goodArgs(), ...changes } as MultiClusterIrsaArgs).map(
    ({ propertyPath, reason }) => `${propertyPath} ${reason}`,
  );
const inCluster = (changes: object) =>
  findIn({ clusters: [cluster("blue", "B"), { ...cluster("green", "C"), ...changes }] });

describe("arguments of another kind", () => {
  const rows: [string, string[], string[]][] = [
    ["text for clusters", findIn({ clusters: "blue" }), ["clusters is string: write a list"]],
    ["a map for clusters", findIn({ clusters: { blue: {} } }), ["clusters is object: write a list"]],
    [
      "clusters that arrive late",
      findIn({ clusters: late([]) }),
      ["clusters arrives while the program runs: write a list"],
    ],
    ["no cluster", findIn({ clusters: [cluster("blue", "B"), null] }), ["clusters[1] is empty: write a map"]],
    [
      "a hole",
      findIn({ clusters: [cluster("blue", "B"), undefined] }),
      ["clusters[1] is empty: write a map"],
    ],
    [
      "a number for an issuer",
      inCluster({ issuerUrl: 5 }),
      ["clusters[1].issuerUrl is number: write text, or an Output of it"],
    ],
    [
      "nothing for a kubeconfig",
      inCluster({ kubeconfig: null }),
      ["clusters[1].kubeconfig is empty: write text, or an Output of it"],
    ],
    [
      "text for a list of texts",
      inCluster({ formerNames: "old", thumbprints: [1] }),
      ["clusters[1].formerNames is string: write a list", "clusters[1].thumbprints[0] is number: write text"],
    ],
    [
      "a late shard",
      inCluster({ shard: late("a") }),
      ["clusters[1].shard arrives while the program runs: write text"],
    ],
    [
      "a binding that is text",
      findIn({ serviceAccounts: ["default/reader"] }),
      ["serviceAccounts[0] is string: write a map"],
    ],
    [
      "a flag that is text",
      findIn({ serviceAccounts: [{ ...READER, allowWildcardNamespace: "true" }] }),
      ["serviceAccounts[0].allowWildcardNamespace is string: write true or false"],
    ],
    [
      "settings of a ServiceAccount that are of other kinds",
      findIn({
        serviceAccounts: [
          {
            ...READER,
            ownership: 1,
            createNamespace: "true",
            settings: { labels: { a: 1 }, audience: late("x"), stsRegionalEndpoints: "true" },
          },
        ],
      }),
      [
        "serviceAccounts[0].ownership is number: write text",
        "serviceAccounts[0].createNamespace is string: write true or false",
        'serviceAccounts[0].settings.labels["a"] is number: write text, or an Output of it',
        "serviceAccounts[0].settings.audience arrives while the program runs: write text",
        "serviceAccounts[0].settings.stsRegionalEndpoints is string: write true or false",
      ],
    ],
    ["policies in a list", findIn({ policyArns: ["arn"] }), ["policyArns is a list: write a map"]],
    [
      "a policy that is none",
      findIn({ policyArns: { a: 1 } }),
      ['policyArns["a"] is number: write text, or an Output of it'],
    ],
    [
      "settings that are text",
      findIn({ role: "r", trust: "Auto", samplePod: "true", tags: [] }),
      [
        "role is string: write a map",
        "trust is string: write a map",
        "samplePod is string: write a map",
        "tags is a list: write a map",
      ],
    ],
    [
      "a session in text",
      findIn({ role: { maxSessionDuration: "3600" } }),
      ["role.maxSessionDuration is string: write a number"],
    ],
    [
      "conditions without lists",
      findIn({ trust: { conditions: { StringEquals: { "aws:SourceVpc": "vpc-1" } } } }),
      ['trust.conditions["StringEquals"]["aws:SourceVpc"] is string: write a list'],
    ],
    [
      "a statement without lists",
      findIn({ trust: { statements: [{ awsPrincipals: "*" }, 7] } }),
      [
        "trust.statements[0].awsPrincipals is string: write a list",
        "trust.statements[1] is number: write a map",
      ],
    ],
    [
      "keys of every object",
      findIn({ samplePod: JSON.parse('{"__proto__":{"image":1},"constructor":2}') as object }),
      ["__proto__", "constructor"].map(
        (key) => `samplePod.${key} is not known: leave it out, or write one of image, labels, nodeSelector`,
      ),
    ],
  ];
  for (const [what, found, expected] of rows) {
    it(`${what} ${expected.length === 0 ? "is passed over" : "is told of"}`, () => {
      assert.deepEqual(found, expected);
    });
  }

  it("arguments that are none at all", () => {
    for (const args of [null, "x", 1, []]) {
      const problems = findProblems(args as unknown as MultiClusterIrsaArgs);
      assert.equal(problems[0]?.propertyPath, "arguments");
    }
  });

  it("is told of together with everything else, and once", () => {
    assert.deepEqual(
      findIn({
        clusters: [
          { ...cluster("blue", "B"), issuerUrl: 5 },
          { ...cluster("green", "C"), name: "-" },
        ],
        serviceAccounts: [{ namespace: "Default", name: "reader", clusters: "blue" }],
      }).map((text) => text.split(" ")[0]),
      [
        "clusters[0].issuerUrl",
        "serviceAccounts[0].clusters",
        "clusters[1].name",
        "serviceAccounts[0].namespace",
      ],
    );
  });
});
