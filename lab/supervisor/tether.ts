import { spawnSync } from "node:child_process";

let tethers: boolean | undefined;

/**
 * A command line that ends with its parent, even if that is killed with SIGKILL, where the system can do that (Linux, by
 * util-linux' setpriv, which then becomes the command: the pid stays). Elsewhere the command as it is: what is left
 * over is found by the run's marker.
 */
export function tether(command: string, args: readonly string[]): [string, string[]] {
  tethers ??=
    process.platform === "linux" &&
    spawnSync("setpriv", ["--pdeathsig", "KILL", "true"], { stdio: "ignore" }).status === 0;
  return tethers ? ["setpriv", ["--pdeathsig", "KILL", "--", command, ...args]] : [command, [...args]];
}
