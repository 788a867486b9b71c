import assert from "node:assert/strict";
import fc from "fast-check";
import { budgetProblem, trustBudget } from "../../trust/budget";
import { buildTrustPolicy } from "../../trust/policy";
import { trustPolicySize } from "../../trust/size";
import type { TrustedCluster } from "../../trust/types";
import { trustedFleet } from "../support/fleet";
import { someFleet, trustedBy } from "../support/arbitraries";

const LIMITS = [2048, 4096, 8192];

/** What a user reads of these clusters under a limit. */
const problemOf = (clusters: TrustedCluster[], maxSize: number) =>
  budgetProblem(trustBudget(clusters, { maxSize }), clusters, { maxSize });

/** How many clusters fit, found by trying. */
function fits(limit: number, fleet: Parameters<typeof trustedFleet>[1]): number {
  let count = 1;
  while (problemOf(trustedFleet(count, fleet), limit) === undefined) {
    count++;
  }
  return count - 1;
}

describe("size of a trust policy", () => {
  it("is 478 for one cluster of us-east-1 and 440 more for each further one", () => {
    for (let count = 1; count <= 40; count++) {
      const policy = buildTrustPolicy(trustedFleet(count));
      assert.equal(JSON.stringify(policy).length, 478 + 440 * (count - 1));
      assert.equal(trustPolicySize(policy), 478 + 440 * (count - 1));
    }
  });

  it("does not count white space, however the document is laid out", () => {
    fc.assert(
      fc.property(someFleet, fc.constantFrom("", " ", "  ", "\t", " \t "), (fleet, indent) => {
        const policy = buildTrustPolicy(trustedBy(fleet));
        const pretty = JSON.stringify(policy, null, indent);
        const counted = pretty.length - pretty.split(/[ \t\r\n]/).length + 1;
        assert.equal(trustPolicySize(policy), counted);
        assert.equal(trustPolicySize(pretty), counted);
        assert.equal(trustPolicySize(pretty.replaceAll("\n", "\r\n")), counted);
      }),
    );
  });
});

describe("what fits", () => {
  const three = ["s3-reader", "s3-readex", "s3-readey"].map(
    (name) => `system:serviceaccount:default:${name}`,
  );
  const rows: [string, Parameters<typeof trustedFleet>[1], number[]][] = [
    ["us-east-1", {}, [4, 9, 18]],
    ["ap-northeast-2", { region: "ap-northeast-2" }, [4, 8, 17]],
    ["us-gov-west-1", { region: "us-gov-west-1", partition: "aws-us-gov" }, [4, 8, 17]],
    ["cn-northwest-1", { region: "cn-northwest-1", partition: "aws-cn" }, [4, 8, 17]],
    ["us-east-1, three ServiceAccounts", { subjects: three }, [3, 7, 15]],
  ];
  for (const [what, fleet, expected] of rows) {
    it(`${what}: ${expected.join(", ")} clusters in ${LIMITS.join(", ")}`, () => {
      assert.deepEqual(
        LIMITS.map((limit) => fits(limit, fleet)),
        expected,
      );
    });
  }

  it("is judged rightly for any fleet and any limit", () => {
    fc.assert(
      fc.property(someFleet, fc.integer({ min: -30, max: 30 }), fc.nat(), (fleet, shift, pick) => {
        const trusted = trustedBy(fleet);
        const sorted = [...trusted].sort((a, b) => (a.name < b.name ? -1 : 1));
        const sizes = sorted.map(
          (_, index) => JSON.stringify(buildTrustPolicy(sorted.slice(0, index + 1))).length,
        );
        // Near one of the sizes: that is where an error by one would show.
        const limit = sizes[pick % sizes.length]! + shift;
        const used = sizes.at(-1)!;
        const fitting = sizes.filter((size) => size <= limit).length;
        const overflow = sorted[fitting]?.name;
        assert.deepEqual(trustBudget(trusted, { maxSize: limit }), {
          form: "StatementPerCluster",
          policy: buildTrustPolicy(trusted),
          used,
          limit,
          fitting,
          ...(overflow !== undefined && { overflow }),
        });
        const problem = problemOf(trusted, limit);
        assert.equal(problem === undefined, used <= limit);
        if (problem !== undefined) {
          assert.ok(problem.includes(`needs ${used} characters`), problem);
          assert.ok(problem.includes(`the limit is ${limit}`), problem);
          assert.ok(problem.includes(`cluster "${overflow!}" is the first that no longer fits`), problem);
          assert.ok(problem.includes(`(${fitting} of ${trusted.length} do)`), problem);
        }
      }),
    );
  });

  it("names the remedies, and a higher quota only where there is one", () => {
    const remedies = [
      "bind fewer ServiceAccounts",
      "make one role for each of several shards",
      "use EKS Pod Identity",
    ];
    const atDefault = problemOf(trustedFleet(5), 2048) ?? "";
    const atMost = problemOf(trustedFleet(19), 8192) ?? "";
    for (const remedy of remedies) {
      assert.ok(atDefault.includes(remedy) && atMost.includes(remedy), remedy);
    }
    assert.match(atDefault, /L-C07B4B0D\) raised, to 8192 at most, and set trust\.maxSize/);
    assert.doesNotMatch(atMost, /raised/);
  });
});
