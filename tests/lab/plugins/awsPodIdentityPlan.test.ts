import assert from "node:assert/strict";
import { checkInputs } from "../../../lab/plugins/aws/check";
import { diffResource, planState } from "../../../lab/plugins/aws/plan";
import { podIdentityAssociation } from "../../../lab/plugins/aws/resources/podIdentityAssociation";
import { UNKNOWN, type Properties } from "../../../lab/plugins/shared/server";

const ID = "a-1234567890abcdefg";
const ARN = `arn:aws:eks:eu-west-1:111122223333:podidentityassociation/blue/${ID}`;
const ROLE = "arn:aws:iam::111122223333:role/app";
const TARGET = "arn:aws:iam::444455556666:role/target";
const POLICY = '{"Version":"2012-10-17","Statement":[]}';
const INPUTS = {
  clusterName: "blue",
  namespace: "apps",
  region: "eu-west-1",
  roleArn: ROLE,
  serviceAccount: "reader",
  tagsAll: {},
};
const STATE = { ...INPUTS, associationArn: ARN, associationId: ID, disableSessionTags: false };

function check(news: Properties, config: Properties = {}) {
  return checkInputs(podIdentityAssociation.schema, {}, news, config, {
    name: "it",
    randomSeed: new Uint8Array([1]),
  });
}

function faults(news: Properties): string[] {
  const { tagsAll: _, ...good } = INPUTS;
  return check({ ...good, ...news }).failures.map(({ reason }) => reason);
}

const diff = (news: Properties, state: Properties = STATE, ignore: string[] = []) =>
  diffResource(podIdentityAssociation, state, { ...INPUTS, ...news }, ignore);

describe("the AWS stand-in: check of a PodIdentityAssociation", () => {
  it("adds no default, but the region of the provider's configuration", () => {
    const { tagsAll: _, region: __, ...given } = INPUTS;
    assert.deepEqual(check(given).inputs, { ...given, tagsAll: {}, __defaults: [] });
    assert.equal(check(given, { region: "eu-west-1" }).inputs.region, "eu-west-1");
    assert.equal(
      check({ ...given, region: "ap-south-1" }, { region: "eu-west-1" }).inputs.region,
      "ap-south-1",
    );
    assert.equal(check({ ...given, region: UNKNOWN }, { region: "eu-west-1" }).inputs.region, UNKNOWN);
  });

  it("finds what the provider's validators find, and leaves the rest to AWS", () => {
    assert.deepEqual(faults({}), []);
    assert.deepEqual(faults({ roleArn: UNKNOWN, policy: POLICY, targetRoleArn: TARGET, namespace: "" }), []);
    assert.deepEqual(faults({ roleArn: "role/app", targetRoleArn: "arn:aws:iam", policy: "{", colour: 1 }), [
      "Invalid or unknown key. Examine values at 'it.colour'.",
      "Invalid JSON String Value. A string value was provided that is not valid JSON string format (RFC 7159).\n\n" +
        "Path: policy\nGiven Value: {\n. Examine values at 'it.policy'.",
      "Invalid ARN Value. The provided value cannot be parsed as an ARN.\n\n" +
        "Path: role_arn\nValue: role/app. Examine values at 'it.roleArn'.",
      "Invalid ARN Value. The provided value cannot be parsed as an ARN.\n\n" +
        "Path: target_role_arn\nValue: arn:aws:iam. Examine values at 'it.targetRoleArn'.",
    ]);
  });

  for (const key of ["clusterName", "namespace", "roleArn", "serviceAccount"]) {
    it(`misses ${key}`, () => {
      const { [key]: _, ...rest } = INPUTS as Properties;
      assert.match(
        check(rest)
          .failures.map(({ reason }) => reason)
          .join(),
        new RegExp(`at 'it.${key}'`),
      );
    });
  }
});

describe("the AWS stand-in: plan and diff of a PodIdentityAssociation", () => {
  it("plans session tags, and knows neither id nor external ID before", () => {
    const planned = planState(podIdentityAssociation.schema, undefined, INPUTS);
    assert.deepEqual(planned, {
      ...INPUTS,
      associationArn: UNKNOWN,
      associationId: UNKNOWN,
      disableSessionTags: false,
      externalId: UNKNOWN,
    });
  });

  it("sees no change where there is none", () => {
    assert.equal(diff({}).changes, "NONE");
    const spaced = { policy: '{"Statement": [], "Version": "2012-10-17"}' };
    assert.equal(diff(spaced, { ...STATE, policy: POLICY }).changes, "NONE");
    const { region: _, ...unnamed } = INPUTS;
    assert.equal(diffResource(podIdentityAssociation, STATE, unnamed, []).changes, "NONE");
    assert.equal(diff({ roleArn: TARGET }, STATE, ["roleArn"]).changes, "NONE");
  });

  for (const key of ["clusterName", "namespace", "region", "serviceAccount"]) {
    it(`replaces for another ${key}, the new one first`, () => {
      const result = diff({ [key]: "other" });
      assert.deepEqual([result.replaces, result.deleteBeforeReplace], [[key], false]);
    });
  }

  for (const [key, value] of Object.entries({
    roleArn: TARGET,
    targetRoleArn: TARGET,
    disableSessionTags: true,
    policy: POLICY,
  })) {
    it(`updates ${key} in place, and the external ID may be another one`, () => {
      const result = diff({ [key]: value }, { ...STATE, externalId: "x" });
      assert.deepEqual([result.replaces, result.diffs], [[], [key, "externalId"]]);
    });
  }
});
