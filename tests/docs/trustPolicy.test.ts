import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { evaluateTrust } from "../../trust/evaluate";
import { buildTrustPolicy } from "../../trust/policy";
import { TrustPolicyForm } from "../../trust/types";
import { DOCUMENTS, EAST, PROBE, READER, threeByPodIdentity } from "./documents";
import { fits, LIMITS, most, podSizeOf, sizeOf, type Row } from "./figures";
import { readPage, sectionOf, tableAfter } from "./page";
import { outcomeOf } from "./slips";

const { StatementPerCluster, SubjectOnly, SingleStatement } = TrustPolicyForm;
const FORMS = [StatementPerCluster, SubjectOnly, SingleStatement] as const;
const page = readPage("docs/trust-policy.md");
const readme = readPage("README.md");
/** As the page writes numbers: 2,048. */
const written = (figure: number) => figure.toLocaleString("en-US");

/** The page has this sentence, however its lines are broken. */
const says = (sentence: string) => {
  assert.ok(page.text.replace(/\s+/g, " ").includes(sentence), `the page does not say: ${sentence}`);
};

describe("docs: the page on the trust policy", () => {
  it("every document is what the builder writes", () => {
    const shown = page.blocks.filter(({ language }) => language === "json");
    assert.deepEqual(
      shown.map(({ marker }) => marker).sort(),
      Object.keys(DOCUMENTS)
        .map((name) => `document: ${name}`)
        .sort(),
    );
    for (const { marker = "", text } of shown) {
      const name = marker.replace("document: ", "");
      // The text, for the order of keys is what a diff shows.
      assert.equal(JSON.stringify(JSON.parse(text)), JSON.stringify(DOCUMENTS[name]), name);
    }
  });

  it("the table of sizes", () => {
    const rows = tableAfter(page, "sizes");
    assert.equal(rows.length, 18);
    for (const [region = "", serviceAccounts, named, ...figures] of rows) {
      const form = FORMS.find((one) => named === `\`${one}\``);
      assert.ok(form, named);
      const row: Row = { region, serviceAccounts: Number(serviceAccounts), form };
      const each = sizeOf(3, row) - sizeOf(2, row);
      const fixed = sizeOf(2, row) - 2 * each;
      const expected = [fixed, each, ...LIMITS.map((limit) => fits(limit, row))];
      assert.deepEqual(figures, expected.map(String), `${region}, ${row.form}`);
      // What the page says of how the two make the whole.
      assert.equal(sizeOf(30, row), fixed + 30 * each);
      assert.equal(sizeOf(1, row), fixed + each - (row.form === SingleStatement ? 2 : 0));
    }
  });

  it("the floor of SingleStatement, taken apart", () => {
    const arn = JSON.stringify(EAST).length + 1;
    const key = JSON.stringify(`${EAST.slice(EAST.indexOf("oidc."))}:sub`).length + 1;
    const subject = JSON.stringify(READER).length;
    assert.deepEqual([arn, key, subject], [111, 75, 41]);
    assert.equal(arn + key + subject + 1, 228);
    says("228 is the floor for exact names");
    says(
      "its ARN once (111 characters with quotes and comma), its key once (75), its subject once (41) and a comma",
    );
  });

  it("how often an issuer stands in a document, for each cluster", () => {
    const issuer = EAST.slice(EAST.indexOf("oidc."));
    const times = FORMS.map((form) => JSON.stringify(DOCUMENTS[form]).split(issuer).length - 1);
    assert.deepEqual(times, [3, 2, 2]);
    says("The issuer stands in it three times for each cluster, twice without `aud`");
  });

  it("the table of what else takes room", () => {
    const subjects = (...names: string[]) => ({
      changes: { subjects: [READER, ...names.map((name) => `system:serviceaccount:default:${name}`)] },
    });
    const pattern = { changes: { subjectPatterns: ["system:serviceaccount:jobs:*"] } };
    const conditions = { StringEquals: { "aws:SourceVpc": ["vpc-0123456789abcdef0"] } };
    const statements = [{ awsPrincipals: ["arn:aws:iam::111122223333:role/break-glass"] }];
    const added = (form: TrustPolicyForm, more: Partial<Row>, before: Partial<Row> = {}) =>
      String(sizeOf(4, { form, ...more }) - sizeOf(4, { form, ...before }));
    const expected: [RegExp, Partial<Row>, Partial<Row>?][] = [
      [/^a second .*`default\/s3-writer`/, subjects("s3-writer")],
      [/^a third, `default\/s3-tester`/, subjects("s3-writer", "s3-tester"), subjects("s3-writer")],
      [/^a wildcard, `jobs\/\*`/, pattern],
      [/^the condition `aws:SourceVpc` with one VPC/, { options: { conditions } }],
      [/^a statement for one role, `role\/break-glass`/, { options: { statements } }],
    ];
    const rows = tableAfter(page, "additions");
    assert.equal(rows.length, expected.length);
    rows.forEach(([what = "", ...figures], index) => {
      const [says, more, before] = expected[index]!;
      assert.match(what, says);
      assert.deepEqual(
        figures,
        FORMS.map((form) => added(form, more, before)),
        what,
      );
    });
  });

  it("what fits, in the table of advice, in that of the forms, and in README", () => {
    const [advice, usual] = [tableAfter(page, "if-then"), sectionOf(page, "## Forms")];
    const of = (form: TrustPolicyForm) => LIMITS.map((limit) => String(fits(limit, { form })));
    const [perCluster, subjectOnly, single] = [of(StatementPerCluster), of(SubjectOnly), of(SingleStatement)];
    const text = advice.map((cells) => cells.join(" then ")).join("\n");
    for (const sentence of [
      `up to ${perCluster[0]} clusters and one ServiceAccount in each`,
      `up to ${perCluster[2]} clusters and may raise a quota`,
      `up to ${subjectOnly[0]} clusters in 2,048 characters, up to ${subjectOnly[2]} in 8,192`,
      `one role for up to ${single[0]} (or ${single[2]}) clusters`,
    ]) {
      assert.ok(text.includes(sentence), sentence);
    }
    for (const [index, row] of [perCluster, subjectOnly, single].entries()) {
      const cells = tableAfter(page, "forms")[index]!;
      assert.deepEqual([cells[0], cells[1]], [`\`${FORMS[index]!}\``, row.join(" / ")]);
    }
    const few = `${perCluster[0]} clusters in the usual form, ${subjectOnly[0]} or ${single[0]} in shorter ones`;
    assert.ok(readme.text.replace(/\s+/g, " ").includes(few), few);
    assert.ok(usual.includes(`clusters in ${LIMITS.map(written).join(" / ")} characters`));
  });

  it("the table of sizes for Pod Identity, and what the pages say of it", () => {
    const rows = tableAfter(page, "pod sizes");
    assert.equal(rows.length, 8);
    const fitting = (row: object) => LIMITS.map((limit) => most((count) => podSizeOf(count, row) <= limit));
    for (const [region = "", associations = "", ...figures] of rows) {
      const row = { region, associations };
      const each = podSizeOf(3, row) - podSizeOf(2, row);
      const fixed = podSizeOf(2, row) - 2 * each;
      const group = podSizeOf(2, { ...row, others: 1 }) - podSizeOf(2, row);
      assert.deepEqual(
        figures,
        [fixed, each, group, ...fitting(row)].map(String),
        `${region}, ${associations}`,
      );
      assert.equal(podSizeOf(30, row), fixed + 30 * each);
      assert.equal(podSizeOf(1, row), fixed + each - 2);
    }
    const second = podSizeOf(4, { names: ["s3-reader", "s3-writer"] }) - podSizeOf(4);
    assert.equal(podSizeOf(9, { names: ["s3-reader", "s3-writer"] }) - podSizeOf(9), second);
    says(
      `A second ServiceAccount, \`default/s3-writer\`, in each cluster takes ${second} more, however many`,
    );
    const each = FORMS.map((form) => sizeOf(3, { form }) - sizeOf(2, { form }));
    says(`For web identities each cluster takes ${each[0]}, ${each[1]} or ${each[2]} by form (us-east-1)`);
    const [fewest, middle, largest] = fitting({});
    says(`up to ${fewest} clusters in 2,048 characters, up to ${largest} in 8,192`);
    const comparison = readPage("docs/pod-identity.md").text;
    assert.ok(comparison.includes(`${fewest} / ${middle} / ${largest}, with equal bindings`));
  });

  it("the diff of a further cluster by Pod Identity", () => {
    const linesOf = (policy: object) => JSON.stringify(policy, null, 2).split("\n");
    const [before, after] = [linesOf(threeByPodIdentity()), linesOf(threeByPodIdentity("south"))];
    const diff =
      page.blocks
        .find(({ marker }) => marker === "diff")
        ?.text.trimEnd()
        .split("\n") ?? [];
    const side = (without: string) =>
      diff
        .filter((line) => !line.startsWith(without))
        .map((line) => line.slice(1))
        .join("\n");
    assert.equal(before.join("\n").replace(side("+"), side("-")), after.join("\n"));
    assert.ok(before.join("\n").includes(side("+")));
    assert.equal(diff.filter((line) => /^[+-]/.test(line)).length, 1);
  });

  it("the table of slips, tried one by one", () => {
    const rows = tableAfter(page, "slips");
    assert.equal(rows.length, 9);
    for (const [slip = "", ...cells] of rows) {
      assert.deepEqual(
        cells,
        FORMS.map((form) => outcomeOf(slip, form)),
        slip,
      );
    }
  });

  it("keys that are called refused are refused, and those that are called useful are taken", () => {
    const build = (key: string) =>
      buildTrustPolicy([{ name: "east", oidcProviderArn: EAST, subjects: [READER] }], {
        conditions: { StringEquals: { [key]: ["x"] } },
      });
    const refused = tableAfter(page, "refused keys").flatMap(([keys = ""]) => keysIn(keys));
    assert.equal(refused.length, 15);
    for (const key of refused) {
      assert.throws(() => build(key), /is never part of|is no key of AWS/, key);
    }
    const section = sectionOf(page, "## Extra conditions and statements");
    const [, sentence = ""] = /^\*\*Conditions\*\*([^]*?)Refused are keys/m.exec(section) ?? [];
    const useful = keysIn(sentence);
    assert.ok(useful.length > 4);
    for (const key of useful) {
      const { decision } = evaluateTrust(build(key), {
        oidcProviderArn: EAST,
        subject: READER,
        context: { [key]: "x" },
      });
      assert.equal(decision, "allow", key);
    }
  });

  it("keys for Pod Identity that are called refused are refused, and those that its calls have are taken", () => {
    const baseRoleArn = "arn:aws:iam::111122223333:role/base";
    const build = (key: string, podIdentity: object = {}) =>
      buildTrustPolicy(
        [
          {
            name: "east",
            subjects: [READER],
            podIdentity: { clusterArn: "arn:aws:eks:us-east-1:111122223333:cluster/east", ...podIdentity },
          },
        ],
        { podIdentityConditions: { StringEquals: { [key]: ["x"] } } },
      );
    const refused = tableAfter(page, "refused pod keys").flatMap(([keys = ""]) => keysIn(keys));
    assert.equal(refused.length, 19);
    for (const key of refused) {
      assert.throws(() => build(key), /is written by|says nothing of a pod|is no key of AWS/, key);
    }
    const section = sectionOf(page, "## Extra conditions and statements");
    const [, direct = "", byBaseRole = ""] =
      /^Keys that its calls have:([^]*?); by a base\s+role([^]*?)in the place of the first two/m.exec(
        section,
      ) ?? [];
    assert.deepEqual([keysIn(direct).length, keysIn(byBaseRole).length], [4, 2]);
    for (const key of keysIn(direct)) build(key);
    for (const key of [...keysIn(byBaseRole), ...keysIn(direct).slice(2)]) build(key, { baseRoleArn });
    for (const key of keysIn(byBaseRole)) assert.throws(() => build(key), /the service itself/, key);
    for (const key of keysIn(direct).slice(0, 2)) {
      assert.throws(() => build(key, { baseRoleArn }), /a base role makes the call/, key);
    }
  });

  it("extra conditions are not known without the call's keys, and hold with those that the page gives", () => {
    const [, given = ""] = /`context: \{ "aws:SourceVpc": "([^"]+)" \}`/.exec(page.text) ?? [];
    const decide = (context?: Record<string, string>) =>
      evaluateTrust(DOCUMENTS.Extras!, {
        oidcProviderArn: EAST,
        subject: READER,
        ...(context && { context }),
      }).decision;
    assert.deepEqual(
      [decide(), decide({ "aws:SourceVpc": given }), decide({ "aws:SourceVpc": "vpc-0" })],
      ["indeterminate", "allow", "deny"],
    );
  });

  it("the three calls that ask an account make the builder's document, and clean up after themselves", () => {
    const probe = page.blocks.find(({ marker }) => marker === "probe");
    const folder = mkdtempSync(join(tmpdir(), "eks-irsa-docs-"));
    try {
      writeFileSync(join(folder, "aws"), '#!/bin/sh\necho "$*"\n', { mode: 0o700 });
      const PATH = [folder, process.env.PATH].join(delimiter);
      const calls = execFileSync("sh", ["-euc", probe?.text ?? ""], {
        cwd: folder,
        env: { PATH },
        encoding: "utf8",
      });
      const sent: unknown = JSON.parse(readFileSync(join(folder, "trust.json"), "utf8"));
      assert.equal(JSON.stringify(sent), JSON.stringify(PROBE));
      assert.deepEqual(calls.trimEnd().split("\n"), [
        "iam create-role --role-name eks-irsa-probe --assume-role-policy-document file://trust.json",
        "iam get-role --role-name eks-irsa-probe --query Role.AssumeRolePolicyDocument",
        "iam delete-role --role-name eks-irsa-probe",
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** What stands between backticks and looks like a condition key. */
function keysIn(text: string): string[] {
  return [...text.matchAll(/`([\w./-]+:[\w/-]+)`/g)].map(([, key = ""]) => key);
}
