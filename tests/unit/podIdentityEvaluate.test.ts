import assert from "node:assert/strict";
import { evaluateTrust } from "../../trust/evaluate";
import { A, READER } from "./evaluateCases";
import { BASE_ROLE, PRINCIPALS, REQUESTS } from "./podIdentityCallers";
import { ACTIONS, type PodCase, TAGS, TAGS_OFF } from "./podIdentityCases";
import { document, eastReader, PODS, reader, wide } from "./podIdentityDocuments";

describe("evaluateTrust, of a pod by Pod Identity", () => {
  const groups: [string, PodCase[]][] = [
    ["session tags", TAGS],
    ["actions and effects", ACTIONS],
    ["session tags off", TAGS_OFF],
    ["a base role", BASE_ROLE],
    ["principals", PRINCIPALS],
    ["requests", REQUESTS],
  ];
  for (const [name, cases] of groups) {
    describe(name, () => {
      for (const [rule, statements, expected, reason, asks] of cases) {
        it(`${rule}: ${expected}`, () => {
          const policy = document(...statements);
          const found = evaluateTrust(policy, { ...reader, ...asks });
          assert.deepEqual([found.decision, found.reason], [expected, reason]);
          assert.deepEqual(evaluateTrust(JSON.stringify(policy), { ...reader, ...asks }), found);
        });
      }
    });
  }

  it("tells the statement that decided: of two actions that of the first, unless the second is refused", () => {
    const one = (Action: string, Effect = "Allow") => ({ Effect, Principal: { Service: PODS }, Action });
    const deciding = (...statements: object[]) => evaluateTrust(document(...statements), reader).statement;
    assert.equal(deciding(one("sts:TagSession"), one("sts:AssumeRole")), 1);
    assert.equal(deciding(one("sts:*"), one("sts:TagSession", "Deny")), 1);
    assert.equal(deciding(one("sts:AssumeRole")), undefined);
  });

  it("is indeterminate of a document that cannot be read", () => {
    for (const text of ["{", "[]"]) {
      const expected = { decision: "indeterminate", reason: "the document cannot be read" };
      assert.deepEqual(evaluateTrust(text, reader), expected);
    }
  });

  it("is indeterminate of a request that is of a token too", () => {
    const both = { ...reader, oidcProviderArn: A, subject: READER };
    assert.deepEqual(evaluateTrust(document(eastReader), both), {
      decision: "indeterminate",
      reason: "the request is of a token and of an association at once",
    });
  });
});

describe("evaluateTrust, of a token where a document has Pod Identity", () => {
  const token = { oidcProviderArn: A, subject: READER };

  it("finds no statement that names its provider", () => {
    assert.deepEqual(evaluateTrust(document(eastReader, wide("x")), token), {
      decision: "deny",
      reason: "no statement names the token's OIDC provider",
    });
  });

  it("is not admitted by a statement for several kinds whose tags it has not got", () => {
    const Principal = { Service: PODS, Federated: A };
    const Action = "sts:*";
    const shared = { ...eastReader, Principal, Action };
    // Whether a token carries session tags is not known here.
    assert.equal(evaluateTrust(document(shared), token).decision, "indeterminate");
    assert.equal(evaluateTrust(document({ ...shared, Condition: {} }), token).decision, "allow");
    assert.equal(evaluateTrust(document(shared), reader).decision, "allow");
  });
});
