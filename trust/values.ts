/** `*` stands for any characters and `?` for exactly one; everything else for itself. */
export function matchesPattern(pattern: string, value: string): boolean {
  const wanted = Array.from(pattern);
  const text = Array.from(value);
  let next = 0;
  let star = -1;
  let afterStar = 0;
  let at = 0;
  while (at < text.length) {
    if (wanted[next] === "*") {
      star = next++;
      afterStar = at;
    } else if (wanted[next] === "?" || wanted[next] === text[at]) {
      next++;
      at++;
    } else if (star >= 0) {
      // The last `*` takes one more; those before it never need to.
      next = star + 1;
      at = ++afterStar;
    } else {
      return false;
    }
  }
  return wanted.slice(next).every((character) => character === "*");
}

/** A string or a list of strings, as a list; undefined for anything else. */
export function stringsOf(value: unknown): string[] | undefined {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.every((entry) => typeof entry === "string") ? list : undefined;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** By code unit: the same order on every machine, whatever its locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The first name that stands twice in a list, whatever its case; undefined when none does. */
export function repeatedName(names: string[]): string | undefined {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name.toLowerCase()).size);
}

/** Puts items that have the same key together, in their order. */
export function groupedBy<K, T>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

const LONGEST_SHOWN = 200;

/** A value for an error's text, whatever it is: texts in quotes, and of what cannot be written in short its kind. */
export function shown(value: unknown): string {
  if (typeof value === "string") {
    return JSON.stringify(value.length > LONGEST_SHOWN ? `${value.slice(0, LONGEST_SHOWN)}…` : value);
  }
  if (typeof value === "object" && value !== null) {
    return Array.isArray(value) ? "a list" : "an object";
  }
  return typeof value === "symbol" || typeof value === "function" ? `a ${typeof value}` : String(value);
}

/** A list of texts and nothing else. */
export function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && Array.from(value).every((entry) => typeof entry === "string");
}
