import { createHash } from "node:crypto";
import { access, chmod, mkdir, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type * as Esbuild from "esbuild";

/** A stand-in plugin, as `plugins.providers` of the project settings wants it. */
export interface InstalledPlugin {
  /** The package: `kubernetes`. */
  name: string;
  /** The folder that holds the executable `pulumi-resource-<name>`. */
  path: string;
}

const PLUGINS = ["aws", "kubernetes"];

/**
 * Makes the stand-ins ready to be started by an engine: one folder each below `binDir`, kept from one run to the next
 * under the hash of its program. Started for every provider of every operation, so they are bundled: loading a hundred
 * TypeScript files through a transpiler would cost a second each time.
 */
export async function installPlugins(binDir: string): Promise<InstalledPlugin[]> {
  return Promise.all(PLUGINS.map((name) => installPlugin(name, binDir)));
}

/** The same for one of them. */
export async function installPlugin(name: string, binDir: string): Promise<InstalledPlugin> {
  const entry = join(__dirname, name, "main.ts");
  return { name, path: await installProgram(entry, binDir, name, `pulumi-resource-${name}`) };
}

/** Makes an executable of a program of ours. Resolves to its folder: `<binDir>/plugins-<hash>/<name>`. */
export async function installProgram(
  entry: string,
  binDir: string,
  name: string,
  executable: string,
): Promise<string> {
  const program = await bundle(entry);
  const hash = createHash("sha256").update(program).digest("hex").slice(0, 16);
  const path = join(binDir, `plugins-${hash}`, name);
  await writeExecutable(path, executable, program);
  return path;
}

// To a shell, a command that starts Node on this same file; to Node, a text and a comment. NODE_OPTIONS was made for the
// process that the engine is driven from: a test runner, a debugger.
const LAUNCHER = `#!/bin/sh
":" //; unset NODE_OPTIONS; exec node "$0" "$@"`;

/** One file with all that the entry imports, behind the lines that make it executable. */
async function bundle(entry: string): Promise<Uint8Array> {
  const result = await loadEsbuild().build({
    entryPoints: [entry],
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    minifySyntax: true,
    banner: { js: LAUNCHER },
    legalComments: "none",
    logLevel: "silent",
    write: false,
  });
  const output = result.outputFiles[0];
  if (output === undefined) throw new Error(`esbuild made nothing of ${entry}`);
  return output.contents;
}

// esbuild is what tsx, which runs this file, transpiles with: ask for the same one.
function loadEsbuild(): typeof Esbuild {
  return createRequire(require.resolve("tsx/package.json"))("esbuild") as typeof Esbuild;
}

async function writeExecutable(folder: string, name: string, program: Uint8Array): Promise<void> {
  const target = join(folder, name);
  const exists = await access(target).then(
    () => true,
    () => false,
  );
  if (exists) return;
  await mkdir(folder, { recursive: true });
  // Renamed into place, so that another run never starts half a file.
  const draft = `${target}.${process.pid}`;
  await writeFile(draft, program);
  await chmod(draft, 0o755);
  await rename(draft, target);
}
