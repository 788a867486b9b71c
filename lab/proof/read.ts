/*
 * Reading JSON of which every part must be known: whatever could mean something that the encoder does not know is an error, since a
 * proof about half of a document is none.
 */

/** An error for what the encoder has no meaning for. */
export function unknown(what: string): Error {
  return new Error(`nothing is proved: ${what} is not known`);
}

/** The object that a JSON text is. */
export function parse(text: string): Record<string, unknown> {
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch (error) {
    throw unknown(`a document that is no JSON (${error instanceof Error ? error.message : String(error)})`);
  }
  // JSON.parse keeps the last of two equal keys. In a text that it takes, a string before a colon is a key, and nothing else is.
  const strings = text.match(/"(?:[^"\\]|\\.)*"\s*:?/g) ?? [];
  if (strings.filter((one) => one.endsWith(":")).length !== countKeys(policy)) {
    throw unknown("which of two equal keys of one object counts");
  }
  return recordOf(policy, "the document");
}

export function refuseUnknown(record: Record<string, unknown>, known: string[], where: string): void {
  const strange = Object.keys(record).find((element) => !known.includes(element));
  if (strange !== undefined) {
    throw unknown(`${where}: element ${strange}`);
  }
}

export function recordOf(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw unknown(`${where}: ${JSON.stringify(value)}, where an object should be,`);
  }
  return value as Record<string, unknown>;
}

export function entriesOf(value: unknown, where: string): [string, unknown][] {
  return Object.entries(recordOf(value, where));
}

export function textsOf(value: unknown, orBooleans: boolean, where: string): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.map((one) => {
    if (typeof one === "string") {
      return one;
    }
    if (orBooleans && typeof one === "boolean") {
      return String(one);
    }
    throw unknown(`${where}: value ${JSON.stringify(one)}`);
  });
}

function countKeys(value: unknown): number {
  if (typeof value !== "object" || value === null) {
    return 0;
  }
  const inside = Object.values(value).reduce<number>((sum, one) => sum + countKeys(one), 0);
  return inside + (Array.isArray(value) ? 0 : Object.keys(value).length);
}
