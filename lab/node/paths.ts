import * as path from "node:path";

/**
 * Paths of a container and where they really are. The node has no mount namespaces, so what is mounted at
 * `/var/run/secrets/x` lies somewhere in the pod's own folder, and that path is put wherever the other stands in the
 * container's environment, command, arguments and working directory. A path that a program makes up by itself, or
 * reads out of a file, is not translated. Nothing keeps a container from reading what else is on the machine, and a
 * mount that is read-only can be written to.
 */
export class PathTranslation {
  readonly #real = new Map<string, string>();
  #pattern: RegExp | undefined;

  /** `containerPath` is absolute; a trailing slash does not matter. */
  add(containerPath: string, realPath: string): void {
    const from = normalize(containerPath);
    if (from === "/") throw new Error('"/" cannot be mounted');
    this.#real.set(from, realPath);
    // The longest first, for one mount may lie in another.
    const froms = [...this.#real.keys()].sort((a, b) => b.length - a.length).map(escapeRegExp);
    // Not inside a longer path: `/home/data` and `$HOME/data` are other places than `/data`, and so is `/data2`.
    this.#pattern = new RegExp(
      String.raw`(?<![\w.~/\-})]|\$\w+)(file://)?(${froms.join("|")})(?![\w.-])`,
      "g",
    );
  }

  /** `text` with each path of the container's replaced by the real one. */
  translate(text: string): string {
    if (!this.#pattern) return text;
    return text.replace(
      this.#pattern,
      (_all, scheme: string | undefined, from: string) => `${scheme ?? ""}${this.#real.get(from) ?? from}`,
    );
  }
}

function normalize(containerPath: string): string {
  return path.posix.join("/", containerPath).replace(/(.)\/+$/, "$1");
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|-]/g, String.raw`\$&`);
}

/** A path below `folder`; refuses one that leads out of it. */
export function pathBelow(folder: string, relative: string): string {
  const found = path.resolve(folder, relative);
  if (path.isAbsolute(relative) || (found !== folder && !found.startsWith(`${folder}${path.sep}`))) {
    throw new Error(`${JSON.stringify(relative)} is not a path inside of a volume`);
  }
  return found;
}
