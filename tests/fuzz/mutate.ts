import fc from "fast-check";
import { put } from "./specials";
import { wildName, wildText, wildValue } from "./wild";

/** One change to a value, somewhere in it. */
interface Mutation {
  /** Which of its places, counted around. */
  at: number;
  change: Change;
}

type Change =
  | { kind: "set"; value: unknown }
  | { kind: "remove" }
  | { kind: "add"; name: string; value: unknown }
  | { kind: "repeat" }
  | { kind: "wrap" }
  | { kind: "edit"; edit: Edit; text: string };

const EDITS = {
  append: (before: string, text: string) => before + text,
  prepend: (before: string, text: string) => text + before,
  insert: (before: string, text: string) =>
    before.slice(0, before.length >> 1) + text + before.slice(before.length >> 1),
  shorten: (before: string) => before.slice(0, -1),
  raise: (before: string) => before.toUpperCase(),
  lower: (before: string) => before.toLowerCase(),
} as const;
type Edit = keyof typeof EDITS;

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("set" as const), value: wildValue }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom("remove" as const, "repeat" as const, "wrap" as const) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("add" as const), name: wildName, value: wildValue }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("edit" as const),
      edit: fc.constantFrom(...(Object.keys(EDITS) as Edit[])),
      text: wildText,
    }),
  },
);

/** A good value with up to so many changes: with none it is still good, with one it is wrong in one place. */
export function mutated<T extends object>(good: fc.Arbitrary<T>, most = 3): fc.Arbitrary<object> {
  const mutation: fc.Arbitrary<Mutation> = fc.record({ at: fc.nat(), change });
  return fc
    .tuple(fc.array(mutation, { maxLength: most }), good)
    .map(([mutations, value]) => mutations.reduce(mutate, structuredClone(value)));
}

interface Place {
  parent: object;
  key: string;
  value: unknown;
}

function mutate(root: object, { at, change: how }: Mutation): object {
  const places = placesIn(root);
  const place = places[at % places.length];
  if (place) {
    applyChange(place, how);
  }
  return root;
}

function placesIn(parent: object): Place[] {
  return Object.entries(parent).flatMap(([key, value]: [string, unknown]) => [
    { parent, key, value },
    ...(typeof value === "object" && value !== null ? placesIn(value) : []),
  ]);
}

function applyChange({ parent, key, value }: Place, how: Change): void {
  if (how.kind === "set") {
    put(parent, key, structuredClone(how.value));
  } else if (how.kind === "wrap") {
    put(parent, key, [value]);
  } else if (how.kind === "edit") {
    if (typeof value === "string") put(parent, key, EDITS[how.edit](value, how.text));
  } else if (how.kind === "add") {
    if (Array.isArray(value)) value.push(structuredClone(how.value));
    else if (typeof value === "object" && value !== null) put(value, how.name, structuredClone(how.value));
  } else if (Array.isArray(parent)) {
    if (how.kind === "remove") parent.splice(Number(key), 1);
    else parent.push(structuredClone(value));
  } else if (how.kind === "remove") {
    Reflect.deleteProperty(parent, key);
  }
}
