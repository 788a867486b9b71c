import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheRoot } from "../../lab/setup/cache";
import { readDescription, readRecord, runsFolder } from "../../lab/supervisor/runs";
import { Footprint, NOTHING, type Leftovers } from "../lab/labProcesses";
import { ROOT } from "../support/root";
import { PATIENCE, refusals, runDemo, sabotagedCopy, startDemo, type DemoRun } from "./demoRun";

/** Kills a demo in the middle of its `up`, and tells what is left of its lab. */
async function killDuringUp(): Promise<Leftovers> {
  const child = startDemo(ROOT);
  await new Promise<void>((resolve, reject) => {
    let stderr = "";
    child.stderr?.on("data", (data: Buffer) => {
      stderr += data.toString();
      const [, up] = stderr.split("Updating (lab)");
      if (up?.includes("creating")) resolve();
    });
    child.once("close", () => {
      reject(new Error(`the demo ended before it could be killed\n${stderr}`));
    });
  });
  const footprint = new Footprint(labOf(child.pid));
  child.kill("SIGKILL");
  return footprint.leftInTheEnd();
}

function labOf(pid: number | undefined) {
  const runs = runsFolder(cacheRoot());
  const folders = readdirSync(runs).map((run) => join(runs, run));
  const own = folders.find((folder) => readRecord(folder)?.client.pid === pid);
  const lab = own === undefined ? undefined : readDescription(own);
  assert.ok(lab, `no run of process ${pid ?? "?"} in ${runs}`);
  return lab;
}

