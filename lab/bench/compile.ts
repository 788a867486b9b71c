import { createRequire } from "node:module";
import { basename, join } from "node:path";
import type * as Esbuild from "esbuild";

const ROOT = join(__dirname, "..", "..");

/**
 * Compiles a program as a package is published: plain JavaScript without source maps. The SDK writes down a stack for each
 * promise of its own, and with source maps that would be most of the time.
 *
 * @returns the file; it finds its packages in `withPackages`.
 */
export async function compile(entry: string, folder: string): Promise<string> {
  // The one that tsx, which runs this file, transpiles with.
  const { build } = createRequire(require.resolve("tsx/package.json"))("esbuild") as typeof Esbuild;
  const outfile = join(folder, `${basename(entry, ".ts")}.cjs`);
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "cjs",
    target: "node20",
  });
  return outfile;
}

/** The environment of a compiled program. NODE_OPTIONS was made for this process: it may have tsx loaded in each. */
export function withPackages(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, NODE_OPTIONS: undefined, NODE_PATH: join(ROOT, "node_modules") };
}
