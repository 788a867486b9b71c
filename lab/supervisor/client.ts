import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import type { Socket } from "node:net";
import * as path from "node:path";
import * as readline from "node:readline";
import { pathToFileURL } from "node:url";
import { type ClusterSpec, labClusters, newIssuerId, strangerCluster } from "../kubernetes/clusters";
import { setUp } from "../setup";
import { cacheRoot } from "../setup/cache";
import type { LabBinaries, LabDescription } from "../types";
import { Answers } from "./answers";
import { lastLines } from "./children";
import { RUN_MARKER } from "./marker";
import { identifySelf } from "./processes";
import type { ClientMessage, StartRequest, SupervisorMessage } from "./protocol";
import { reapRun, reapStaleRuns } from "./reap";
import { createRunFolder, newRunId, runsFolder, writeRecord } from "./runs";
import { endProcess, handleSignals, onEnd, STARTER, unlessEnding } from "./signals";

/** The name of a cluster of the full lab. */
export type LabClusterName = (typeof labClusters)[number]["name"];

/** How a lab is started. */
export interface LabOptions {
  /** Only these clusters; default all three. Fewer start faster. */
  clusters?: readonly LabClusterName[];
  /** Other clusters than these, however many. */
  fleet?: readonly Omit<ClusterSpec, "issuerId">[];
  /** False: without the cluster that nobody lists. */
  stranger?: boolean;
  /** The last part of issuer URLs by cluster name, for runs that must be alike; default random. */
  issuerIds?: Partial<Record<LabClusterName | "stranger", string>>;
  /** The account's quota "Role trust policy length", in characters. Default: 2048, as IAM's. */
  trustPolicyQuota?: number;
  /** Stop the lab at SIGINT, SIGTERM and SIGHUP, then exit. Default true; false where the caller does it. */
  signalHandling?: boolean;
  /** Programs that were set up already; default: `setUp()` sees to them. */
  binaries?: LabBinaries;
  /** What happens in the lab, a line at a time. */
  log?: (line: string) => void;
  /** The supervisor died and took the lab along. Default: say so and end this process with exit code 1. */
  onLost?: (error: Error) => void;
}

/** A running lab. It ends with this process, however that ends, unless it is detached. */
export interface Lab extends LabDescription {
  binaries: LabBinaries;
  /** Ends all processes of the lab. Its folder goes too, unless it is wanted for its logs. */
  stop(options?: { keepFolder?: boolean }): Promise<void>;
  /** Ends the API server of a cluster at once, or starts it again where it was. What the cluster has stored stays. */
  setCluster(name: LabClusterName, wanted: "down" | "up"): Promise<void>;
  /** Lets the lab run on after this process has ended, until `stopLab`. */
  detach(): void;
}

/** A lab in which nobody is a stranger. */
export type LabWithoutStranger = Omit<Lab, "stranger">;

/** Starts a lab: clears away what dead runs left, sets up what is missing, and starts a supervisor with all parts. */
export async function startLab(options: LabOptions & { stranger: false }): Promise<LabWithoutStranger>;
export async function startLab(options?: LabOptions): Promise<Lab>;
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  if (options.signalHandling ?? true) {
    handleSignals();
  }
  try {
    return await start(options);
  } catch (error) {
    await unlessEnding();
    throw error;
  }
}

async function start(options: LabOptions): Promise<Lab> {
  const root = cacheRoot();
  for (const runId of await reapStaleRuns(root)) {
    options.log?.(`cleared away what run ${runId} had left`);
  }
  const binaries = options.binaries ?? (await setUp());
  const runId = newRunId();
  const connection = new Connection(root, {
    runId,
    directory: path.join(runsFolder(root), runId),
    client: identifySelf(),
    binaries,
    ...clusterSpecs(options),
    ...(options.trustPolicyQuota !== undefined && { trustPolicyQuota: options.trustPolicyQuota }),
  });
  const forget = onEnd(() => connection.stop(false));
  try {
    const description = await connection.start(options.log);
    connection.watch(options.onLost ?? reportLoss, forget);
    return {
      ...description,
      binaries,
      stop: async ({ keepFolder = false } = {}) => {
        await connection.stop(keepFolder);
        forget();
      },
      setCluster: (name, wanted) => connection.setCluster(name, wanted),
      detach: () => {
        connection.detach();
        forget();
      },
    };
  } catch (error) {
    await connection.stop(process.env.EKS_IRSA_LAB_KEEP_LOGS === "1");
    forget();
    throw error;
  }
}

function reportLoss(error: Error): void {
  console.error(error.message);
  void endProcess(1);
}

