import assert from "node:assert/strict";
import { checkInputs } from "../../../lab/plugins/aws/check";
import { diffResource, planState } from "../../../lab/plugins/aws/plan";
import { inputsFromState } from "../../../lab/plugins/aws/readBack";
import { openIdConnectProvider } from "../../../lab/plugins/aws/resources/openIdConnectProvider";
import { role } from "../../../lab/plugins/aws/resources/role";
import { rolePolicyAttachment } from "../../../lab/plugins/aws/resources/rolePolicyAttachment";
import { UNKNOWN, type Properties } from "../../../lab/plugins/shared/server";

const TRUST = '{"Statement":[],"Version":"2012-10-17"}';
const context = { name: "app", randomSeed: new Uint8Array([1, 2, 3]) };

function checkRole(news: Properties, olds: Properties = {}, providerConfig: Properties = {}): Properties {
  const { inputs, failures } = checkInputs(role.schema, olds, news, providerConfig, context);
  assert.deepEqual(failures, []);
  return inputs;
}

function faults(news: Properties, schema = role.schema): string[] {
  return checkInputs(schema, {}, news, {}, context).failures.map(({ reason }) => reason);
}

describe("the AWS stand-in: check", () => {
  it("fills in defaults, marks them, and generates a name from the seed", () => {
    const inputs = checkRole({ assumeRolePolicy: TRUST });
    assert.match(inputs.name as string, /^app-[0-9a-f]{7}$/);
    assert.equal(checkRole({ assumeRolePolicy: TRUST }).name, inputs.name);
    assert.deepEqual(
      { ...inputs, name: "" },
      {
        __defaults: ["forceDetachPolicies", "maxSessionDuration", "name", "path"],
        assumeRolePolicy: TRUST,
        forceDetachPolicies: false,
        maxSessionDuration: 3600,
        name: "",
        path: "/",
        tagsAll: {},
      },
    );
  });

  it("keeps a generated name, and does not take a chosen one for generated", () => {
    const generated = { __defaults: ["name"], name: "app-0000000" };
    assert.equal(checkRole({ assumeRolePolicy: TRUST }, generated).name, "app-0000000");
    const chosen = { __defaults: [], name: "chosen" };
    assert.match(checkRole({ assumeRolePolicy: TRUST }, chosen).name as string, /^app-[0-9a-f]{7}$/);
  });

  it("generates no name beside a prefix", () => {
    const inputs = checkRole({ assumeRolePolicy: TRUST, namePrefix: "team-" });
    assert.equal(inputs.name, undefined);
  });

  it("takes a document as an object", () => {
    const inputs = checkRole({ assumeRolePolicy: { Version: "2012-10-17", Statement: [] } });
    assert.equal(inputs.assumeRolePolicy, TRUST);
    const unknown = checkRole({ assumeRolePolicy: { Version: "2012-10-17", Statement: [UNKNOWN] } });
    assert.equal(unknown.assumeRolePolicy, UNKNOWN);
  });

  it("merges the provider's default tags into tagsAll", () => {
    const config = {
      defaultTags: { tags: { team: "a", env: "dev" } },
      ignoreTags: { keys: ["env"], keyPrefixes: ["kube"] },
    };
    const inputs = checkRole({ assumeRolePolicy: TRUST, tags: { team: "b", kubeX: "1" } }, {}, config);
    assert.deepEqual(inputs.tags, { team: "b", kubeX: "1" });
    assert.deepEqual(inputs.tagsAll, { team: "b" });
    assert.equal(checkRole({ assumeRolePolicy: TRUST, tags: { a: UNKNOWN } }).tagsAll, UNKNOWN);
  });

  it("says every fault at once, where it is", () => {
    assert.deepEqual(faults({ name: "a b", maxSessionDuration: 60, managedPolicyArns: ["x"] }), [
      "Invalid or unknown key. Examine values at 'app.managedPolicyArns'.",
      'Missing required argument. The argument "assume_role_policy" is required, but no definition was found.. ' +
        "Examine values at 'app.assumeRolePolicy'.",
      "expected max_session_duration to be in the range (3600 - 43200), got 60. " +
        "Examine values at 'app.maxSessionDuration'.",
      "invalid value for name (must match [\\w+=,.@-]). Examine values at 'app.name'.",
    ]);
  });

  it("does not judge what is not known yet", () => {
    assert.deepEqual(faults({ url: UNKNOWN, clientIdLists: [UNKNOWN] }, openIdConnectProvider.schema), []);
    assert.deepEqual(faults({ role: UNKNOWN, policyArn: UNKNOWN }, rolePolicyAttachment.schema), []);
  });

  const badProviders: [string, Properties, RegExp][] = [
    ["http", { url: "http://a.example" }, /has to use HTTPS scheme/],
    ["a query", { url: "https://a.example?b=c" }, /cannot contain query parameters/],
    ["a short thumbprint", { thumbprintLists: ["abc"] }, /thumbprint_list\.0 to be in the range \(40 - 40\)/],
    ["an empty client ID", { clientIdLists: [""] }, /client_id_list\.0 to be in the range \(1 - 255\)/],
  ];
  for (const [what, bad, message] of badProviders) {
    it(`refuses an OIDC provider with ${what}`, () => {
      const good = { url: "https://a.example", clientIdLists: ["x"] };
      assert.deepEqual(faults(good, openIdConnectProvider.schema), []);
      assert.match(faults({ ...good, ...bad }, openIdConnectProvider.schema).join(), message);
    });
  }
});

