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

/** Without these the package does not load, in TypeScript or in another language, or says not what it is. */
const NEEDED = [
  "dist/index.js",
  "dist/index.d.ts",
  "dist/plugin/index.js",
  "PulumiPlugin.yaml",
  "README.md",
  "CHANGELOG.md",
  "LICENSE",
  "package.json",
];

/** What is for this repository alone, or might hold a secret. */
const FORBIDDEN = [
  /^(lab|tests|tools|node_modules|\.\w+)\//,
  /\.test\./,
  /(^|\/)(\.env|\.npmrc|Pulumi\.[^/]+\.yaml)$/,
  /\.(tgz|pem|key|tsbuildinfo)$/,
];

/** Bytes; what a project that has the SDKs already may have to download. */
const LARGEST = 300_000;

/** Has the tarball what it must have, and nothing that it must not? */
export function checkTarball({ size, files }: Tarball): Check[] {
  const paths = files.map(({ path }) => path);
  const missing = NEEDED.filter((path) => !paths.includes(path));
  const extra = paths.filter((path) => FORBIDDEN.some((pattern) => pattern.test(path)));
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
