import * as pulumi from "@pulumi/pulumi";
import type { Library } from "./recorder";

/** What the mocks know for a program with a root of its own. */
export const STACK = { types: { "pulumi:pulumi:Stack": {} } };

/** Runs the program as the engine does, with a root of its own. */
export const inStack = (program: (lib: Library) => unknown) => (lib: Library) => {
  void pulumi.runtime.runInPulumiStack(() => {
    program(lib);
    return Promise.resolve({});
  });
};
