import type { Row } from "./trial";

const COLUMNS = ["name", "operation", "trouble", "recovery"] as const;
const HEADINGS = { name: "seed", operation: "operation", trouble: "what happened", recovery: "recovery" };

/** The rows as a table for people; below a row that did not converge, why not and how to see it again. */
export function renderTable(rows: readonly Row[]): string {
  const widths = COLUMNS.map((column) =>
    Math.max(HEADINGS[column].length, ...rows.map((row) => row[column].length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join("  ")
      .trimEnd();
  const body = rows.flatMap((row) => [
    line([...COLUMNS.map((column) => row[column]), row.faults.length === 0 ? "converged" : "DIFFERENT"]),
    ...row.faults.map((fault) => `    ${fault.replaceAll("\n", "\n    ")}`),
    ...(row.faults.length === 0 ? [] : [`    again: ${again(row)}`]),
  ]);
  const head = line([...COLUMNS.map((column) => HEADINGS[column]), "result"]);
  return [head, line([...widths.map((width) => "-".repeat(width)), "---------"]), ...body].join("\n");
}

/** The command that brings a row about again. */
export function again({ name }: Pick<Row, "name">): string {
  const seed = /^seed (\d+)$/.exec(name)?.[1];
  return seed === undefined ? "npm run chaos -- --seeds 0" : `npm run chaos -- --seed ${seed}`;
}
