import assert from "node:assert/strict";
import { parseRoleArn } from "../../trust/principals";

describe("the ARN of a role", () => {
  for (const name of ["reader", "team/reader", "team:data/#1/reader+=,.@-_"]) {
    it(`takes role/${name}, whose path may have nearly any character`, () => {
      assert.deepEqual(parseRoleArn(`arn:aws-cn:iam::123456789012:role/${name}`), {
        partition: "aws-cn",
        accountId: "123456789012",
        name,
      });
    });
  }

  for (const arn of [
    "arn:aws:iam::123456789012:role/",
    "arn:aws:iam::123456789012:role/team/",
    "arn:aws:iam::123456789012:role/a b",
    "arn:aws:iam::123456789012:role/team:data",
    // A pattern in a principal is nobody's ARN.
    "arn:aws:iam::123456789012:role/*",
    "arn:aws:iam::123456789012:role/team*/reader",
    "arn:aws:iam::123456789012:role/te?m/reader",
    "arn:aws:iam::123456789012:user/reader",
    "arn:aws:iam::1234:role/reader",
    "",
  ]) {
    it(`does not take ${arn || "nothing"}`, () => {
      assert.equal(parseRoleArn(arn), undefined);
    });
  }
});
