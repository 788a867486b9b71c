import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { runCommandLine } from "../../lab/commandLine";
import { createProgress } from "../../lab/setup/progress";
import { onEnd } from "../../lab/supervisor/signals";
import { cellsOf, nameOf, TYPESCRIPTS, type Cell, type Sdks } from "./combinations";
import { compileConsumers, makeConsumer, pack } from "./consumer";
import { readOptions, USAGE, type MatrixOptions } from "./options";
import { provideNode, releasesOf, type NodeProgram } from "./programs";
import { createRunner, type Runner } from "./runner";
import { allPassed, renderResult, type CellResult, type MatrixResult, type TypeScriptResult } from "./table";
import { runTests } from "./tests";
import { prepare, ROOT, type Workspace } from "./workspace";

async function matrix({ nodes, engine, json }: MatrixOptions): Promise<number> {
  const out = json ? process.stderr : process.stdout;
  const run = createRunner(createProgress(out));
  const started = Date.now();
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "eks-irsa-matrix-"));
  const clear = () => {
    fs.rmSync(scratch, { recursive: true, force: true });
  };
  const forget = onEnd(clear);
  try {
    const found = await runAll(await wantedCells(nodes, engine), scratch, run);
    const minutes = Math.round((Date.now() - started) / 60_000);
    const result: MatrixResult = { ok: allPassed(found), minutes, ...found };
    out.write(`\n${renderResult(result)}\n`);
    if (json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    return result.ok ? 0 : 1;
  } finally {
    forget();
    clear();
  }
}

async function wantedCells(nodes: readonly number[], engine: boolean): Promise<Cell[]> {
  const manifest = fs.readFileSync(path.join(ROOT, "package.json"), "utf8");
  const { dependencies } = JSON.parse(manifest) as { dependencies: Sdks };
  const releases = await Promise.all(
    Object.entries(dependencies).map(async ([name, range]) => [name, await releasesOf(name, range)] as const),
  );
  return cellsOf(nodes, dependencies, Object.fromEntries(releases), engine);
}

/** Cells with the same SDKs share a workspace, which the oldest Node of theirs installs. */
async function runAll(cells: readonly Cell[], scratch: string, run: Runner) {
  const workspaces = new Map<string, Workspace>();
  const programs = new Map<number, NodeProgram>();
  const results: CellResult[] = [];
  for (const [index, cell] of cells.entries()) {
    const node =
      programs.get(cell.node) ?? (await provideNode(cell.node, path.join(scratch, `node-${cell.node}`), run));
    programs.set(cell.node, node);
    const key = nameOf(cell.sdks);
    const workspace =
      workspaces.get(key) ?? (await prepare(path.join(scratch, `sdks-${index}`), cell.sdks, node, run));
    workspaces.set(key, workspace);
    const { install, types } = workspace;
    const tried = install.ok ? await runTests(cell, workspace.folder, node, run) : {};
    results.push({ node: node.version, kind: cell.kind, sdks: cell.sdks, install, types, ...tried });
  }
  const installed = [...workspaces.values()].filter(({ install }) => install.ok);
  return { cells: results, consumers: await compileAll(installed, scratch, run) };
}

async function compileAll(workspaces: readonly Workspace[], scratch: string, run: Runner) {
  const results: TypeScriptResult[] = [];
  const folder = path.join(scratch, "package");
  const tarball = await pack(folder, run);
  for (const workspace of workspaces) await makeConsumer(workspace, tarball, run);
  for (const minor of TYPESCRIPTS) {
    const compiler = path.join(scratch, `typescript-${minor}`);
    const { version, outcomes } = await compileConsumers(minor, compiler, workspaces, run);
    workspaces.forEach(({ sdks }, index) => {
      const outcome = outcomes[index] ?? { ok: false, text: "not tried" };
      results.push({ typescript: version, sdks, outcome });
    });
  }
  return results;
}

runCommandLine({ name: "matrix", usage: USAGE, readOptions, run: matrix });
