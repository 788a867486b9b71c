import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What TypeScript makes of an `import` whose values are used; nothing is left of one that is for types only. */
const REQUIRED = /\brequire\("([^"]+)"\)/g;

/** The modules of @pulumi that a built file requires, itself or by way of the files that it leads to; sorted. */
export function pulumiModules(entry: string, read: (file: string) => string = readText): string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const follow = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, name = ""] of read(file).matchAll(REQUIRED)) {
      if (name.startsWith(".")) {
        follow(`${join(dirname(file), name)}.js`);
      } else if (name.startsWith("@pulumi/")) {
        found.add(name);
      }
    }
  };
  follow(entry);
  return [...found].sort();
}

function readText(file: string): string {
  return readFileSync(file, "utf8");
}
