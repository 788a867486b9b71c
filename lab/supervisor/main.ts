/**
 * The process that a lab hangs on. It starts the parts and ends them when its client says so, or when its standard
 * input ends, which it does however the client may die. It is in a session of its own, so Ctrl-C does not reach it.
 */
import * as readline from "node:readline";
import { ETCD } from "../kubernetes/etcd";
import type { LabDescription } from "../types";
import { ApiServers } from "./apiServers";
import { Children } from "./children";
import { endAll, processesOfRun, RUN_MARKER } from "./marker";
import { startPartsWithRetry } from "./parts";
import { identify, identifySelf } from "./processes";
import type { ClientMessage, StartRequest, SupervisorMessage } from "./protocol";
import { removeRunFolder, type RunRecord, writeDescription, writeRecord } from "./runs";

/** How long a part may take to end by itself. API servers need about a second. */
const GRACE = 1_500;

/** The client must find all gone within five seconds of its death. */
class Supervisor {
  readonly #children: Children;
  readonly #apiServers: ApiServers;
  readonly #record: RunRecord;
  readonly #environment: NodeJS.ProcessEnv;
  #stopping = false;
  #keepFolder = process.env.EKS_IRSA_LAB_KEEP_LOGS === "1";

  constructor(private readonly request: StartRequest) {
    const { runId, client } = request;
    this.#record = { runId, client, supervisor: identifySelf(), children: [], kept: false };
    this.#environment = { ...process.env, [RUN_MARKER]: runId };
    this.#children = new Children(request.directory, this.#environment, {
      changed: (pids) => {
        this.#record.children = pids.flatMap((pid) => identify(pid) ?? []);
        this.writeRecord();
      },
      ended: (name, how) => {
        if (!this.#stopping) {
          tell({ say: "log", line: `${name} ended: ${how}` });
        }
      },
    });
    this.#apiServers = new ApiServers(this.#children);
    this.writeRecord();
  }

  async start(): Promise<void> {
    try {
      const parts = await startPartsWithRetry(
        this.request,
        this.#children,
        this.#apiServers,
        this.#environment,
      );
      // Whoever asked for no stranger is given a type without one.
      const lab = parts as LabDescription;
      writeDescription(this.request.directory, lab);
      tell({ say: "ready", lab });
    } catch (error) {
      if (!this.#stopping) {
        console.error(error);
        tell({ say: "failed", message: error instanceof Error ? error.message : String(error) });
        await this.stop();
      }
    }
  }

  hear(message: ClientMessage): void {
    if (message.say === "keep") {
      this.#record.kept = true;
      this.writeRecord();
    } else if (message.say === "cluster") {
      void this.setCluster(message);
    } else {
      this.#keepFolder = message.keepFolder;
      void this.stop();
    }
  }

  private async setCluster({ id, name, wanted }: ClientMessage & { say: "cluster" }): Promise<void> {
    try {
      await (wanted === "down" ? this.#apiServers.stop(name) : this.#apiServers.restart(name));
      tell({ say: "done", id });
    } catch (error) {
      tell({ say: "done", id, failure: error instanceof Error ? error.message : String(error) });
    }
  }

  clientGone(): void {
    if (!this.#record.kept) {
      void this.stop();
    }
  }

  async stop(): Promise<void> {
    if (this.#stopping) {
      return;
    }
    this.#stopping = true;
    const { runId, directory } = this.request;
    const left = () => processesOfRun(runId, this.#children.pids());
    // An API server whose etcd has gone hangs in its own shutdown and keeps its port, so etcd comes last.
    await endAll(() => left().filter((pid) => pid !== this.#children.pid(ETCD)), GRACE);
    await endAll(left, 0);
    if (this.#keepFolder) {
      this.#record.finished = true;
      this.writeRecord();
    } else {
      await removeRunFolder(directory);
    }
    process.exit(0);
  }

  private writeRecord(): void {
    writeRecord(this.request.directory, this.#record);
  }
}

function tell(message: SupervisorMessage): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function main(): void {
  process.stdout.on("error", () => undefined); // the client is gone; its end of our input says so too
  let supervisor: Supervisor | undefined;
  const input = readline.createInterface({ input: process.stdin });
  input.on("line", (line) => {
    if (supervisor) {
      supervisor.hear(JSON.parse(line) as ClientMessage);
    } else {
      supervisor = new Supervisor(JSON.parse(line) as StartRequest);
      void supervisor.start();
    }
  });
  input.on("close", () => {
    if (supervisor) {
      supervisor.clientGone();
    } else {
      process.exit(1);
    }
  });
  for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.on(name, () => void supervisor?.stop());
  }
  process.on("uncaughtException", (error) => {
    console.error(error);
    tell({ say: "failed", message: `the supervisor failed: ${error.message}` });
    void supervisor?.stop();
  });
}

main();
