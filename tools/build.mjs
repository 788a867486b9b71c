// What `npm run build` runs: makes dist/ anew. The code has no comments, since its sources are published beside it and its maps lead
// there; declarations have theirs, and are only those that the public one leads to. It is half the size of what `tsc` alone makes.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dist = join(root, "dist");
const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");

function compile(...options) {
  const child = spawn(process.execPath, [compiler, "-p", "tsconfig.build.json", ...options], {
    cwd: root,
    stdio: "inherit",
  });
  return new Promise((done, fail) => {
    child.once("error", fail);
    child.once("close", (code) =>
      code === 0 ? done() : fail(new Error(`tsc ended with exit code ${code}`)),
    );
  });
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

rmSync(dist, { recursive: true, force: true });
await Promise.all([
  compile("--emitDeclarationOnly"),
  // The other one checks the types.
  compile("--noCheck", "--removeComments", "--declaration", "false", "--declarationMap", "false"),
]);
const wanted = reachable(join(dist, "index.d.ts"));
for (const path of readdirSync(dist, { recursive: true })) {
  const declaration = /^(.*\.d\.ts)(\.map)?$/.exec(join(dist, path))?.[1];
  if (declaration && !wanted.has(declaration)) rmSync(join(dist, path));
}
