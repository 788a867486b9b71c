import type { Check } from "./checks";

/** What `npm pack --json` says of a tarball. */
export interface Tarball {
  /** Bytes, packed. */
  size: number;
  files: { path: string }[];
}

/** The report in what `npm pack --json` wrote: what the package's scripts wrote comes before it. */
export function reportIn(output: string): string {
  return output.slice(output.indexOf("[\n"));
}

/** What is published, and why: each file of the tarball is one of these. `*` stands for a name. */
export const PUBLISHED: Record<string, string> = {
  "package.json": "npm always takes it; `exports` has it too, for tools that read versions",
  "README.md": "npm always takes it, and its site shows it",
  LICENSE: "npm always takes it; the licence asks for it",
  "CHANGELOG.md": "what an update changes, at hand where it is decided on",
  "PulumiPlugin.yaml": "makes the installed folder a plugin for every Pulumi language",
  "index.ts": "source: maps lead there, and so does go-to-definition",
  "components/*.ts": "source",
  "trust/*.ts": "source",
  "plugin/*.ts": "source",
  "dist/index.js": "what is required",
  "dist/index.d.ts": "`types`",
  "dist/plugin/index.js": "`main`, which Pulumi's plugin runner loads",
  "dist/plugin/schema.json": "what the plugin host tells of the components",
  "dist/components/*.js": "code",
  "dist/trust/*.js": "code",
  "dist/plugin/*.js": "code",
};

/** What the compiler makes beside the code. Which of it there has to be, a test knows. */
const BESIDE = /^dist\/(index|\w+\/\w+)(\.d\.ts|\.js\.map|\.d\.ts\.map)$/;

/** Bytes; what a project that has the SDKs already may have to download. */
const LARGEST = 300_000;

/** Has the tarball what it must have, and nothing that it must not? */
export function checkTarball({ size, files }: Tarball): Check[] {
  const paths = files.map(({ path }) => path);
  const patterns = Object.keys(PUBLISHED);
  const missing = patterns.filter((pattern) => !paths.some((path) => fits(path, pattern)));
  const extra = paths.filter(
    (path) => !BESIDE.test(path) && !patterns.some((pattern) => fits(path, pattern)),
  );
  const say = (name: string, wrong: boolean, problem: string): Check => ({ name, ...(wrong && { problem }) });
  return [
    say(
      "tarball has what it needs",
      missing.length > 0,
      `missing: ${missing.join(", ")}; see "files" in package.json`,
    ),
    say(
      "tarball has nothing else",
      extra.length > 0,
      `take out ${extra.join(", ")}; see "files" in package.json`,
    ),
    say(
      `tarball is ${Math.ceil(size / 1_000)} kB`,
      size > LARGEST,
      `it may have ${LARGEST / 1_000} kB: see npm pack --dry-run`,
    ),
  ];
}

function fits(path: string, pattern: string): boolean {
  const [head = "", tail] = pattern.split("*");
  if (tail === undefined) return path === pattern;
  const name = path.slice(head.length, -tail.length);
  return path.startsWith(head) && path.endsWith(tail) && /^\w+$/.test(name);
}
