import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor";
import { ROOT } from "../../support/root";
import { tarball } from "../tarball";

/** What API Extractor may warn of (https://api-extractor.com/pages/messages/ae_errors/), each with the reason why it stays. */
const ACCEPTED: Record<string, string> = {};

/** The report of a package's public surface, and what API Extractor finds wrong with it. */
function reportOf(unpacked: string): { text: string; findings: string[] } {
  const scratch = mkdtempSync(join(tmpdir(), "eks-irsa-api-"));
  try {
    // Below a node_modules it would take the package's own modules for somebody else's.
    const folder = join(scratch, "package");
    mkdirSync(folder);
    for (const name of ["dist", "package.json"])
      cpSync(join(unpacked, name), join(folder, name), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    const file = join(ROOT, "api-extractor.json");
    const configObject = ExtractorConfig.loadFile(file);
    configObject.projectFolder = folder;
    configObject.compiler = { ...configObject.compiler, tsconfigFilePath: join(ROOT, "tsconfig.json") };
    configObject.apiReport = {
      ...configObject.apiReport,
      enabled: true,
      reportFolder: scratch,
      reportTempFolder: join(scratch, "temp"),
    };
    const config = ExtractorConfig.prepare({
      configObject,
      configObjectFullPath: file,
      packageJsonFullPath: join(folder, "package.json"),
    });
    const findings: string[] = [];
    Extractor.invoke(config, {
      localBuild: true,
      messageCallback: (message) => {
        const { messageId, logLevel, text } = message;
        // That there was no report is told as well.
        const isFault = logLevel === ExtractorLogLevel.Error || logLevel === ExtractorLogLevel.Warning;
        if (isFault && !messageId.startsWith("console-")) findings.push(`${messageId}: ${text}`);
        message.handled = true;
      },
    });
    return { text: readFileSync(join(scratch, "eks-irsa.api.md"), "utf8"), findings };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

describe("surface: the report of the public surface", function () {
  this.timeout(300_000);
  let report: ReturnType<typeof reportOf>;

  before(async () => {
    report = reportOf((await tarball()).folder);
  });

  it("is the one in the repository: otherwise `npm run api` writes it, and its diff is what to review", () => {
    assert.equal(report.text, readFileSync(join(ROOT, "etc", "eks-irsa.api.md"), "utf8"));
  });

  it("warns of what is accepted, and of nothing else", () => {
    const text = report.text.match(/Warning: \(.*$/gm) ?? [];
    assert.deepEqual([...report.findings, ...text].sort(), Object.keys(ACCEPTED).sort());
  });
});
