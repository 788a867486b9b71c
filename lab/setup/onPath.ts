import * as fs from "node:fs";
import * as path from "node:path";
import { runCommand } from "./command";
import type { Part } from "./parts";

type Version = [number, number, number];

/** The first version number in a text. */
export function parseVersion(text: string): Version | undefined {
  const found = /(\d+)\.(\d+)\.(\d+)/.exec(text);
  return found ? [Number(found[1]), Number(found[2]), Number(found[3])] : undefined;
}

/** Whether a version will do where `oldest` would: as new or newer, of the same major version. */
export function isGoodEnough(version: Version, oldest: Version): boolean {
  if (version[0] !== oldest[0]) {
    return false;
  }
  return version[1] !== oldest[1] ? version[1] > oldest[1] : version[2] >= oldest[2];
}

/** A program that is on this machine already, or why none will do. */
export type Found = { path: string; version: string } | { reason: string };

function candidates(part: Part, env: NodeJS.ProcessEnv): string[] {
  const folders = [
    part.folderVariable && env[part.folderVariable],
    ...(env.PATH ?? "").split(path.delimiter),
  ];
  return folders
    .flatMap((folder) => (folder ? [path.resolve(folder, part.name)] : []))
    .filter((file) => {
      try {
        fs.accessSync(file, fs.constants.X_OK);
        return fs.statSync(file).isFile();
      } catch {
        return false;
      }
    });
}

/** Looks for a program where the user may have put it, and asks each that is found for its version. */
export async function findOnPath(part: Part, env: NodeJS.ProcessEnv): Promise<Found> {
  if (part.versionArgs === undefined) {
    return { reason: "not looked for, since it does not tell its version" };
  }
  const oldest = parseVersion(part.oldest);
  const unfit: string[] = [];
  for (const file of candidates(part, env)) {
    const { output } = await runCommand(file, part.versionArgs, {
      env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
      timeout: 10_000,
    });
    const version = parseVersion(output);
    if (version && oldest && isGoodEnough(version, oldest)) {
      return { path: file, version: version.join(".") };
    }
    unfit.push(`${file} is ${version ? `v${version.join(".")}` : "of an unknown version"}`);
  }
  const where = part.folderVariable ? `neither in $${part.folderVariable} nor on PATH` : "not on PATH";
  return { reason: unfit.length > 0 ? unfit.join(", ") : where };
}
