import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { markedProcesses } from "../supervisor/marker";
import { exists, pause, signal } from "../supervisor/processes";
import { FLEET_MARKER } from "./fleet";

/** How long a killed process may take to be gone. */
const PATIENCE = 10_000;

/** Kills the engine of a fleet's project with all its plugins, and waits until they are gone. SIGKILL: none of them can clean up. */
export async function killEngine(project: string): Promise<void> {
  const running = markedProcesses(FLEET_MARKER, project);
  // The engine first: the loss of a plugin is something that it would still write down.
  const engines = running.filter((pid) => !running.includes(parentOf(pid) ?? 0));
  if (engines.length === 0) throw new Error(`no engine of ${project} is running`);
  await killAll([...engines, ...running]);
}

/** Kills the process at the other end of a connection to a gate: the plugin that makes the call. */
export async function killCaller(project: string, port: number): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const caller = markedProcesses(FLEET_MARKER, project).find((pid) => hasConnectionFrom(pid, port));
    if (caller !== undefined) return killAll([caller]);
    // The call is held, so its caller is there: a list of what is open may be of a moment before.
    if (Date.now() > deadline) throw new Error(`nobody in ${project} calls from port ${port}`);
    await pause(20);
  }
}

async function killAll(pids: readonly number[]): Promise<void> {
  for (const pid of pids) signal(pid, "SIGKILL");
  const deadline = Date.now() + PATIENCE;
  while (pids.some(exists)) {
    if (Date.now() > deadline) throw new Error(`processes ${pids.join(", ")} outlive SIGKILL`);
    await pause(20);
  }
}

function parentOf(pid: number): number | undefined {
  try {
    if (process.platform !== "linux") {
      return Number(execFileSync("ps", ["-o", "ppid=", "-p", String(pid)], { encoding: "utf8" }));
    }
    return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  } catch {
    return undefined; // it has just ended
  }
}

/** Has the process a TCP connection that begins at this port of the loopback address? */
function hasConnectionFrom(pid: number, port: number): boolean {
  try {
    return process.platform === "linux" ? hasSocket(pid, socketsFrom(port)) : isListed(pid, port);
  } catch {
    return false; // it is gone, or of another user
  }
}

// https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html: the local address is the second column, the inode the tenth; a
// connection that is closed and waits has none. A port may begin several connections, each to another address.
function socketsFrom(port: number): string[] {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const lines = readFileSync("/proc/net/tcp", "utf8").split("\n");
  const columns = lines.map((line) => line.trim().split(/\s+/)).filter((line) => line[1] === local);
  return columns.flatMap(([, , , , , , , , , inode = "0"]) => (inode === "0" ? [] : [`socket:[${inode}]`]));
}

function hasSocket(pid: number, sockets: string[]): boolean {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).some((fd) => sockets.includes(linkOf(`${folder}/${fd}`) ?? ""));
}

/** Where a link leads; undefined where it is gone: a busy process closes files while they are listed. */
function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function isListed(pid: number, port: number): boolean {
  const args = ["-a", "-p", String(pid), `-iTCP:${port}`, "-nP", "-t"];
  return execFileSync("lsof", args, { encoding: "utf8" }).trim() === String(pid);
}
