import type { BenchLine, BenchResult, BenchTable, Machine, PartResult } from "./lines";

/** Cells as they are shown: texts, already rounded. */
interface Grid {
  columns: string[];
  rows: string[][];
}

/** The result for people: each part with its tables, its lines and how they stand to their goals. */
export function renderResult({ parts, machine }: BenchResult): string {
  const sections = parts.flatMap((part) => [
    `${part.title}: ${runWith(machine, part)}`,
    ...part.tables.map((table) => `${table.title}\n\n${renderGrid(gridOf(table))}`),
    part.lines.length > 0 ? renderGrid(linesGrid(part.lines)) : "",
    part.notes.join("\n"),
  ]);
  return sections.filter((text) => text !== "").join("\n\n");
}

/** One part in Markdown, which is put in order by prettier. */
export function renderMarkdown(part: PartResult, machine: Machine): string {
  const sections = [
    `Last run: ${runWith(machine, part)}`,
    ...part.tables.flatMap((table) => [`${table.title}:`, markdownGrid(gridOf(table))]),
    part.lines.length > 0 ? markdownGrid(linesGrid(part.lines)) : "",
    part.notes.map((note) => `- ${escapeMarkdown(note)}`).join("\n"),
  ];
  return sections.filter((text) => text !== "").join("\n\n");
}

function runWith(
  { cores, memoryGiB, node }: Machine,
  { rounds, seconds }: Pick<PartResult, "rounds" | "seconds">,
): string {
  return `${cores} cores, ${memoryGiB} GiB, Node ${node}; ${rounds} rounds; ${Math.round(seconds)} s.`;
}

function gridOf({ columns, rows }: BenchTable): Grid {
  return { columns, rows: rows.map((row) => row.map(String)) };
}

function linesGrid(lines: readonly BenchLine[]): Grid {
  return {
    columns: ["", "figure", "median", "95 % interval", "goal", ""],
    rows: lines.map(({ name, figure, median, low, high, goal, missed }) => [
      name,
      figure,
      digits(median),
      `${digits(low)} to ${digits(high)}`,
      goal === undefined ? "" : `≤ ${goal}`,
      goal === undefined ? "" : missed ? "MISSED" : "ok",
    ]),
  };
}

function digits(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function renderGrid({ columns, rows }: Grid): string {
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join("  ")
      .trimEnd();
  return [line(columns), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

function markdownGrid({ columns, rows }: Grid): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(" | ")} |`;
  return [line(columns), line(columns.map(() => "---")), ...rows.map(line)].join("\n");
}

function escapeMarkdown(text: string): string {
  return text.replace(/[|*]/g, "\\$&");
}
