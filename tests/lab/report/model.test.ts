import assert from "node:assert/strict";
import { reportModel } from "../../../lab/demo/report/model";
import { podState } from "../../../lab/demo/report/podState";
import { IdentityMode } from "../../../trust/types";
import { fleetState, ofType, proofRows, realState, resourcesOf } from "./states";

describe("the report's model", () => {
  const model = reportModel({ state: realState(), rows: proofRows() });

  it("has the clusters with their regions, in the order of the program", () => {
    assert.deepEqual(
      model.clusters.map(({ name, region }) => [name, region]),
      [
        ["virginia-blue", "us-east-1"],
        ["virginia-green", "us-east-1"],
        ["ireland", "eu-west-1"],
      ],
    );
  });

  it("puts each ServiceAccount under its cluster, with its pod", () => {
    assert.deepEqual(
      model.clusters.map(({ accounts }) => accounts.map(({ name }) => name)),
      [["upgrade/reader", "upgrade/writer"], ["upgrade/reader"], ["upgrade/reader", "upgrade/writer"]],
    );
    for (const { name, accounts } of model.clusters) {
      for (const account of accounts) {
        assert.match(account.urn, new RegExp(`ServiceAccount::app/${name}/${account.name}$`));
        assert.match(account.pod?.urn ?? "", new RegExp(`Pod::app/${name}/${account.name}$`));
        assert.equal(account.pod?.state.text, "Pending");
      }
    }
  });

  it("keeps clusters apart of which one's name begins with the other's", () => {
    const { clusters } = reportModel({ state: fleetState(["blue", "blue-2"]), rows: [] });
    assert.deepEqual(
      clusters.map(({ accounts }) => accounts.length),
      [1, 1],
    );
  });

  it("says of a provider without a resource that it is adopted, and still trusted", () => {
    const ireland = model.clusters.find(({ name }) => name === "ireland");
    assert.ok(ireland);
    assert.ok(ireland.provider);
    assert.equal(ireland.provider.urn, undefined);
    assert.equal(ireland.trusted, true);
    assert.match(ireland.provider.issuer, /^https:\/\/oidc\.eks\.eu-west-1\./);
  });

  it("finds the cluster of each statement, and what it costs", () => {
    const { statements, size, maxSize, rest } = model.trust;
    assert.deepEqual(
      statements.map(({ clusters, podIdentity, cost }) => [clusters, podIdentity, cost]),
      [
        [["ireland"], false, 478],
        [["virginia-blue"], false, 478],
        [["virginia-green"], false, 437],
      ],
    );
    assert.equal(size, 1431); // as the stack itself says, by its output trustPolicySize
    assert.equal(maxSize, 2048);
    assert.equal(statements.reduce((sum, { cost }) => sum + cost, 0) + rest, size);
  });

  it("gives a statement that names another provider to no cluster", () => {
    const state = realState();
    const [role] = ofType(state, ":Role");
    role!.inputs.assumeRolePolicy = String(role!.inputs.assumeRolePolicy).replace("/id/0F1C", "/id/FFFF");
    const { trust, clusters } = reportModel({ state, rows: [] });
    assert.deepEqual(trust.statements[0]?.clusters, []);
    assert.equal(clusters.find(({ name }) => name === "ireland")?.trusted, false);
  });

  it("has what each cluster has by its identity, and gives the statement of Pod Identity to its clusters", () => {
    const identities = [IdentityMode.Both, IdentityMode.PodIdentity];
    const { clusters, trust } = reportModel({
      state: fleetState(["blue", "green", "west"], {}, identities),
      rows: [],
    });
    assert.deepEqual(
      clusters.map(({ identity, provider, podIdentity, trusted }) => ({
        identity,
        provider: provider !== undefined,
        associations: podIdentity?.associations.map(({ name }) => name),
        agent: podIdentity?.agent?.name,
        trusted,
      })),
      [
        {
          identity: "Both",
          provider: true,
          associations: ["default/reader"],
          agent: "eks-pod-identity-agent",
          trusted: true,
        },
        {
          identity: "PodIdentity",
          provider: false,
          associations: ["default/reader"],
          agent: "eks-pod-identity-agent",
          trusted: true,
        },
        { identity: "Irsa", provider: true, associations: undefined, agent: undefined, trusted: true },
      ],
    );
    assert.deepEqual(
      trust.statements.map(({ clusters: of, podIdentity }) => [of, podIdentity]),
      [
        [["blue"], false],
        [["west"], false],
        [["blue", "green"], true],
      ],
    );
  });

  it("has the region of a cluster without a known issuer, by its associations", () => {
    const state = fleetState(["blue"], {}, [IdentityMode.PodIdentity]);
    const [app] = ofType(state, ":MultiClusterIrsa");
    app!.inputs.clusters = [{ name: "blue", identity: "PodIdentity" }];
    assert.equal(reportModel({ state, rows: [] }).clusters[0]?.region, "eu-west-1");
  });

  it("has the policies of the role, and the versions that the state knows", () => {
    assert.deepEqual(
      model.role.policies.map(({ name }) => name),
      ["AmazonS3ReadOnlyAccess", "list (inline)"],
    );
    assert.deepEqual(model.versions, {
      pulumi: "3.258.0",
      "@pulumi/aws": "7.48.0",
      "@pulumi/kubernetes": "4.34.2",
    });
  });

  it("leaves out what only waits for its deletion", () => {
    const state = realState();
    const [pod] = ofType(state, ":Pod");
    Object.assign(pod!, { delete: true });
    const pods = reportModel({ state, rows: [] }).clusters.flatMap(({ accounts }) => accounts);
    assert.equal(pods.filter((account) => account.pod !== undefined).length, 4);
  });

  it("refuses a state with no component", () => {
    const state = realState();
    state.deployment = { resources: resourcesOf(state).filter(({ type }) => !/Irsa$/.test(type)) };
    assert.throws(() => reportModel({ state, rows: [] }), /one eks-irsa:index:MultiClusterIrsa.* has 0/);
  });
});

describe("the state of a pod", () => {
  const ready = (status: string, reason?: string) => [{ type: "Ready", status, reason }];
  const cases: [string, unknown, string, string][] = [
    ["without a status", undefined, "not run", "none"],
    ["that waits", { phase: "Pending" }, "Pending", "waiting"],
    [
      "that waits for a reason",
      { phase: "Pending", conditions: ready("False", "ContainersNotReady") },
      "Pending: ContainersNotReady",
      "waiting",
    ],
    ["that is ready", { phase: "Running", conditions: ready("True") }, "Running, ready", "good"],
    ["that is not ready", { phase: "Running", conditions: ready("False") }, "Running, not ready", "waiting"],
    ["that failed", { phase: "Failed" }, "Failed", "bad"],
    ["in a phase nobody knows", { phase: "Unknown" }, "Unknown", "bad"],
  ];
  for (const [which, status, text, mood] of cases) {
    it(`is "${text}" for one ${which}`, () => {
      assert.deepEqual(podState(status), { text, mood });
    });
  }
});
