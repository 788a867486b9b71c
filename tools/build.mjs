// Makes dist/ anew: `npm run build`, and npm itself before it packs, or installs from a clone or a git address (its script "prepare").
// The code has no comments, since its sources are published beside it and its maps lead there; declarations have theirs, and are only
// those that the public one leads to. It is half the size of what `tsc` alone makes.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dist = join(root, "dist");

/** The code alone; what it is checked with may not be there. */
const CODE = ["--noCheck", "--removeComments", "--declaration", "false", "--declarationMap", "false"];

function installedCompiler() {
  try {
    return createRequire(import.meta.url).resolve("typescript/bin/tsc");
  } catch {
    return undefined;
  }
}

function run(command, args, { cwd = root, env = process.env } = {}) {
  const shell = process.platform === "win32" && command === "npm";
  const child = spawn(command, args, { cwd, env, shell, stdio: "inherit" });
  return new Promise((done, fail) => {
    child.once("error", fail);
    child.once("close", (code) =>
      code === 0 ? done() : fail(new Error(`tsc ended with exit code ${code}`)),
    );
  });
}

const compile = (compiler, ...options) =>
  run(process.execPath, [compiler, "-p", "tsconfig.build.json", ...options]);

/**
 * `pulumi package add` of a git address, and `npm install --omit=dev`, install no compiler. The types were checked when the sources
 * were written, and nobody reads declarations there.
 */
function compileWithFetched() {
  const { typescript } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).devDependencies;
  const fetched = ["exec", "--yes", `--package=typescript@${typescript}`, "--", "tsc"];
  // npm tells its children how and where it was called: without compilers, and in a folder whose package.json makes npm believe that
  // the compiler is there.
  const told = /^npm_config_(omit|production|local_prefix)$|^NODE_ENV$/i;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !told.test(name)));
  const project = join(root, "tsconfig.build.json");
  return run("npm", [...fetched, "-p", project, ...CODE], { cwd: tmpdir(), env });
}

/** The declaration `file`, and all that it leads to. */
function reachable(file, found = new Set()) {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, path] of readFileSync(file, "utf8").matchAll(/(?:\bfrom |\bimport\()"(\.[^"]+)"/g)) {
    reachable(`${resolve(dirname(file), path)}.d.ts`, found);
  }
  return found;
}

function removeUnreached() {
  const wanted = reachable(join(dist, "index.d.ts"));
  for (const path of readdirSync(dist, { recursive: true })) {
    const declaration = /^(.*\.d\.ts)(\.map)?$/.exec(join(dist, path))?.[1];
    if (declaration && !wanted.has(declaration)) rmSync(join(dist, path));
  }
}

/**
 * Maps each line of the code as a whole, which is what a stack trace and a breakpoint ask for. `tsc` maps every word, and that would be a
 * seventh of the tarball. Without the library maps stay as they are: then nothing is published either.
 */
async function coarsenMaps() {
  const codec = await import("@jridgewell/sourcemap-codec").catch(() => undefined);
  if (codec === undefined) return;
  for (const path of readdirSync(dist, { recursive: true })) {
    if (!path.endsWith(".js.map")) continue;
    const map = JSON.parse(readFileSync(join(dist, path), "utf8"));
    const lines = codec.decode(map.mappings).map((segments) => segments.slice(0, 1));
    writeFileSync(join(dist, path), JSON.stringify({ ...map, mappings: codec.encode(lines) }));
  }
}

// What a file of before was built to would be published with the rest.
rmSync(dist, { recursive: true, force: true });
const compiler = installedCompiler();
if (compiler === undefined) {
  await compileWithFetched();
} else {
  await Promise.all([compile(compiler, "--emitDeclarationOnly"), compile(compiler, ...CODE)]);
  removeUnreached();
  await coarsenMaps();
}
