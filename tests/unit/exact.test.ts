import assert from "node:assert/strict";
import { findMismatch } from "../../trust/exact";
import { buildTrustPolicy } from "../../trust/policy";
import { VPC, east, west, patterned, owned, FORMS, first, changed, SubjectOnly } from "./exactDocuments";

describe("findMismatch: documents that are right", () => {
  for (const form of FORMS) {
    it(`${form}, with and without patterns, one cluster or several`, () => {
      for (const clusters of [[east], [patterned], [west, east], [east, patterned, west]]) {
        const policy = buildTrustPolicy(owned(...clusters), { form });
        assert.equal(findMismatch(policy, owned(...clusters)), undefined);
        assert.equal(findMismatch(JSON.stringify(policy), owned(...clusters).reverse()), undefined);
      }
    });

    it(`${form}, with extra conditions and statements`, () => {
      const clusters = owned(east, patterned);
      const statements = [
        { awsPrincipals: ["arn:aws:iam::123456789012:role/break-glass"] },
        { awsPrincipals: ["arn:aws:iam::123456789012:root"], conditions: VPC },
      ];
      const policy = buildTrustPolicy(clusters, { form, conditions: VPC, statements });
      assert.equal(findMismatch(policy, clusters, { conditions: VPC, statements: 2 }), undefined);
    });
  }

  it("a provider whose client IDs are not known, in the form with the audience", () => {
    const policy = buildTrustPolicy([east, patterned]);
    assert.equal(findMismatch(policy, [east, patterned]), undefined);
  });

  it("patterns alone", () => {
    const clusters = [{ ...patterned, subjects: [] }];
    assert.equal(findMismatch(buildTrustPolicy(clusters), clusters), undefined);
  });

  it("no cluster and no statement", () => {
    assert.equal(findMismatch({ Version: "2012-10-17", Statement: [] }, []), undefined);
  });

  it("names that have the outsider's letter", () => {
    const clusters = [{ ...east, subjects: ["system:serviceaccount:A:B"] }];
    assert.equal(findMismatch(buildTrustPolicy(clusters), clusters), undefined);
    const open = changed(SubjectOnly, owned(...clusters), (policy) => (first(policy).Condition = {}));
    const letter = findMismatch(open, owned(...clusters))?.subject;
    assert.equal(letter, "system:serviceaccount:C:C");
  });
});
