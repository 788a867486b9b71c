import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeReport } from "../../../lab/demo/report";
import { proofRows, realState } from "./states";

describe("writing the report", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "report-test-"))));
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("makes one file, with the folder it is to be in, and says when and of what it was made", () => {
    const file = join(folder, "deep", "report.html");
    writeReport(file, {
      state: realState(),
      rows: proofRows(),
      seconds: { "pulumi up": 4.25 },
      maxSize: 4096,
      versions: { Kubernetes: "1.37.2" },
      when: new Date("2026-11-24T06:23:14Z"),
    });
    assert.deepEqual(readdirSync(join(folder, "deep")), ["report.html"]);
    const text = readFileSync(file, "utf8").replace(/\s+/g, " ");
    assert.match(text, /^<!doctype html>/);
    assert.match(text, /2026-11-24 06:23 UTC/);
    assert.match(text, /1,431<\/strong> of 4,096 characters, 2,665 are left/);
    const { version: own } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    for (const [name, version] of [
      ["eks-irsa", own],
      ["Node", process.versions.node],
      ["Kubernetes", "1.37.2"],
      ["pulumi", "3.258.0"],
    ]) {
      assert.ok(text.includes(`<th scope="row">${name}</th> <td>${version}</td>`), name);
    }
  });
});
