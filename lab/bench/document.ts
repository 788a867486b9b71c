import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";

export const PERFORMANCE = join(__dirname, "..", "..", "docs", "performance.md");
const BEGIN = "<!-- written by `npm run bench -- --write` -->";
const END = "<!-- end of what is written -->";

/** A document with the text between its two marks replaced. */
export function withWritten(document: string, written: string): string {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin < 0 || end < begin) {
    throw new Error(`the document has no place for the result: ${BEGIN} and ${END}`);
  }
  return `${document.slice(0, begin + BEGIN.length)}\n\n${written}\n\n${document.slice(end)}`;
}

/** Writes a result into docs/performance.md, formatted as `npm test` wants it. */
export async function writeResult(written: string, file = PERFORMANCE): Promise<void> {
  const text = withWritten(readFileSync(file, "utf8"), written);
  const options = await resolveConfig(file);
  writeFileSync(file, await format(text, { ...options, filepath: file }));
}
