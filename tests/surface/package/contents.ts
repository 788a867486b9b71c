import { SourceMap, type SourceMapPayload } from "node:module";
import { readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";

/** What goes with the sources: their code, its maps, and of the declarations those that the public one leads to, with maps. */
export function builtFrom(sources: string[], folder: string): string[] {
  const code = sources.map((source) => `dist/${source.replace(/\.ts$/, ".js")}`);
  const declarations = declarationsFrom("dist/index.d.ts", folder);
  return [...code, ...declarations].flatMap((path) => [path, `${path}.map`]).sort();
}

/** A declaration in a folder, and all that it leads to; by the compiler's rules for relative paths. */
function declarationsFrom(path: string, folder: string, found = new Set<string>()): string[] {
  if (!found.has(path)) {
    found.add(path);
    const text = readFileSync(join(folder, path), "utf8");
    for (const [, relative = ""] of text.matchAll(/["'](\.{1,2}\/[^"']+)["']/g)) {
      declarationsFrom(`${posix.join(posix.dirname(path), relative)}.d.ts`, folder, found);
    }
  }
  return [...found];
}

/** A source map, as far as tests read it. https://tc39.es/ecma426/ */
interface MapFile {
  file: string;
  sources: string[];
  sourcesContent?: string[];
}

/** A map in the package: where it leads to, by path in the package, and whether it has the sources itself. */
export function mapIn(folder: string, path: string): { leadsTo: string[]; hasSources: boolean } {
  const { sources, sourcesContent } = JSON.parse(readFileSync(join(folder, path), "utf8")) as MapFile;
  const leadsTo = sources.map((source) => posix.join(dirname(path), source));
  return { leadsTo, hasSources: sourcesContent !== undefined };
}

/** Lines of the code that say what they are, each with the line of the source that its map leads to. */
export function placesIn(folder: string, path: string): { name: string; line: string; sourceLine: string }[] {
  const map = new SourceMap(
    JSON.parse(readFileSync(join(folder, `${path}.map`), "utf8")) as SourceMapPayload,
  );
  const source = readFileSync(join(folder, mapIn(folder, `${path}.map`).leadsTo[0]!), "utf8").split("\n");
  const lines = readFileSync(join(folder, path), "utf8").split("\n");
  return lines.flatMap((line, index) => {
    const [, name] =
      /^\s*(?:(?:async )?function (\w+)|class (\w+)|throw new ([\w.]+))/.exec(line)?.filter(Boolean) ?? [];
    const entry = map.findEntry(index, line.search(/\S/));
    return name === undefined || !("originalLine" in entry)
      ? []
      : [{ name: name.replace(/^\w+_\d+\./, ""), line, sourceLine: source[entry.originalLine] ?? "" }];
  });
}
