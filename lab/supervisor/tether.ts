import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

let setpriv: string | false | undefined;

/** By absolute path, since a command may be given an environment with another PATH. */
function findSetpriv(): string | false {
  if (process.platform !== "linux") {
    return false;
  }
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  const file = folders.map((folder) => path.resolve(folder, "setpriv")).find((found) => fs.existsSync(found));
  const works = file && spawnSync(file, ["--pdeathsig", "KILL", "true"], { stdio: "ignore" }).status === 0;
  return works ? file : false;
}

/**
 * A command line that ends with its parent, even if that is killed with SIGKILL, where the system can do that (Linux, by
 * util-linux' setpriv, which then becomes the command: the pid stays). Elsewhere the command as it is: what is left
 * over is found by the run's marker.
 */
export function tether(command: string, args: readonly string[]): [string, string[]] {
  setpriv ??= findSetpriv();
  return setpriv ? [setpriv, ["--pdeathsig", "KILL", "--", command, ...args]] : [command, [...args]];
}
