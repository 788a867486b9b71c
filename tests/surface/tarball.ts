import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installOnce } from "../../lab/setup/cache";
import { reportIn } from "../../tools/release/tarball";
import { ROOT } from "../support/root";
import { manifest } from "./manifest";
import { command, npm } from "./npm";

/** The package as npm publishes it. */
export interface Tarball {
  /** Path of the `.tgz`. */
  file: string;
  /** Where it is unpacked: the folder that has its package.json. */
  folder: string;
  /** What is in it, by path from its package.json, each with its size in bytes. */
  files: Map<string, number>;
  /** Bytes of the `.tgz`. */
  size: number;
}

/** What the package is made of, beside the files that package.json names. */
const BUILT_FROM = [
  ...["package.json", "package-lock.json", "tsconfig.json", "tsconfig.build.json", "tools/build.mjs"],
  ...["README.md", "LICENSE"],
];

/**
 * Makes the tarball by `npm pack`, which builds first; once for each state of what goes into it. It is kept in the clone's
 * node_modules/.cache.
 */
export async function tarball(): Promise<Tarball> {
  const sources = [
    ...BUILT_FROM,
    ...manifest()
      .files.filter((name) => name !== "dist")
      .map((name) => name.replace("/*.ts", "")),
  ];
  const report = await installOnce({
    root: join(ROOT, "node_modules", ".cache", "eks-irsa"),
    folder: `tarball-${stateOf(sources)}`,
    file: "report.json",
    onWait: () => undefined,
    build: pack,
  });
  const made = readReport(readFileSync(report, "utf8"));
  const folder = join(report, "..");
  return {
    file: join(folder, made.filename),
    folder: join(folder, "package"),
    files: new Map(made.files.map(({ path, size }) => [path, size])),
    size: made.size,
  };
}

/** https://docs.npmjs.com/cli/v11/commands/npm-pack#json */
interface NpmPackReport {
  filename: string;
  size: number;
  files: { path: string; size: number }[];
}

function readReport(text: string): NpmPackReport {
  const [made] = JSON.parse(text) as NpmPackReport[];
  if (!made) throw new Error(`npm pack made nothing: ${text}`);
  return made;
}

async function pack(folder: string): Promise<void> {
  const output = await npm(ROOT, "pack", "--json", "--pack-destination", folder);
  const report = reportIn(output);
  await command(folder, "tar", ["-xzf", readReport(report).filename]);
  writeFileSync(join(folder, "report.json"), report);
}

function stateOf(paths: string[]): string {
  const hash = createHash("sha256");
  const add = (path: string): void => {
    const file = join(ROOT, path);
    if (statSync(file).isDirectory()) {
      for (const name of readdirSync(file).sort()) add(join(path, name));
    } else {
      hash.update(`${path}\0`).update(readFileSync(file)).update("\0");
    }
  };
  for (const path of paths) add(path);
  return hash.digest("hex").slice(0, 16);
}
