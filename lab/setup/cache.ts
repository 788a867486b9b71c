import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type Waiting, withLock } from "./lock";

/** The folder that holds what the lab needs beyond npm's packages, by version, so that it is got once. */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  const own = env.EKS_IRSA_LAB_CACHE;
  const shared = env.XDG_CACHE_HOME ?? path.join(env.HOME ?? os.homedir(), ".cache");
  return own ? path.resolve(own) : path.join(shared, "eks-irsa-lab");
}

/** Something that is kept in a folder of its own. */
export interface Installation {
  root: string;
  /** The folder's name, with a version in it. */
  folder: string;
  /** The file of interest in that folder; the installation is there when this file is. */
  file: string;
  /** Somebody else is at it. */
  onWait: (waiting: Waiting) => void;
  /** Fills the given folder, which takes its real name only when this has succeeded. */
  build: (partial: string, final: string) => Promise<void>;
}

/** Path of the file of interest if it is installed. */
export function installedFile(what: Pick<Installation, "root" | "folder" | "file">): string | undefined {
  const file = path.join(what.root, what.folder, what.file);
  return fs.existsSync(file) ? file : undefined;
}

/**
 * Installs something unless it is there. Nobody ever sees it half made, and of two who want it at the same time one
 * makes it and the other waits.
 */
export async function installOnce(what: Installation): Promise<string> {
  const file = path.join(what.root, what.folder, what.file);
  if (installedFile(what)) {
    return file;
  }
  fs.mkdirSync(what.root, { recursive: true });
  await withLock(path.join(what.root, "locks", `${what.folder}.lock`), what.onWait, async () => {
    if (!installedFile(what)) {
      await build(what);
    }
  });
  return file;
}

async function build(what: Installation): Promise<void> {
  const final = path.join(what.root, what.folder);
  const prefix = `${what.folder}.partial-`;
  // We hold the lock, so whoever began these is gone.
  for (const entry of fs.readdirSync(what.root).filter((name) => name.startsWith(prefix))) {
    await remove(path.join(what.root, entry));
  }
  const partial = fs.mkdtempSync(path.join(what.root, prefix));
  try {
    await what.build(partial, final);
    if (!fs.existsSync(path.join(partial, what.file))) {
      throw new Error(`${what.folder} was made, but it has no ${what.file}`);
    }
    await remove(final);
    fs.renameSync(partial, final);
  } finally {
    await remove(partial);
  }
}

async function remove(target: string): Promise<void> {
  await fs.promises.rm(target, { recursive: true, force: true, maxRetries: 5 });
}
