import assert from "node:assert/strict";
import { checkInputs } from "../../../lab/plugins/aws/check";
import { diffResource, planState } from "../../../lab/plugins/aws/plan";
import { addon } from "../../../lab/plugins/aws/resources/addon";
import { UNKNOWN, type Properties } from "../../../lab/plugins/shared/server";

const AGENT = "eks-pod-identity-agent";
const ROLE = "arn:aws:iam::111122223333:role/addon";
const INPUTS = { addonName: AGENT, clusterName: "blue", region: "eu-west-1", tagsAll: {} };
const STATE = {
  ...INPUTS,
  addonVersion: "v1.3.10-eksbuild.3",
  arn: `arn:aws:eks:eu-west-1:111122223333:addon/blue/${AGENT}/1`,
  configurationValues: "",
  createdAt: "2026-05-28T20:26:40Z",
  modifiedAt: "2026-05-28T20:26:40Z",
};

function faults(news: Properties): string[] {
  const seeded = { name: "it", randomSeed: new Uint8Array([1]) };
  const given = { addonName: AGENT, clusterName: "blue", ...news };
  return checkInputs(addon.schema, {}, given, {}, seeded).failures.map(({ reason }) => reason);
}

const diff = (news: Properties, state: Properties = STATE) =>
  diffResource(addon, state, { ...INPUTS, ...news }, []);

describe("the AWS stand-in: check of an Addon", () => {
  it("takes what EKS takes", () => {
    const podIdentityAssociations = [{ roleArn: ROLE, serviceAccount: "s" }];
    assert.deepEqual(faults({ addonVersion: "v1.3.10-eksbuild.3", podIdentityAssociations }), []);
    assert.deepEqual(faults({ resolveConflictsOnCreate: "NONE", resolveConflictsOnUpdate: "PRESERVE" }), []);
    assert.deepEqual(faults({ addonVersion: UNKNOWN, serviceAccountRoleArn: UNKNOWN, preserve: true }), []);
  });

  const bad: [Properties, string][] = [
    [{ addonName: "" }, "addon_name must not be empty, got . Examine values at 'it.addonName'."],
    [
      { addonVersion: "1.3.10" },
      "invalid value for addon_version (must follow semantic version format). Examine values at 'it.addonVersion'.",
    ],
    [
      { clusterName: "-blue" },
      '"cluster_name" doesn\'t comply with restrictions ("^[0-9A-Za-z][0-9A-Za-z_-]*$"): "-blue". ' +
        "Examine values at 'it.clusterName'.",
    ],
    [
      { clusterName: "b".repeat(101) },
      `"cluster_name" length must be between 1-100 characters: "${"b".repeat(101)}". Examine values at 'it.clusterName'.`,
    ],
    [
      { podIdentityAssociations: [{ roleArn: "x", serviceAccount: "s" }] },
      "\"role_arn\" (x) is an invalid ARN: arn: invalid prefix. Examine values at 'it.podIdentityAssociations'.",
    ],
    [
      { resolveConflictsOnCreate: "PRESERVE" },
      'expected resolve_conflicts_on_create to be one of ["NONE" "OVERWRITE"], got PRESERVE. ' +
        "Examine values at 'it.resolveConflictsOnCreate'.",
    ],
    [
      { resolveConflictsOnUpdate: "x" },
      'expected resolve_conflicts_on_update to be one of ["OVERWRITE" "NONE" "PRESERVE"], got x. ' +
        "Examine values at 'it.resolveConflictsOnUpdate'.",
    ],
    [
      { serviceAccountRoleArn: "x" },
      '"service_account_role_arn" (x) is an invalid ARN: arn: invalid prefix. ' +
        "Examine values at 'it.serviceAccountRoleArn'.",
    ],
  ];
  for (const [inputs, reason] of bad) {
    it(`refuses ${JSON.stringify(inputs).slice(0, 60)}`, () => {
      assert.deepEqual(faults(inputs), [reason]);
    });
  }
});

describe("the AWS stand-in: plan and diff of an Addon", () => {
  it("knows before a creation what is given, and that EKS chooses the version", () => {
    const planned = planState(addon.schema, undefined, INPUTS);
    assert.deepEqual(planned, {
      ...INPUTS,
      addonVersion: UNKNOWN,
      arn: UNKNOWN,
      configurationValues: UNKNOWN,
      createdAt: UNKNOWN,
      modifiedAt: UNKNOWN,
      namespaceConfig: UNKNOWN,
    });
    assert.equal(diff({}).changes, "NONE");
  });

  for (const key of ["addonName", "clusterName", "region"]) {
    it(`replaces for another ${key}`, () => {
      assert.deepEqual(diff({ [key]: "other" }).replaces, [key]);
    });
  }

  it("replaces for another namespace", () => {
    const state = { ...STATE, namespaceConfig: { namespace: "a" } };
    assert.deepEqual(diff({ namespaceConfig: { namespace: "b" } }, state).replaces, ["namespaceConfig"]);
    assert.equal(diff({}, state).changes, "NONE");
  });

  for (const [key, value] of Object.entries({
    addonVersion: "v2.0.0",
    configurationValues: "{}",
    podIdentityAssociations: [{ roleArn: ROLE, serviceAccount: "s" }],
    preserve: true,
    resolveConflictsOnCreate: "NONE",
    resolveConflictsOnUpdate: "NONE",
    serviceAccountRoleArn: ROLE,
    tags: { a: "1" },
  })) {
    it(`updates ${key} in place`, () => {
      const result = diff({ [key]: value });
      assert.deepEqual([result.diffs, result.replaces], [[key], []]);
    });
  }
});
