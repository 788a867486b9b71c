/**
 * What can be said of a part of a policy: it applies, it does not, or this judge cannot tell. "unknown" never lets anybody
 * in: an Allow needs "yes", and a Deny takes effect unless the answer is "no".
 */
export type Truth = "yes" | "no" | "unknown";

/** Both a plain answer and a condition's: all parts must hold. */
export function allOf(parts: Truth[]): Truth {
  if (parts.includes("no")) return "no";
  return parts.includes("unknown") ? "unknown" : "yes";
}

/** One part is enough. */
export function anyOf(parts: Truth[]): Truth {
  if (parts.includes("yes")) return "yes";
  return parts.includes("unknown") ? "unknown" : "no";
}

export function not(part: Truth): Truth {
  if (part === "unknown") return part;
  return part === "yes" ? "no" : "yes";
}

export function truth(value: boolean): Truth {
  return value ? "yes" : "no";
}

/** `*` is any run of characters, `?` exactly one; everything else is itself. Takes time in proportion to the lengths only. */
export function matchesPattern(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    if (pattern[p] === "*") {
      star = p++;
      resume = t;
    } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      // Let the last star take one character more, and try again behind it.
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}
