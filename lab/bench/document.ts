import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";

export const PERFORMANCE = join(__dirname, "..", "..", "docs", "performance.md");

/** A document with the text between the two marks of a part replaced. */
export function withWritten(document: string, part: string, written: string): string {
  const [beginMark, endMark] = [`<!-- written by the bench: ${part} -->`, `<!-- end of ${part} -->`];
  const [begin, end] = [document.indexOf(beginMark), document.indexOf(endMark)];
  if (begin < 0 || end < begin) {
    throw new Error(`the document has no place for the result: ${beginMark} and ${endMark}`);
  }
  return `${document.slice(0, begin + beginMark.length)}\n\n${written}\n\n${document.slice(end)}`;
}

/** Writes the result of a part into docs/performance.md, formatted as `npm test` wants it. */
export async function writeResult(part: string, written: string, file = PERFORMANCE): Promise<void> {
  const text = withWritten(readFileSync(file, "utf8"), part, written);
  const options = await resolveConfig(file);
  writeFileSync(file, await format(text, { ...options, filepath: file }));
}
