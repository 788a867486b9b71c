import * as pulumi from "@pulumi/pulumi";

/**
 * Values that cannot be sent to another thread as they are, nor printed: a case has a mark in their place, and the thread that
 * tries it puts them in.
 */
const SPECIALS = {
  function: () => () => "text",
  symbol: () => Symbol("fuzz"),
  output: () => pulumi.output("late"),
  secret: () => pulumi.secret("late"),
  promise: () => Promise.resolve("late"),
  "object without prototype": () => Object.create(null) as unknown,
  "object that contains itself": () => {
    const ring: Record<string, unknown> = {};
    ring.ring = ring;
    return ring;
  },
  "text that throws": () => ({
    toString: () => {
      throw new Error("no text");
    },
  }),
  "list in a list, 20,000 deep": () => {
    let list: unknown[] = [];
    for (let depth = 0; depth < 20_000; depth++) list = [list];
    return list;
  },
  "text of 300,000 characters": () => "a-".repeat(150_000),
  "text of 50,000 stars": () => "*a".repeat(50_000),
} as const;

const MARK = "fuzz special: ";

/** What stands in a case for each special value. */
export const MARKS = Object.keys(SPECIALS).map((name) => `${MARK}${name}`);

/** A case with its special values put in, in place. What stands in it twice is walked through once: it may contain itself by then. */
export function revived(value: unknown, seen = new Set<object>()): unknown {
  if (typeof value === "string" && value.startsWith(MARK)) {
    const name = value.slice(MARK.length);
    return Object.hasOwn(SPECIALS, name) ? SPECIALS[name as keyof typeof SPECIALS]() : value;
  }
  if (typeof value === "object" && value !== null && !seen.has(value)) {
    seen.add(value);
    for (const [key, member] of Object.entries(value)) {
      put(value, key, revived(member, seen));
    }
  }
  return value;
}

/** Sets a member of its own, `__proto__` too. */
export function put(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}
