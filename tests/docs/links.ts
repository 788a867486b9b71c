import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { ROOT } from "../support/root";

/** What the repository does not keep, and what holds copies of it. */
const NOT_OURS = ["node_modules", ".git", ".stryker", "dist", "artefacts"];

/** Paths of all Markdown pages of the repository, from its root, in alphabetical order. */
export function markdownPages(folder = ROOT): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return NOT_OURS.includes(entry.name) ? [] : markdownPages(path);
      return entry.name.endsWith(".md") ? [relative(ROOT, path)] : [];
    })
    .sort();
}

/** Where a page's links go, as written; those to other sites are left out. */
export function linksOf(markdown: string): string[] {
  const prose = withoutCode(markdown).replaceAll(/`[^`\n]*`/g, "code");
  const patterns = [
    /\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g,
    /^\[[^\]]+\]:\s*<?([^\s>]+)/gm,
    /\b(?:href|src)="([^"]+)"/g,
  ];
  const found = patterns.flatMap((pattern) => [...prose.matchAll(pattern)].map(([, link = ""]) => link));
  return found.filter((link) => !/^[a-z][a-z+.-]*:/i.test(link));
}

/**
 * The anchors of a page's headings, as GitHub makes them.
 * @see https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links
 */
export function anchorsOf(markdown: string): string[] {
  const times = new Map<string, number>();
  const headings = [...withoutCode(markdown).matchAll(/^#{1,6} +(.+?)(?: +#+)?$/gm)];
  return headings.map(([, heading = ""]) => {
    const text = heading.replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, "$1");
    const slug = text
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
      .replaceAll(" ", "-");
    const before = times.get(slug) ?? 0;
    times.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
}

/** Why a link of a page leads nowhere; undefined where it leads somewhere. */
export function faultOf(page: string, link: string): string | undefined {
  const [path = "", anchor] = decodeURIComponent(link).split("#");
  const target = path === "" ? resolve(ROOT, page) : resolve(ROOT, dirname(page), path);
  if (path.startsWith("/") || relative(ROOT, target).startsWith("..")) return "leads out of the repository";
  if (!existsSync(target)) return "there is no such file";
  if (anchor === undefined) return undefined;
  const markdown = pageAt(target);
  const known = markdown !== undefined && anchorsOf(readFileSync(markdown, "utf8")).includes(anchor);
  return known ? undefined : "the page has no such heading";
}

/** The pages that a page's links lead to, from the repository's root. A folder is its README. */
export function linkedPages(page: string): string[] {
  return linksOf(readFileSync(resolve(ROOT, page), "utf8")).flatMap((link) => {
    const [path = ""] = decodeURIComponent(link).split("#");
    const markdown = path === "" ? undefined : pageAt(resolve(ROOT, dirname(page), path));
    return markdown === undefined ? [] : [relative(ROOT, markdown)];
  });
}

/** The Markdown file that is shown at a path; undefined where there is none. */
function pageAt(target: string): string | undefined {
  if (!existsSync(target)) return undefined;
  if (!statSync(target).isDirectory()) return target.endsWith(".md") ? target : undefined;
  const readme = join(target, "README.md");
  return existsSync(readme) ? readme : undefined;
}

/** A comment of the shell is no heading, and an index in a program no link. */
function withoutCode(markdown: string): string {
  return markdown.replaceAll(/^( *)(`{3,}|~{3,})[^\n]*\n[^]*?^\1\2 *$/gm, "");
}
