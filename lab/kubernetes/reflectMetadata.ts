/**
 * What `@peculiar/x509` wants of the package `reflect-metadata`, which it does not bring along: a note kept under a key of
 * a class. Import it before that package.
 */
const notes = new WeakMap<object, Map<unknown, unknown>>();

function own(key: unknown, target: object): unknown {
  return notes.get(target)?.get(key);
}

function inherited(key: unknown, target: object): unknown {
  for (let at: object | null = target; at; at = Object.getPrototypeOf(at) as object | null) {
    if (notes.get(at)?.has(key)) {
      return own(key, at);
    }
  }
  return undefined;
}

function define(key: unknown, value: unknown, target: object): void {
  const known = notes.get(target) ?? new Map<unknown, unknown>();
  notes.set(target, known.set(key, value));
}

if (!("getMetadata" in Reflect)) {
  Object.assign(Reflect, { getMetadata: inherited, getOwnMetadata: own, defineMetadata: define });
}
