import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { ROOT } from "../support/root";

/** A fenced block of a page. */
export interface Block {
  language: string;
  text: string;
  /** Line of its first line in the page, from 1. */
  line: number;
  /** What the comment before it says (`<!-- document: X -->`). */
  marker?: string;
}

/** A page of the documentation, as far as tests read it. */
export interface Page {
  file: string;
  text: string;
  blocks: Block[];
}

/** Reads a page, by its path from the repository's root. */
export function readPage(file: string): Page {
  const text = readFileSync(resolve(ROOT, file), "utf8");
  // A block in a list is indented with it.
  const fence = /^( *)```(\w+)\n([^]*?)^\1```$/gm;
  const blocks = [...text.matchAll(fence)].map((match): Block => {
    const [, indent = "", language = "", body = ""] = match;
    const before = text.slice(0, match.index);
    const marker = /<!-- ([^>]+) -->\s*$/.exec(before)?.[1];
    return {
      language,
      text: body.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
      line: before.split("\n").length + 1,
      ...(marker !== undefined && { marker }),
    };
  });
  return { file, text, blocks };
}

/** The rows of the table after a comment, without its head; each as its cells. */
export function tableAfter({ file, text }: Page, marker: string): string[][] {
  const [, after] = text.split(`<!-- ${marker} -->\n`);
  const table = /^\n((?:\|.*\|\n)+)/.exec(after ?? "")?.[1];
  if (table === undefined) {
    throw new Error(`${file} has no table after <!-- ${marker} -->`);
  }
  const rows = table.trimEnd().split("\n").slice(2);
  return rows.map((row) =>
    row
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim()),
  );
}

/** The lines of one section, from its heading to the next of the same depth or above. */
export function sectionOf({ file, text }: Page, heading: string): string {
  const start = text.indexOf(`\n${heading}\n`);
  if (start < 0) {
    throw new Error(`${file} has no section ${heading}`);
  }
  const body = text.slice(start + heading.length + 2);
  const depth = /^#+/.exec(heading)?.[0].length ?? 1;
  // A comment of the shell is no heading.
  const masked = body.replaceAll(/^```[^]*?^```$/gm, (block) => block.replaceAll(/^#/gm, " "));
  const end = masked.search(new RegExp(`^#{1,${depth}} `, "m"));
  return end < 0 ? body : body.slice(0, end);
}
