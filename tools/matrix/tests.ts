import * as fs from "node:fs";
import * as path from "node:path";
import { nameOf, type Cell } from "./combinations";
import type { NodeProgram } from "./programs";
import type { Outcome, Runner } from "./runner";

/** Under load a test may take longer than by itself. */
const MOCHA = ["--timeout", "120000", "--reporter", "tests/support/reporter.cjs"];

/** What the engine runs: a first deployment by IRSA, and error hooks with Pod Identity, which older SDKs drop. */
const ENGINE_TESTS = ["tests/engine/firstDeployment.test.ts", "tests/engine/podIdentitySettle.test.ts"];

/** Runs the unit and component tests of a cell, and its engine tests. */
export async function runTests(cell: Cell, folder: string, node: NodeProgram, run: Runner) {
  const mocha = (doing: string, usually: string, files: string[]): Promise<Outcome> => {
    const figures = path.join(folder, "figures.json");
    fs.writeFileSync(figures, "");
    return run({
      doing: `${doing}, Node ${node.version}, ${nameOf(cell.sdks)}`,
      usually,
      command: path.join("node_modules", ".bin", "mocha"),
      args: [...MOCHA, ...files],
      cwd: folder,
      env: { ...node.env, TEST_FIGURES: figures },
      read: () => figuresOf(fs.readFileSync(figures, "utf8")),
    });
  };
  const tests = await mocha("unit and component tests", "1 min", [
    "tests/unit/**/*.test.ts",
    "tests/components/**/*.test.ts",
  ]);
  const engine = cell.engine ? await mocha("engine tests", "4 min", ENGINE_TESTS) : undefined;
  return { tests, engine };
}

/** What mocha's reporter has written down; nothing where it did not come to its end. */
function figuresOf(line: string): string {
  if (line.trim() === "") return "no test ran";
  const { passes, failures } = JSON.parse(line) as { passes: number; failures: number };
  return failures === 0 ? `${passes} passed` : `${failures} of ${passes + failures} failed`;
}