function clusterSpecs(options: LabOptions): Pick<StartRequest, "clusters" | "stranger"> {
  const issuerIds: Partial<Record<string, string>> = options.issuerIds ?? {};
  const withIssuer = (cluster: Omit<ClusterSpec, "issuerId">): ClusterSpec => ({
    ...cluster,
    issuerId: issuerIds[cluster.name] ?? newIssuerId(),
  });
  const wanted = options.fleet ?? labClusters.filter(({ name }) => options.clusters?.includes(name) ?? true);
  return {
    clusters: wanted.map(withIssuer),
    ...(options.stranger === false ? {} : { stranger: withIssuer(strangerCluster) }),
  };
}

/** The pipe to a supervisor. */
class Connection {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #log: string;
  #ended = false;
  #stopped: Promise<void> | undefined;
  readonly #failures = new Answers<string | undefined>();

  constructor(
    root: string,
    private readonly request: StartRequest,
  ) {
    const { runId, directory, client } = request;
    createRunFolder(directory);
    writeRecord(directory, { runId, client, children: [], kept: false });
    this.#log = path.join(directory, "logs", "supervisor.log");
    const log = fs.openSync(this.#log, "a", 0o600);
    this.#child = spawn(
      process.execPath,
      ["--import", pathToFileURL(require.resolve("tsx")).href, path.join(__dirname, "main.ts")],
      {
        cwd: root,
        detached: true,
        stdio: ["pipe", "pipe", log],
        // NODE_OPTIONS was made for this process: a test runner, a debugger. The lab may outlive the starter, if it is kept.
        env: { ...process.env, NODE_OPTIONS: undefined, [STARTER]: undefined, [RUN_MARKER]: runId },
      },
    );
    fs.closeSync(log);
    this.#exited = new Promise((resolve) => {
      this.#child.once("exit", () => {
        this.#ended = true;
        resolve();
      });
      this.#child.once("error", () => {
        this.#ended = true;
        resolve();
      });
    });
    this.#child.stdin?.on("error", () => undefined); // it is gone, which its exit says too
  }

  /** Resolves when the lab is ready. */
  start(log?: (line: string) => void): Promise<LabDescription> {
    this.write(this.request);
    return new Promise((resolve, reject) => {
      const output = this.#child.stdout;
      if (!output) {
        throw new Error("the supervisor has no output");
      }
      readline.createInterface({ input: output }).on("line", (line) => {
        const message = JSON.parse(line) as SupervisorMessage;
        if (message.say === "log") {
          log?.(message.line);
        } else if (message.say === "ready") {
          resolve(message.lab);
        } else if (message.say === "done") {
          this.#failures.came(message.id, message.failure);
        } else {
          reject(new Error(`The lab did not start: ${message.message}`));
        }
      });
      void this.#exited.then(() => {
        reject(new Error(`The lab's supervisor ended while it was starting:\n${lastLines(this.#log)}`));
      });
    });
  }

  /** From now on: a caller that has nothing more to do may end, and the loss of the supervisor is noticed. */
  watch(onLost: (error: Error) => void, forget: () => void): void {
    this.hold(false);
    void this.#exited.then(async () => {
      if (!this.#stopped) {
        const log = lastLines(this.#log);
        this.#stopped = reapRun(this.request.directory);
        await this.#stopped;
        forget();
        onLost(new Error(`The lab's supervisor ended; everything of the lab was ended too.\n${log}`));
      }
    });
  }

  async stop(keepFolder: boolean): Promise<void> {
    this.#stopped ??= this.stopOnce(keepFolder);
    await this.#stopped;
  }

  private async stopOnce(keepFolder: boolean): Promise<void> {
    this.hold(true);
    this.write({ say: "stop", keepFolder });
    this.#child.stdin?.end();
    const overdue = setTimeout(() => this.#child.kill("SIGKILL"), 8_000);
    await this.#exited;
    clearTimeout(overdue);
    await reapRun(this.request.directory, { keepFolder }); // nothing to do, unless the supervisor could not
  }

  async setCluster(name: string, wanted: "down" | "up"): Promise<void> {
    const { id, answer } = this.#failures.next();
    this.hold(true);
    this.write({ say: "cluster", id, name, wanted });
    const lost = this.#exited.then(() => "the lab's supervisor ended");
    const failure = await Promise.race([answer, lost]);
    this.hold(false);
    if (failure !== undefined) {
      throw new Error(`the API server of ${name} cannot be made to go ${wanted}: ${failure}`);
    }
  }

  detach(): void {
    this.#stopped = Promise.resolve();
    this.write({ say: "keep" });
    this.#child.stdin?.end();
    this.#child.stdout?.destroy();
    this.#child.unref();
  }

  private write(message: ClientMessage | StartRequest): void {
    if (!this.#ended) {
      this.#child.stdin?.write(`${JSON.stringify(message)}\n`);
    }
  }

  /** Whether the supervisor keeps this process from ending by itself. */
  private hold(held: boolean): void {
    const pipes = [this.#child.stdin, this.#child.stdout] as (Socket | null)[];
    for (const handle of [this.#child, ...pipes]) {
      if (held) {
        handle?.ref();
      } else {
        handle?.unref();
      }
    }
  }
}
