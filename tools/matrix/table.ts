import { nameOf, type Cell, type Sdks } from "./combinations";
import type { Outcome } from "./runner";

/** What came of a cell. */
export interface CellResult extends Pick<Cell, "kind" | "sdks"> {
  /** The whole version. */
  node: string;
  install: Outcome;
  types: Outcome;
  tests?: Outcome;
  engine?: Outcome;
}

/** What came of compiling a consumer. */
export interface TypeScriptResult {
  typescript: string;
  sdks: Sdks;
  outcome: Outcome;
}

export interface MatrixResult {
  ok: boolean;
  minutes: number;
  cells: CellResult[];
  consumers: TypeScriptResult[];
}

/** Whether all that was tried has passed, and something was tried. */
export function allPassed({ cells, consumers }: Pick<MatrixResult, "cells" | "consumers">): boolean {
  const outcomes = [
    ...cells.flatMap(({ install, types, tests, engine }) => [install, types, tests, engine]),
    ...consumers.map(({ outcome }) => outcome),
  ].filter((outcome) => outcome !== undefined);
  return cells.length > 0 && outcomes.every(({ ok }) => ok);
}

/** The result for people, in Markdown. */
export function renderResult({ cells, consumers, minutes }: MatrixResult): string {
  const skipped = "–";
  const rows = cells.map(({ node, kind, sdks, install, types, tests, engine }) => [
    node,
    kind,
    nameOf(sdks),
    install.ok ? types.text : install.text,
    tests?.text ?? skipped,
    engine?.text ?? skipped,
  ]);
  return [
    grid(["Node", "SDKs", "versions", "types", "unit and component tests", "engine tests"], rows),
    grid(
      ["TypeScript", "SDKs", "a consumer, strict, no skipLibCheck"],
      consumers.map(({ typescript, sdks, outcome }) => [typescript, nameOf(sdks), outcome.text]),
    ),
    `${minutes} min in all.`,
  ].join("\n\n");
}

function grid(heads: string[], rows: string[][]): string {
  const widths = heads.map((head, index) =>
    Math.max(head.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const line = (cells: string[]) =>
    `| ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(" | ")} |`;
  return [line(heads), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
