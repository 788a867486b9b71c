import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readPage, type Block } from "../docs/page";
import { ROOT } from "../support/root";

/**
 * Asserts that a page shows a text, in its ```text block after the comment with this marker. With UPDATE_EXAMPLES=1 the block is written
 * anew.
 */
export function assertShownBlock(page: string, marker: string, shown: string): void {
  const block = blockOf(page, marker);
  if (process.env.UPDATE_EXAMPLES === "1") writeBlock(page, block, shown);
  else assert.equal(block.text, shown, `${page}: UPDATE_EXAMPLES=1 writes what it shows anew`);
}

function blockOf(page: string, marker: string): Block {
  const found = readPage(page).blocks.filter((block) => block.marker === marker);
  const [block] = found;
  if (block?.language !== "text" || found.length > 1) {
    throw new Error(`${page} needs one \`\`\`text block after <!-- ${marker} -->, and has ${found.length}`);
  }
  return block;
}

function writeBlock(page: string, { line, text }: Block, by: string): void {
  const file = join(ROOT, page);
  const lines = readFileSync(file, "utf8").split("\n");
  lines.splice(line - 1, text.split("\n").length - 1, ...by.trimEnd().split("\n"));
  writeFileSync(file, lines.join("\n"));
}
