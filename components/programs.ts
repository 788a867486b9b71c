import { AsyncLocalStorage } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";

/** A program in another language, whose components are made in a plugin's process. */
export interface RemoteProgram {
  /** Stands for the program: the same for all of its components, and for those of no other one. */
  root: object;
  /** What tells the component that is being made from all others of the program, in every run. */
  component: string;
}

const remote = new AsyncLocalStorage<RemoteProgram>();

/** Makes a component of a program in another language. */
export function inRemoteProgram<T>(program: RemoteProgram, make: () => T): T {
  return remote.run(program, make);
}

/** The program in another language whose component is being made, if there is one. */
export function remoteProgram(): RemoteProgram | undefined {
  return remote.getStore();
}

/**
 * Something that there is once in each program that is running. A process may run several, one after the other or at once, so it is
 * kept by the program's root, or by what a plugin says of it. A test with mocks has neither, and may well make the same component
 * again and again: each gets one of its own then.
 *
 * @param make makes it; `rooted` says whether it is a program's.
 */
export function oncePerProgram<T extends object>(make: (rooted: boolean) => T): () => T {
  const made = new WeakMap<object, T>();
  return () => {
    const root = remoteProgram()?.root ?? pulumi.runtime.getStackResource();
    if (root === undefined) {
      return make(false);
    }
    const known = made.get(root) ?? make(true);
    made.set(root, known);
    return known;
  };
}
