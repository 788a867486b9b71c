/** One thing that was tried, with what came of it. */
export interface ProofRow {
  who: string;
  cluster: string;
  tried: string;
  expected: string;
  answer: string;
  /** What AWS did; absent where AWS was not asked. */
  outcome?: "granted" | "refused";
  ok: boolean;
}

const HEADINGS = { who: "who", cluster: "cluster", tried: "tried", answer: "answer" } as const;
const WIDEST = 100;

/** The rows as a table for people, the failed ones marked. */
export function renderTable(rows: ProofRow[]): string {
  const columns = Object.keys(HEADINGS) as (keyof typeof HEADINGS)[];
  const cells = rows.map((row) => columns.map((column) => clip(row[column])));
  const widths = columns.map((column, index) =>
    Math.max(HEADINGS[column].length, ...cells.map((line) => line[index]?.length ?? 0)),
  );
  const line = (mark: string, texts: readonly string[]) =>
    `${mark}  ${texts.map((text, index) => text.padEnd(widths[index] ?? 0)).join("  ")}`.trimEnd();
  const head = line(
    "    ",
    columns.map((column) => HEADINGS[column]),
  );
  const rule = line(
    "----",
    widths.map((width) => "-".repeat(width)),
  );
  const body = rows.flatMap((row, index) => {
    const shown = line(row.ok ? "ok  " : "FAIL", cells[index] ?? []);
    return row.ok ? [shown] : [shown, `      expected: ${row.expected}`];
  });
  return [head, rule, ...body].join("\n");
}

function clip(text: string): string {
  const flat = text.replace(/\s+/g, " ");
  return flat.length > WIDEST ? `${flat.slice(0, WIDEST - 1)}…` : flat;
}