describe("the AWS stand-in: plan and diff", () => {
  const before = {
    arn: "arn:aws:iam::123456789012:role/app",
    assumeRolePolicy: TRUST,
    forceDetachPolicies: false,
    maxSessionDuration: 3600,
    name: "app",
    namePrefix: "",
    path: "/",
    tagsAll: {},
  };
  const inputs = { __defaults: ["name"], assumeRolePolicy: TRUST, name: "app", path: "/", tagsAll: {} };
  const diff = (news: Properties, ignore: string[] = [], olds: Properties = before) =>
    diffResource(role, olds, { ...inputs, maxSessionDuration: 3600, ...news }, ignore);

  it("knows before a creation what is given, and that the rest is unknown", () => {
    const planned = planState(role.schema, undefined, { ...inputs, assumeRolePolicy: ` ${TRUST}` });
    assert.equal(planned.assumeRolePolicy, TRUST);
    assert.equal(planned.arn, UNKNOWN);
    assert.equal(planned.namePrefix, UNKNOWN);
    assert.equal("description" in planned, false);
  });

  it("keeps before an update what AWS gave", () => {
    const planned = planState(role.schema, before, { ...inputs, description: "new" });
    assert.equal(planned.arn, before.arn);
    assert.equal(planned.description, "new");
  });

  it("sees no change in another spelling, in nothing for nothing, and in what is ignored", () => {
    assert.equal(diff({ assumeRolePolicy: '{"Version": "2012-10-17",  "Statement": []}' }).changes, "NONE");
    assert.equal(diff({ description: "" }).changes, "NONE");
    assert.equal(diff({ description: "new" }, ["description"]).changes, "NONE");
  });

  it("updates in place, at the deepest path", () => {
    assert.deepEqual(diff({ description: "new", tags: { a: "1" }, tagsAll: { a: "1" } }), {
      changes: "SOME",
      diffs: ["description", "tags", "tagsAll"],
      replaces: [],
      detailedDiff: {
        description: { kind: "add", inputDiff: false },
        tags: { kind: "add", inputDiff: false },
        "tagsAll.a": { kind: "add", inputDiff: false },
      },
      deleteBeforeReplace: false,
    });
  });

  it("replaces for a name or a path; an old one in the way goes first", () => {
    const generated = diff({ path: "/x/" });
    assert.deepEqual(generated.replaces, ["path"]);
    assert.deepEqual(generated.detailedDiff, { path: { kind: "update-replace", inputDiff: false } });
    assert.equal(generated.deleteBeforeReplace, false);
    assert.equal(diff({ __defaults: [], path: "/x/" }).deleteBeforeReplace, true);
    assert.equal(diff({ __defaults: [], description: "x" }).deleteBeforeReplace, false);
    const attachment = diffResource(
      rolePolicyAttachment,
      { role: "a", policyArn: "b" },
      { role: "a", policyArn: UNKNOWN },
      [],
    );
    assert.deepEqual([attachment.replaces, attachment.deleteBeforeReplace], [["policyArn"], true]);
  });

  it("takes away what is not given any more", () => {
    const result = diff({}, [], { ...before, description: "old", permissionsBoundary: "arn:x" });
    assert.deepEqual(result.detailedDiff, {
      description: { kind: "delete", inputDiff: false },
      permissionsBoundary: { kind: "delete", inputDiff: false },
    });
  });

  it("compares client IDs as a set and thumbprints as a list", () => {
    const state = {
      arn: "x",
      clientIdLists: ["a", "b"],
      thumbprintLists: ["1", "2"],
      url: "h/i",
      tagsAll: {},
    };
    const provider = (news: Properties) =>
      diffResource(
        openIdConnectProvider,
        state,
        { clientIdLists: ["a", "b"], url: "https://h/i", tagsAll: {}, ...news },
        [],
      );
    assert.equal(provider({}).changes, "NONE");
    assert.equal(provider({ clientIdLists: ["b", "a"] }).changes, "NONE");
    assert.deepEqual(provider({ clientIdLists: ["c", "a"] }).detailedDiff, {
      "clientIdLists[0]": { kind: "add", inputDiff: false },
      "clientIdLists[1]": { kind: "delete", inputDiff: false },
    });
    assert.equal(provider({ thumbprintLists: ["2", "1"] }).changes, "SOME");
    assert.deepEqual(provider({ url: "https://h/j" }).replaces, ["url"]);
  });
});

describe("the AWS stand-in: inputs of what was read", () => {
  const state = {
    arn: "arn:x",
    assumeRolePolicy: TRUST,
    forceDetachPolicies: false,
    maxSessionDuration: 3600,
    name: "app",
    path: "/team/",
    tagsAll: {},
  };

  it("on import: what is required, or differs from its default", () => {
    assert.deepEqual(inputsFromState(role.schema, state, {}), {
      __defaults: [],
      assumeRolePolicy: TRUST,
      name: "app",
      path: "/team/",
    });
  });

  it("on refresh: the inputs there were, with what they are now", () => {
    const old = {
      __defaults: ["forceDetachPolicies", "maxSessionDuration", "path"],
      assumeRolePolicy: "old",
      description: "gone meanwhile",
      forceDetachPolicies: false,
      maxSessionDuration: 3600,
      path: "/",
    };
    assert.deepEqual(inputsFromState(role.schema, { ...state, permissionsBoundary: "arn:y" }, old), {
      __defaults: ["forceDetachPolicies", "maxSessionDuration"],
      assumeRolePolicy: TRUST,
      forceDetachPolicies: false,
      maxSessionDuration: 3600,
      path: "/team/",
    });
  });
});
