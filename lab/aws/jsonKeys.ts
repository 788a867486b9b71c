/*
 * JSON.parse keeps the last of two equal keys and says nothing. IAM refuses them, and a policy whose meaning depends on which
 * one counts must not be judged at all.
 */

/** A key that stands twice in one object, and the keys of the objects it is in, outermost first (array places are left out). */
export interface DuplicateKey {
  key: string;
  path: string[];
}

/** The first key that stands twice in one object of a text that JSON.parse takes. */
export function findDuplicateKey(json: string): DuplicateKey | undefined {
  const tokens = json.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]/g) ?? [];
  const open: { keys: Set<string> | undefined; name: string | undefined }[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token === "{" || token === "[") {
      open.push({ keys: token === "{" ? new Set() : undefined, name: undefined });
    } else if (token === "}" || token === "]") {
      open.pop();
    } else if (token.startsWith('"') && tokens[index + 1] === ":") {
      const object = open.at(-1);
      const key = String(JSON.parse(token));
      if (object?.keys?.has(key)) {
        return { key, path: open.slice(0, -1).flatMap(({ name }) => (name === undefined ? [] : [name])) };
      }
      object?.keys?.add(key);
      if (object) object.name = key;
    }
  }
  return undefined;
}

/** Whether any object in the text has a key twice. */
export function hasDuplicateKey(json: string): boolean {
  return findDuplicateKey(json) !== undefined;
}
