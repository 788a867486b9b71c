import assert from "node:assert/strict";
import { accessTable } from "../../trust/access";
import { buildTrustPolicy } from "../../trust/policy";
import { IdentityMode } from "../../trust/types";
import { A, B, HOST_B } from "./evaluateCases";

const clusters = [
  { name: "west", oidcProviderArn: B },
  { name: "east", oidcProviderArn: A },
];
const accounts = [
  { namespace: "default", name: "s3-reader" },
  { namespace: "jobs", name: "writer" },
];
const built = () =>
  buildTrustPolicy([
    {
      name: "east",
      oidcProviderArn: A,
      subjects: ["system:serviceaccount:default:s3-reader", "system:serviceaccount:jobs:writer"],
    },
    { name: "west", oidcProviderArn: B, subjects: ["system:serviceaccount:jobs:writer"] },
  ]);

describe("accessTable", () => {
  const expected = [
    {
      cluster: "west",
      namespace: "default",
      serviceAccount: "s3-reader",
      decision: "deny",
      reason: `statement 1: StringEquals on ${HOST_B}:sub does not hold`,
    },
    { cluster: "west", namespace: "jobs", serviceAccount: "writer", decision: "allow", statement: 1 },
    { cluster: "east", namespace: "default", serviceAccount: "s3-reader", decision: "allow", statement: 0 },
    { cluster: "east", namespace: "jobs", serviceAccount: "writer", decision: "allow", statement: 0 },
  ].map((row) => ({
    identity: IdentityMode.Irsa,
    ...row,
    ...(row.decision === "allow" && { reason: `statement ${row.statement}: its conditions hold` }),
  }));

  it("has a row for each cluster and ServiceAccount, in the order given", () => {
    assert.deepEqual(accessTable(built(), clusters, accounts), expected);
  });

  it("reads the document as text too", () => {
    assert.deepEqual(accessTable(JSON.stringify(built(), null, 2), clusters, accounts), expected);
  });

  it("says of each row that the text cannot be read", () => {
    for (const text of ["{", "null", '"text"']) {
      const rows = accessTable(text, clusters, accounts);
      assert.deepEqual(
        rows.map(({ decision, reason }) => [decision, reason]),
        Array.from({ length: 4 }, () => ["indeterminate", "the document cannot be read"]),
      );
    }
  });

  it("has no rows where there is nobody to ask about", () => {
    assert.deepEqual(accessTable(built(), [], accounts), []);
    assert.deepEqual(accessTable(built(), clusters, []), []);
  });
});
