import { createHash } from "node:crypto";
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engineEnvironment, projectFolders, writeSettings } from "../../../lab/engine/environment";
import type { EngineStackOptions } from "../../../lab/engine/types";
import { cacheRoot, installOnce } from "../../../lab/setup/cache";
import { runCommand, endOf } from "../../../lab/setup/command";
import { lockedVersion, manifest } from "../manifest";
import { npm } from "../npm";
import { tarball } from "../tarball";
import type { ConsumerProject } from "./programs";

const RUNNER = join(__dirname, "run.cjs");

/** A user's project that has Pulumi's SDKs, and then the package from its tarball. */
export interface Installed {
  folder: string;
  /** Packages (by place in node_modules) that came by installing the tarball. */
  added: string[];
  remove: () => void;
}

/** Makes a project with the SDKs in the versions that the clone has, and installs the tarball into it by npm, which asks nobody. */
export async function install({ files, manifest: more }: ConsumerProject): Promise<Installed> {
  const { file } = await tarball();
  const folder = mkdtempSync(join(tmpdir(), "eks-irsa-consumer-"));
  const remove = () => {
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    linkTree(await sdks(), folder);
    writeFileSync(join(folder, "package.json"), JSON.stringify({ ...sdkManifest(), ...more }));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const before = new Set(placesIn(folder));
    // Whatever it lacked would have to be downloaded, and is refused.
    await npm(folder, "install", file, "--offline", "--ignore-scripts");
    return { folder, added: placesIn(folder).filter((place) => !before.has(place)), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Runs one operation of the project's program in the lab's engine, with the project's own copy of Pulumi's SDK. */
export async function operate(
  operation: "preview" | "up" | "destroy",
  { folder: project }: Pick<Installed, "folder">,
  program: string,
  stack: Omit<EngineStackOptions, "program">,
): Promise<Record<string, unknown>> {
  // The program runs over there.
  const options = { ...stack, program: () => Promise.resolve({}) };
  const folders = projectFolders(options);
  await writeSettings(options, folders);
  const request = {
    ...{ operation, project, program, projectName: options.project },
    ...{ workDir: folders.work, pulumiHome: folders.home, pulumiRoot: options.binaries.pulumiRoot },
  };
  const { exitCode, output } = await runCommand(process.execPath, [RUNNER, JSON.stringify(request)], {
    cwd: project,
    env: { ...process.env, NODE_OPTIONS: undefined, ...engineEnvironment(options, folders) },
  });
  if (exitCode !== 0) throw new Error(`${operation} of ${project}\n${endOf(output, 80)}`);
  return JSON.parse(output.trimEnd().split("\n").at(-1) ?? "") as Record<string, unknown>;
}

/** Packages in a project, by their place. npm writes them down when it has installed. */
export function placesIn(folder: string): string[] {
  const file = join(folder, "node_modules", ".package-lock.json");
  return Object.keys((JSON.parse(readFileSync(file, "utf8")) as { packages: object }).packages);
}

function sdkManifest() {
  const exact = (names: string[]) => Object.fromEntries(names.map((name) => [name, lockedVersion(name)]));
  return {
    name: "consumer",
    version: "1.0.0",
    private: true,
    dependencies: exact(Object.keys(manifest().dependencies)),
    devDependencies: exact(["@types/node", "typescript"]),
  };
}

/** A folder whose node_modules has Pulumi's SDKs and TypeScript: 230 MB, which are kept beside the lab's own parts. */
async function sdks(): Promise<string> {
  const wanted = JSON.stringify(sdkManifest());
  const file = await installOnce({
    root: cacheRoot(),
    folder: `sdks-${createHash("sha256").update(wanted).digest("hex").slice(0, 16)}`,
    file: "node_modules/.package-lock.json",
    onWait: () => undefined,
    build: async (partial) => {
      writeFileSync(join(partial, "package.json"), wanted);
      await npm(partial, "install", "--prefer-offline", "--ignore-scripts");
    },
  });
  return join(file, "..", "..");
}

/** A copy of a folder by hard links, or by copies where the system has no links. What npm writes itself is copied. */
function linkTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkTree(source, target);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else if (/^(\.package-lock|package-lock|package)\.json$/.test(entry.name)) copyFileSync(source, target);
    else link(source, target);
  }
}

function link(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch {
    copyFileSync(source, target);
  }
}