describe("demo", function () {
  this.timeout(PATIENCE);

  describe("after a run that was killed", () => {
    let left: Leftovers;
    let run: DemoRun;

    before(async () => {
      left = await killDuringUp();
      run = await runDemo(ROOT);
    });

    it("finds nothing of that run: no process, no port, no folder", () => {
      assert.deepEqual(left, NOTHING);
    });

    it("ends 0, and every line is as expected", () => {
      assert.deepEqual(
        run.rows.filter(({ ok }) => !ok),
        [],
      );
      assert.equal(run.ok, true);
      assert.equal(run.identity, "irsa");
      assert.equal(run.code, 0, run.stderr);
    });

    it("proves of everybody, and not only of those it tries, that trust policy and bindings say the same", () => {
      const proofs = run.rows.filter(({ tried }) => tried === "prove the trust policy");
      assert.deepEqual(
        proofs.map(({ answer }) => answer),
        ["no issuer, subject and audience exist for which trust policy and bindings differ (proved by Z3)"],
      );
    });

    it("has the answers of the pods themselves: who they are, what they read, and that they may not write", () => {
      const own = run.rows.filter(({ tried }) => tried.startsWith("from its pod: aws "));
      const places = new Set(own.map(({ who, cluster }) => `${who} of ${cluster}`));
      assert.equal(places.size, 5);
      assert.equal(own.length, 3 * places.size);
      for (const { tried, answer, outcome } of own) {
        if (tried.includes("get-caller-identity")) assert.match(answer, /:assumed-role\/app-\w+\/botocore-/);
        assert.equal(outcome, tried.includes(" s3 cp ") ? "refused" : "granted");
      }
    });

    it("says so in a report, which is one file", () => {
      const page = readFileSync(run.report ?? "", "utf8");
      assert.match(page, /All \d+ lines are as expected/);
      assert.doesNotMatch(page, /<script|<link|src="/);
    });

    it("proves that each binding gets the one role and only what it permits, in each of its clusters", () => {
      const admitted = run.rows.filter(({ tried }) => tried === "get the role");
      assert.deepEqual(admitted.map(({ who, cluster }) => `${who} ${cluster}`).sort(), [
        "default/s3-reader ireland",
        "default/s3-reader virginia-blue",
        "default/s3-reader virginia-green",
        "reports/report-reader ireland",
        "reports/report-reader virginia-blue",
      ]);
      assert.equal(new Set(admitted.map(({ answer }) => answer)).size, 1);
      assert.match(admitted[0]!.answer, /^assumed-role\/app-[0-9a-f]{7}\/demo$/);
      const answers = (tried: string) =>
        run.rows.filter((row) => row.tried === tried).map(({ answer }) => answer);
      assert.deepEqual(answers("list the bucket"), Array(5).fill("1 object(s): hello"));
      assert.deepEqual(answers("write to the bucket"), Array(5).fill("AccessDenied: Access Denied"));
    });

    it("has the others refused, in AWS's words", () => {
      const refused = refusals(run.rows, "get the role");
      const denied = "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity";
      const invalid = (text: string) => new RegExp(`^InvalidIdentityToken: ${text}`);
      const expected: [because: RegExp, times: number, answer: RegExp][] = [
        [/^another ServiceAccount of a listed cluster$/, 3, new RegExp(`^${denied}$`)],
        [/^the same name in another namespace$/, 3, new RegExp(`^${denied}$`)],
        [/^a cluster that the binding leaves out$/, 1, new RegExp(`^${denied}$`)],
        [
          /^a cluster with no OIDC provider$/,
          1,
          invalid("No OpenIDConnect provider found in your account for https://oidc\\.eks\\."),
        ],
        [/^wrong audience$/, 1, invalid("Incorrect token audience$")],
        [
          /^expired token$/,
          1,
          /^ExpiredTokenException: Token expired: current date\/time \d+ must be before/,
        ],
        [
          /^signed by virginia-green's key$/,
          1,
          invalid("Couldn't retrieve verification key from your identity provider"),
        ],
      ];
      for (const [because, times, answer] of expected) {
        const found = refused.filter((one) => because.test(one.because));
        assert.equal(found.length, times, String(because));
        for (const one of found) assert.match(one.answer, answer);
      }
      assert.equal(refused.length, 11);
    });

    it("leaves nothing in IAM and in the clusters after destroy", () => {
      const audit = run.rows.find(({ tried }) => tried === "audit after destroy");
      assert.equal(audit?.answer, "0 leftovers");
    });
  });

  describe("with a trust policy that names no subject", () => {
    const WITHOUT_SUBJECT: [string, string, string] = [
      "trust/forms.ts",
      "{ StringEquals: { ...audience, [key]: values } }",
      "{ StringEquals: audience }",
    ];
    const WITHOUT_CHECK: [string, string, string] = [
      "components/trustDocument.ts",
      "  refuseUnlessExact(budget.policy, trusted, trust);",
      "",
    ];
    let copy: string;

    afterEach(() => {
      rmSync(copy, { recursive: true, force: true });
    });

    it("is stopped by the component, which reads its own document back", async () => {
      copy = sabotagedCopy([WITHOUT_SUBJECT]);
      const { code, stderr, rows } = await runDemo(copy);
      assert.equal(code, 1);
      assert.match(stderr, /the trust policy does not say what the bindings say, so it is not used/);
      assert.match(stderr, /of cluster "[a-z-]+", .* it should say "deny" and says "allow"/);
      assert.deepEqual(rows, []);
    });

    it("ends 1 and names the outsiders who got in, if the component does not look", async () => {
      copy = sabotagedCopy([WITHOUT_SUBJECT, WITHOUT_CHECK]);
      const { code, stderr, rows } = await runDemo(copy);
      assert.equal(code, 1, stderr);
      const gotIn = rows.filter(({ ok }) => !ok);
      assert.deepEqual([...new Set(gotIn.map(({ who, tried }) => `${who} (${tried})`))].sort(), [
        "default/outsider (get the role: another ServiceAccount of a listed cluster)",
        "elsewhere/s3-reader (get the role: the same name in another namespace)",
        "reports/report-reader (get the role: a cluster that the binding leaves out)",
        "the stack (prove the trust policy)",
      ]);
      for (const { who, answer } of gotIn) {
        assert.match(
          answer,
          who === "the stack"
            ? /^the trust policy admits a token of cluster ".*" with subject "system:serviceaccount:.*" and audience/
            : /^assumed-role\/app-/,
        );
      }
      assert.match(stderr, /lines are not as expected: .*default\/outsider of ireland/);
    });
  });
});
