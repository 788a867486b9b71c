import * as fs from "node:fs";
import * as net from "node:net";
import { exists, pause } from "../../lab/supervisor/processes";
import { processesOfRun } from "../../lab/supervisor/marker";
import { readRecord } from "../../lab/supervisor/runs";
import type { LabDescription } from "../../lab/types";

/** A lab as its description tells of it; a test's lab may have no stranger. */
export type Described = Omit<LabDescription, "stranger">;

/** What of a lab is still there; nothing of this may outlive it. */
export interface Leftovers {
  processes: number[];
  ports: string[];
  folder: boolean;
}

/** Everything that a lab has while it runs, to be looked for afterwards. */
export class Footprint {
  readonly #pids: number[];

  constructor(private readonly lab: Described) {
    const record = readRecord(lab.directory);
    this.#pids = [lab.supervisorPid, ...(record?.children ?? []).map(({ pid }) => pid)];
  }

  async left(): Promise<Leftovers> {
    const addresses = [...this.lab.clusters.map(({ endpoint }) => endpoint), this.lab.aws.endpointUrl];
    const answering = await Promise.all(
      addresses.map(async (address) => ((await accepts(Number(new URL(address).port))) ? [address] : [])),
    );
    return {
      processes: [...new Set([...processesOfRun(this.lab.runId), ...this.#pids.filter(exists)])],
      ports: answering.flat(),
      folder: fs.existsSync(this.lab.directory),
    };
  }

  /** What is left in the end; it is waited for, for a busy machine may take its time. */
  async leftInTheEnd(): Promise<Leftovers> {
    const deadline = Date.now() + 20_000;
    for (;;) {
      const left = await this.left();
      if ((left.processes.length === 0 && left.ports.length === 0 && !left.folder) || Date.now() > deadline) {
        return left;
      }
      await pause(100);
    }
  }
}

/** What ought to be left of a lab. */
export const NOTHING: Leftovers = { processes: [], ports: [], folder: false };

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => {
      resolve(false);
    });
  });
}

function listeningInodes(table: string): Map<string, string> {
  const rows = fs
    .readFileSync(table, "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/));
  const LISTEN = "0A";
  return new Map(rows.filter((row) => row[3] === LISTEN).map((row) => [row[9] ?? "", row[1] ?? ""]));
}

/** The addresses on which processes listen, in the kernel's own writing: 127.0.0.1 is `0100007F`. Linux only. */
export function listeningAddresses(pids: readonly number[]): string[] {
  const listening = new Map([...listeningInodes("/proc/net/tcp"), ...listeningInodes("/proc/net/tcp6")]);
  return pids.flatMap((pid) =>
    fs.readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        const inode = /^socket:\[(\d+)\]$/.exec(fs.readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? "";
        return listening.get(inode)?.split(":")[0] ?? [];
      } catch {
        return []; // closed meanwhile
      }
    }),
  );
}
