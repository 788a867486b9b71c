import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { reportModel, type ReportSource } from "./model";
import { renderPage } from "./page";

export type { ReportSource } from "./model";

/**
 * Writes the report of a run as one HTML file, which needs nothing beside it.
 *
 * @example
 * writeReport("report.html", { state: await stack.exportState(), rows, seconds: stages.seconds });
 */
export function writeReport(file: string, source: ReportSource): void {
  const packageFile = join(__dirname, "..", "..", "..", "package.json");
  const { version } = JSON.parse(readFileSync(packageFile, "utf8")) as { version: string };
  const versions = { "eks-irsa": version, Node: process.versions.node, ...source.versions };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, renderPage(reportModel({ ...source, versions })));
}
