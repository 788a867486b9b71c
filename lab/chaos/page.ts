import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The page that says what to type after which error. */
export const PAGE = join(__dirname, "..", "..", "docs", "recovery.md");

/** What the page says of one trouble. */
export interface Recovery {
  /** What is seen: texts of which each stands in the output. */
  seen: string[];
  /** What is typed, a command each. */
  commands: string[];
}

/**
 * Reads a recovery from the page: the block of commands after the comment of its name, `<!-- recovery: interrupted -->`, and the
 * block of texts after `<!-- seen: interrupted -->`, where there is one.
 */
export function recovery(name: string, page = readFileSync(PAGE, "utf8")): Recovery {
  const commands = block(page, `recovery: ${name}`, "console");
  const seen = block(page, `seen: ${name}`, "text");
  if (commands === undefined && seen === undefined)
    throw new Error(`docs/recovery.md has nothing of "${name}"`);
  return { seen: seen ?? [], commands: commands ?? [] };
}

/** The names of all recoveries on the page. */
export function recoveryNames(page = readFileSync(PAGE, "utf8")): string[] {
  return [...page.matchAll(/^<!-- recovery: (\S+) -->$/gm)].map(([, name = ""]) => name);
}

/** The lines of the fenced block after a comment. */
function block(page: string, marker: string, language: string): string[] | undefined {
  const [, after] = page.split(`<!-- ${marker} -->\n`);
  const text = new RegExp(`^\\n\`\`\`${language}\\n([^]*?)\\n\`\`\``).exec(after ?? "")?.[1];
  return text?.split("\n");
}
