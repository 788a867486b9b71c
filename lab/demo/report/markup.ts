/** Text that is HTML already: made by {@link markup} only, so whatever is not is escaped. */
export class Html {
  constructor(readonly text: string) {}
}

/** What a template takes: texts and numbers are escaped, lists are joined, nothing is left out. */
export type Content = Html | string | number | undefined | Content[];

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
/** Control characters, but for tab and line feed, and those that turn the direction of the text about them. */
const INVISIBLE = /(?![\t\n])[\p{Cc}\p{Bidi_Control}\u2028\u2029\ufeff]/gu;

/**
 * A piece of HTML from a template, in which every value is escaped: an answer from AWS or a name never becomes markup.
 *
 * @example markup`<td>${answer}</td>`
 */
export function markup(parts: TemplateStringsArray, ...values: Content[]): Html {
  return new Html(parts.reduce((text, part, index) => text + render(values[index - 1]) + part));
}

function render(content: Content): string {
  if (content instanceof Html) {
    return content.text;
  }
  return Array.isArray(content) ? content.map(render).join("") : escapeText(String(content ?? ""));
}

/** Text for an element or a quoted attribute; characters that nobody can see are written out. */
export function escapeText(text: string): string {
  return text
    .replace(INVISIBLE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}
