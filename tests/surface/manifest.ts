import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/root";

/** Of package.json, what tests read. */
export interface Manifest {
  name: string;
  version: string;
  files: string[];
  engines: { node: string };
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
  peerDependenciesMeta: Record<string, { optional?: boolean }>;
}

/** A package in package-lock.json. */
export interface Locked {
  version: string;
  integrity?: string;
  resolved?: string;
  link?: boolean;
}

/** The package.json of a project. */
export function manifest(folder = ROOT): Manifest {
  return readJson(join(folder, "package.json")) as Manifest;
}

/** The packages of package-lock.json, by their place (`node_modules/…`). */
export function lockedPackages(): Record<string, Locked> {
  const { packages } = readJson(join(ROOT, "package-lock.json")) as { packages: Record<string, Locked> };
  return Object.fromEntries(Object.entries(packages).filter(([place]) => place !== ""));
}

/** The version of a package that the clone has. */
export function lockedVersion(name: string): string {
  const locked = lockedPackages()[`node_modules/${name}`];
  if (!locked) throw new Error(`package-lock.json has no ${name}`);
  return locked.version;
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, "utf8"));
}
