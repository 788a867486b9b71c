import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { ROOT } from "../support/root";
import { PATIENCE, refusals, runDemo, sabotagedCopy, type DemoRun } from "./demoRun";

const BOUND = [
  "default/s3-reader ireland",
  "default/s3-reader virginia-blue",
  "default/s3-reader virginia-green",
  "reports/report-reader ireland",
  "reports/report-reader virginia-blue",
];
const BY_TOKEN = "get the role by its token";
const BY_POD_IDENTITY = "get the role by Pod Identity";
const NOT_TRUSTED =
  /^AccessDeniedException: Unauthorized Exception! EKS does not have permissions to assume the associated role\.$/;

/** Those who are not bound, by why they are not, and how many there are of them. */
const UNBOUND: [because: string, times: number][] = [
  ["another ServiceAccount of a listed cluster", 3],
  ["the same name in another namespace", 3],
  ["a cluster that the binding leaves out", 1],
  ["a cluster that is not listed", 1],
];

function assertAllAsExpected(run: DemoRun): void {
  assert.deepEqual(
    run.rows.filter(({ ok }) => !ok),
    [],
  );
  assert.equal(run.code, 0, run.stderr);
}

/** Everybody who is bound, and nobody else, got a session of the one role by this way. */
function assertAdmitted({ rows }: DemoRun, way: string, session: RegExp): void {
  const admitted = rows.filter(({ tried }) => tried === way);
  assert.deepEqual(admitted.map(({ who, cluster }) => `${who} ${cluster}`).sort(), BOUND);
  for (const { answer, outcome } of admitted) {
    assert.equal(outcome, "granted");
    assert.match(answer, session);
  }
}

/** Everybody who is not bound is refused by EKS Auth without an association, and by the role with one. */
function assertRefusedByPodIdentity({ rows }: DemoRun): void {
  const refused = refusals(rows, BY_POD_IDENTITY);
  const expected: [because: string, times: number, answer: RegExp][] = [
    ...UNBOUND.map(([because, times]): [string, number, RegExp] => [
      `${because}, not associated`,
      times,
      /^ResourceNotFoundException: No association found in cluster: /,
    ]),
    ["a token for STS", 1, /^InvalidTokenException: .*"aud"/],
    ["expired token", 1, /^ExpiredTokenException: The token has expired/],
    ["signed by virginia-green's key", 1, /^InvalidTokenException: .*no applicable key/],
    ...UNBOUND.map(([because, times]): [string, number, RegExp] => [
      `${because}, associated by hand`,
      times,
      NOT_TRUSTED,
    ]),
  ];
  for (const [because, times, answer] of expected) {
    const found = refused.filter((one) => one.because === because);
    assert.equal(found.length, times, because);
    for (const one of found) assert.match(one.answer, answer);
  }
  assert.equal(refused.length, 19);
}

/** Each pod of the stack has the agent's address and no role, and is a session that EKS made. */
function assertPodsByTheAgent({ rows }: DemoRun): void {
  const sources = rows.filter(({ tried }) => tried === "from its pod: where its credentials come from");
  assert.deepEqual(sources.map(({ who, cluster }) => `${who} ${cluster}`).sort(), BOUND);
  for (const { answer } of sources) {
    assert.match(
      answer,
      /^AWS_CONTAINER_CREDENTIALS_FULL_URI=http:\/\/127\.0\.0\.1:\d+\/v1\/credentials, AWS_ROLE_ARN is not set$/,
    );
  }
  const callers = rows.filter(({ tried }) => tried.startsWith("from its pod: aws sts get-caller-identity"));
  assert.equal(callers.length, BOUND.length);
  for (const { answer } of callers) assert.match(answer, /:assumed-role\/app-\w+\/eks-/);
  assert.equal(rows.filter(({ tried }) => tried.startsWith("from its pod: aws ")).length, 15);
}

