import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { DemoIdentity } from "../../lab/demo/identity";
import type { ProofRow } from "../../lab/demo/table";
import { ROOT } from "../support/root";

/** Ends what hangs, and judges nothing. */
export const PATIENCE = 10 * 60_000;

/** What a demo left when it had ended. */
export interface DemoRun {
  code: number | null;
  stderr: string;
  ok?: boolean;
  identity?: string;
  rows: ProofRow[];
  report?: string;
}

/** Starts the demo of a working tree. */
export function startDemo(root: string, identity?: DemoIdentity): ChildProcess {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const main = join(root, "lab", "demo", "main.ts");
  const options = identity === undefined ? [] : ["--identity", identity];
  return spawn(
    process.execPath,
    ["--import", pathToFileURL(require.resolve("tsx")).href, main, "--json", ...options],
    { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] },
  );
}

/** Runs the demo of a working tree to its end. */
export async function runDemo(root: string, identity?: DemoIdentity): Promise<DemoRun> {
  const child = startDemo(root, identity);
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (data: Buffer) => (stdout += data.toString()));
  child.stderr?.on("data", (data: Buffer) => (stderr += data.toString()));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  const report =
    stdout === "" ? {} : (JSON.parse(stdout) as Pick<DemoRun, "ok" | "identity" | "rows" | "report">);
  return { code, stderr, rows: [], ...report };
}

/** Whom AWS refused, by a way to the role: why he must be, and what it said. */
export function refusals(rows: ProofRow[], way: string): { because: string; answer: string }[] {
  return rows.flatMap(({ tried, answer }) =>
    tried.startsWith(`${way}: `) ? [{ because: tried.slice(way.length + 2), answer }] : [],
  );
}

/** A copy of what the demo needs, in which texts are replaced, each of which must be there once. */
export function sabotagedCopy(edits: [file: string, text: string, by: string][]): string {
  const copy = mkdtempSync(join(tmpdir(), "eks-irsa-sabotage-"));
  for (const name of ["index.ts", "components", "trust", "examples", "lab", "Pulumi.yaml", "package.json"]) {
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  for (const [file, text, by] of edits) {
    const parts = readFileSync(join(copy, file), "utf8").split(text);
    assert.equal(parts.length, 2, `${file} has this ${parts.length - 1} times: ${text}`);
    writeFileSync(join(copy, file), parts.join(by));
  }
  return copy;
}
