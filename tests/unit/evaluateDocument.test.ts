import assert from "node:assert/strict";
import { evaluateTrust } from "../../trust/evaluate";
import { A, HOST_A, READER } from "./evaluateCases";

const ALLOWED = {
  Effect: "Allow",
  Principal: { Federated: A },
  Action: "sts:AssumeRoleWithWebIdentity",
  Condition: {},
};

function circular(): object {
  const policy: { Statement: object[] } = { Statement: [ALLOWED] };
  policy.Statement.push(policy);
  return policy;
}

describe("evaluateTrust: what is read as a document", () => {
  const unreadable: [string, string | object][] = [
    ["text that is not JSON", "{"],
    ["no text", ""],
    ["a list", []],
    ["null", "null"],
    ["no Statement", { Version: "2012-10-17" }],
    ["a Statement that is a text", { Statement: "Allow" }],
    ["an element at its top that is not known", { Statement: [ALLOWED], statement: [] }],
    ["a Version that is not known", { Version: "2024-01-01", Statement: [ALLOWED] }],
    ["a Version that is no text", { Version: 2012, Statement: [ALLOWED] }],
    ["a document that holds itself", circular()],
    ["Statement twice", `{"Statement":[],"Statement":[${JSON.stringify(ALLOWED)}]}`],
    ["Statement twice, once in escapes", `{"\\u0053tatement":[],"Statement":[${JSON.stringify(ALLOWED)}]}`],
    [
      "a condition's key twice, after a text that looks like braces",
      `{"Statement":${JSON.stringify(ALLOWED).replace("{}", '{"StringEquals":{"a.b:sub":"\\"{","a.b:sub" :"y"}}')}}`,
    ],
  ];
  for (const [what, policy] of unreadable) {
    it(`${what}: indeterminate`, () => {
      const { decision } = evaluateTrust(policy, { oidcProviderArn: A, subject: READER });
      assert.equal(decision, "indeterminate");
    });
  }

  const readable: [string, string | object][] = [
    ["an Id at its top", { Id: "trust", Statement: [ALLOWED] }],
    [
      "the same name in two objects",
      JSON.stringify({ Statement: [{ ...ALLOWED, Effect: "Deny", Action: [] }, ALLOWED] }),
    ],
    [
      "a value that looks like a name",
      '{"Statement":' + JSON.stringify({ ...ALLOWED, Sid: 'Statement":{' }) + "}",
    ],
    [
      "members that are undefined, as in the text that is sent",
      { Statement: { ...ALLOWED, Resource: undefined } },
    ],
  ];
  for (const [what, policy] of readable) {
    it(`${what}: allow`, () => {
      assert.equal(evaluateTrust(policy, { oidcProviderArn: A, subject: READER }).decision, "allow");
    });
  }

  it("has policy variables from Version 2012-10-17 on; before, they are plain text", () => {
    const statement = { ...ALLOWED, Condition: { StringEquals: { [`${HOST_A}:sub`]: "${aws:username}" } } };
    const decide = (version: object, subject: string) =>
      evaluateTrust({ ...version, Statement: statement }, { oidcProviderArn: A, subject }).decision;
    for (const version of [{}, { Version: "2008-10-17" }]) {
      assert.equal(decide(version, "${aws:username}"), "allow");
      assert.equal(decide(version, READER), "deny");
    }
    assert.equal(decide({ Version: "2012-10-17" }, "${aws:username}"), "indeterminate");
  });
});