describe("demo by Pod Identity", function () {
  this.timeout(PATIENCE);

  describe("with --identity both", () => {
    let run: DemoRun;

    before(async () => {
      run = await runDemo(ROOT, "both");
    });

    it("ends 0, every line is as expected, and the mode is told", () => {
      assertAllAsExpected(run);
      assert.equal(run.identity, "both");
      const page = readFileSync(run.report ?? "", "utf8");
      assert.match(
        page,
        /by EKS Pod Identity, while tokens of their ServiceAccounts \(IRSA\) are taken too\./,
      );
      assert.match(page, /npm run demo -- --identity both/);
    });

    it("proves that each binding gets the one role by both ways", () => {
      assertAdmitted(run, BY_TOKEN, /^assumed-role\/app-[0-9a-f]{7}\/demo$/);
      assertAdmitted(run, BY_POD_IDENTITY, /^assumed-role\/app-[0-9a-f]{7}\/eks-/);
    });

    it("has pods that come by Pod Identity: their association goes before the annotation", () => {
      assertPodsByTheAgent(run);
    });

    it("has the others refused by both ways, those too whom somebody associates by hand", () => {
      assert.equal(refusals(run.rows, BY_TOKEN).length, 11);
      assertRefusedByPodIdentity(run);
    });

    it("leaves nothing in IAM, EKS and the clusters after destroy", () => {
      const audit = run.rows.find(({ tried }) => tried === "audit after destroy");
      assert.equal(audit?.answer, "0 leftovers");
    });
  });

  describe("with --identity pod-identity", () => {
    let run: DemoRun;

    before(async () => {
      run = await runDemo(ROOT, "pod-identity");
    });

    it("ends 0, and every line is as expected", () => {
      assertAllAsExpected(run);
      assert.equal(run.identity, "pod-identity");
    });

    it("proves that each binding gets the one role by Pod Identity alone", () => {
      assertAdmitted(run, BY_POD_IDENTITY, /^assumed-role\/app-[0-9a-f]{7}\/eks-/);
      assertPodsByTheAgent(run);
      const tokens = refusals(run.rows, BY_TOKEN);
      assert.equal(tokens.length, BOUND.length);
      for (const { because, answer } of tokens) {
        assert.equal(because, "the role trusts no web identities");
        assert.match(
          answer,
          /^InvalidIdentityToken: No OpenIDConnect provider found in your account for https:/,
        );
      }
    });

    it("has the others refused, those too whom somebody associates by hand", () => {
      assertRefusedByPodIdentity(run);
    });
  });

  describe("with a role that is open to every association, as AWS's own example has it", () => {
    const WITHOUT_TAGS: [string, string, string] = [
      "trust/podIdentity.ts",
      "    Condition: { StringEquals: equals },\n",
      "",
    ];
    const WITHOUT_CHECK: [string, string, string] = [
      "components/trustDocument.ts",
      "  refuseUnlessExact(budget.policy, trusted, trust);",
      "",
    ];

    it("ends 1 and names everybody who got in by an association that was made by hand", async () => {
      const copy = sabotagedCopy([WITHOUT_TAGS, WITHOUT_CHECK]);
      try {
        const { code, stderr, rows } = await runDemo(copy, "pod-identity");
        assert.equal(code, 1, stderr);
        const gotIn = rows.filter(({ ok }) => !ok);
        const [proof, ...others] = gotIn;
        assert.equal(proof?.tried, "prove the trust policy");
        assert.match(proof.answer, /^the trust policy admits /);
        for (const { answer } of others) assert.match(answer, /^assumed-role\/app-/);
        for (const [because, times] of UNBOUND) {
          const tried = `${BY_POD_IDENTITY}: ${because}, associated by hand`;
          assert.equal(others.filter((one) => one.tried === tried).length, times, because);
        }
        assert.equal(others.length, 8);
        const audit = rows.find(({ tried }) => tried === "audit after destroy");
        assert.equal(audit?.answer, "0 leftovers");
      } finally {
        rmSync(copy, { recursive: true, force: true });
      }
    });
  });
});
