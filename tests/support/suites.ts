import { readdirSync } from "node:fs";
import { join } from "node:path";

/** What each run of mocha gets: patterns and files of tests, and options. */
export interface Suites {
  fast: string[];
  lab: string[];
  engine: string[];
  "other engine": string[];
}

/**
 * The suites of a folder of tests. Those that need the engine are in two parts, of which the second comes after the lab's tests: a third
 * of the files of engine/ and examples/, and the published package.
 */
export function suitesIn(folder: string): Suites {
  const all = (...path: string[]) => join(folder, ...path, "**", "*.test.ts");
  const files = ["engine", "examples"].flatMap((name) =>
    readdirSync(join(folder, name), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".test.ts"))
      .sort()
      .map((file) => join(folder, name, file)),
  );
  const part = (second: boolean) => files.filter((_, index) => (index % 3 === 2) === second);
  return {
    // In two processes: none of these tests has anything that another one uses.
    fast: [
      ...["unit", "components", "docs", "plugin"].map((name) => all(name)),
      ...[all("surface", "fast"), "--parallel", "--jobs", "2"],
    ],
    lab: [all("lab")],
    engine: part(false),
    "other engine": [...part(true), all("surface", "package"), all("surface", "consumers")],
  };
}
