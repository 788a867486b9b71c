import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { parse } from "yaml";

/** Of a project's `Pulumi.yaml`, what matters here. */
export interface ProgramSettings {
  /** Where the program is, if not beside `Pulumi.yaml`. */
  main?: string;
  /** Configuration keys with their types and defaults. */
  config?: Record<string, unknown>;
}

/** Reads a project's `Pulumi.yaml`. */
export function programSettings(folder: string): ProgramSettings {
  return parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8")) as ProgramSettings;
}

/**
 * The file that a project's program begins with, as Pulumi finds it. What `main` names is a file, or a folder; in a folder the
 * package.json decides, be it that of a folder above: without `main` a project inside of a package runs that package.
 * https://github.com/pulumi/pulumi/blob/v3.248.0/sdk/nodejs/cmd/run/run.ts
 */
export function programEntry(folder: string): string {
  const main = resolve(folder, programSettings(folder).main ?? ".");
  const candidates = isFolder(main)
    ? [...packageEntry(main), join(main, "index.js"), join(main, "index.ts")]
    : [main];
  const entry = candidates.find((file) => existsSync(file));
  if (entry === undefined) {
    throw new Error(`no program in ${folder}: looked for ${candidates.join(", ")}`);
  }
  return entry;
}

type Exports = string | { "."?: string | Record<"default" | "require" | "import", string | undefined> };

/** What the nearest package.json begins with. */
function packageEntry(folder: string): string[] {
  const file = join(folder, "package.json");
  if (!existsSync(file)) return dirname(folder) === folder ? [] : packageEntry(dirname(folder));
  const { main, exports } = JSON.parse(readFileSync(file, "utf8")) as { main?: string; exports?: Exports };
  const own = typeof exports === "object" ? exports["."] : exports;
  const entry = typeof own === "object" ? (own.default ?? own.require ?? own.import) : own;
  const found = entry ?? (exports === undefined ? main : undefined);
  return found === undefined ? [] : [join(folder, found)];
}

/**
 * A project's program as a function, whose result is what the program exports. It is loaded when the function runs,
 * since that makes its resources; so a process can do it once only. It is loaded as CommonJS.
 */
export function importedProgram(folder: string): PulumiFn {
  const entry = programEntry(folder);
  return async () => {
    // A program may read files beside itself.
    process.chdir(dirname(entry));
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- `import` would wrap a CommonJS module
    const exported = require(entry) as Record<string, unknown> | (() => unknown);
    const outputs = typeof exported === "function" ? exported() : exported;
    return { ...((await outputs) as Record<string, unknown>) };
  };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
