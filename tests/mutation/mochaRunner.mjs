// Stryker's runner for mocha, made to find the files of mocha 12: it asks for `lib/cli/run-helpers`, which is a .cjs file now.
import Module from "node:module";

Module._extensions[".cjs"] ??= Module._extensions[".js"];

export const { strykerPlugins, strykerValidationSchema } = await import("@stryker-mutator/mocha-runner");
