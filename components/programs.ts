import * as pulumi from "@pulumi/pulumi";

/**
 * Something that there is once in each program that is running. A process may run several, one after the other or at once, so it is
 * kept by the program's root. A test with mocks has none, and may well make the same component again and again; nor has a
 * component that a program in another language makes: each gets one of its own then.
 *
 * @param make makes it; `rooted` says whether it is the program's.
 */
export function oncePerProgram<T extends object>(make: (rooted: boolean) => T): () => T {
  const made = new WeakMap<pulumi.Resource, T>();
  return () => {
    const root = pulumi.runtime.getStackResource();
    if (root === undefined) {
      return make(false);
    }
    const known = made.get(root) ?? make(true);
    made.set(root, known);
    return known;
  };
}
