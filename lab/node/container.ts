import type { ChildProcessWithoutNullStreams } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { BackOff, formatDelay } from "./backOff";
import { commandIn, type ContainerBox, makeBox, StartError } from "./containerCommand";
import { ContainerLog } from "./containerLog";
import { type NodeContext, pause } from "./environment";
import { awaitImage, RETRY, type Teller } from "./imageSearch";
import type { Image } from "./images";
import { type Container, type ContainerStatus, describePod, kubernetesTime, type Pod } from "./objects";
import { type CommandResult, probeReadiness } from "./probe";
import { restarts } from "./status";
import { lastWords, type RunEnd, terminatedState } from "./terminated";
import type { ReadData } from "./variables";

/** What a container needs of its pod. */
export interface ContainerSurroundings {
  pod: () => Pod;
  /** Of this container alone. */
  folder: string;
  volume: (name: string) => string;
  read: ReadData;
  /** Its state is another now. */
  changed: () => void;
  /** Not to be started (again). */
  signal: AbortSignal;
}

const MOST_PROBE_OUTPUT = 10_240;

/** One container of a pod: its runs, one after the other, and what is to be told of it. */
export class ContainerRunner {
  readonly status: ContainerStatus;
  /** Logs of this run and the one before. */
  log: ContainerLog | undefined;
  previousLog: ContainerLog | undefined;
  readonly #backOff = new BackOff();
  #box: ContainerBox | undefined;
  #pid: number | undefined;
  readonly #helpers = new Set<number>();

  constructor(
    private readonly node: NodeContext,
    readonly container: Container,
    private readonly kind: "init" | "main",
    private readonly around: ContainerSurroundings,
    before: ContainerStatus | undefined,
    waiting: string,
  ) {
    // After a restart of the node none of its containers is there any more.
    const lastState = before?.state.terminated ? before.state : (before?.lastState ?? {});
    this.status = {
      name: container.name,
      image: container.image,
      imageID: "",
      ready: false,
      started: false,
      restartCount: before ? before.restartCount + (before.containerID ? 1 : 0) : 0,
      state: { waiting: { reason: waiting } },
      lastState,
    };
  }

  /** Runs it until it is not to be started again. Resolves with its last exit code, if it ever ran to an end. */
  async run(): Promise<number | undefined> {
    const { signal } = this.around;
    for (;;) {
      const image = await awaitImage(this.container, this.teller, signal);
      const box = image && (await this.makeBox(image));
      if (!box) return undefined;
      const { exitCode, finished } = await this.runOnce(box);
      const { restartPolicy } = this.around.pod().spec;
      if (signal.aborted || (this.kind === "init" && exitCode === 0) || !restarts(restartPolicy, exitCode)) {
        return exitCode;
      }
      await this.waitBackOff(finished);
      if (isAborted(signal)) return exitCode;
      this.status.restartCount++;
    }
  }

  /** Sends a signal to all of its processes. */
  kill(name: NodeJS.Signals): void {
    if (this.#pid !== undefined) this.node.processes.kill(this.#pid, name);
  }

  get running(): boolean {
    return this.#pid !== undefined;
  }

  /** Starts a further command in it. */
  exec(command: string[], ended: (exitCode: number, pid: number) => void): ChildProcessWithoutNullStreams {
    if (!this.#box || !this.running) throw new StartError(`container not found ("${this.container.name}")`);
    const texts = command.map((text) => this.#box?.paths.translate(text) ?? text);
    const child = this.node.processes.start(commandIn(this.#box, texts), (exitCode) => {
      this.#helpers.delete(child.pid ?? 0);
      ended(exitCode, child.pid ?? 0);
    });
    this.#helpers.add(child.pid ?? 0);
    return child;
  }

  event(type: "Normal" | "Warning", reason: string, message: string): void {
    const list = this.kind === "init" ? "initContainers" : "containers";
    const fieldPath = `spec.${list}{${this.container.name}}`;
    this.node.events.record(this.around.pod(), { type, reason, message, fieldPath });
  }

  private readonly teller: Teller = {
    event: (type, reason, message) => {
      this.event(type, reason, message);
    },
    wait: (reason, message) => {
      this.wait(reason, message);
    },
  };

  private wait(reason: string, message?: string): void {
    this.status.state = { waiting: { reason, ...(message ? { message } : {}) } };
    this.around.changed();
  }

  private async makeBox(image: Image): Promise<ContainerBox | undefined> {
    const { folder, volume, read, signal, pod } = this.around;
    const attempt = path.join(folder, String(this.status.restartCount));
    fs.rmSync(path.join(folder, String(this.status.restartCount - 1)), { recursive: true, force: true });
    while (!signal.aborted) {
      try {
        const places = { folder: attempt, volume };
        this.#box = await makeBox(this.node, pod(), this.container, image, places, read);
        this.status.imageID = image.id;
        return this.#box;
      } catch (error) {
        const message = (error as Error).message;
        this.event("Warning", "Failed", `Error: ${message}`);
        this.wait("CreateContainerConfigError", message);
        await pause(RETRY, signal);
      }
    }
    return undefined;
  }

  /** One run, from its start to its end. */
  private runOnce(box: ContainerBox): Promise<{ exitCode: number; finished: number }> {
    this.previousLog = this.log;
    const log = new ContainerLog(path.join(this.around.folder, `${this.status.restartCount % 2}.log`));
    this.log = log;
    this.event("Normal", "Created", "Container created");
    const started = Date.now();
    let child: ChildProcessWithoutNullStreams;
    const probing = new AbortController();
    return new Promise((resolve) => {
      const ended = (exitCode: number, signalNumber: number, why?: string) => {
        probing.abort();
        log.end();
        const finished = Date.now();
        this.terminated(box, log, { exitCode, signalNumber, started, finished, why });
        resolve({ exitCode, finished });
      };
      try {
        child = this.node.processes.start(commandIn(box, box.command), (exitCode, signalNumber) => {
          this.#pid = undefined;
          for (const pid of this.#helpers) this.node.processes.kill(pid, "SIGKILL");
          // What it wrote last may still be on its way.
          void Promise.race([closed, pause(2_000)]).then(() => {
            ended(exitCode, signalNumber);
          });
        });
      } catch (error) {
        const why = `failed to create task for container: ${(error as Error).message}`;
        this.event("Warning", "Failed", `Error: ${why}`);
        ended(128, 0, why);
        return;
      }
      const closed = new Promise((done) => child.once("close", done));
      child.stdin.end();
      child.stdout.on("data", (chunk: Buffer) => {
        log.write("stdout", chunk);
      });
      child.stderr.on("data", (chunk: Buffer) => {
        log.write("stderr", chunk);
      });
      this.#pid = child.pid;
      this.begun(child.pid ?? 0, started, probing.signal);
      if (this.around.signal.aborted) this.kill("SIGTERM");
    });
  }

  private begun(pid: number, started: number, probing: AbortSignal): void {
    const { name, readinessProbe } = this.container;
    Object.assign(this.status, {
      state: { running: { startedAt: kubernetesTime(started) } },
      containerID: `process://${pid}-${this.around.pod().metadata.uid}-${name}-${this.status.restartCount}`,
      started: true,
      ready: this.kind === "main" && !readinessProbe,
    });
    this.event("Normal", "Started", "Container started");
    this.around.changed();
    if (!readinessProbe || this.kind === "init") return;
    const prober = {
      run: (command: string[], timeoutSeconds: number) => this.runToEnd(command, timeoutSeconds),
      pause: (milliseconds: number) => pause(milliseconds, probing),
      unhealthy: (message: string) => {
        this.event("Warning", "Unhealthy", message);
      },
      ready: (ready: boolean) => {
        if (this.status.ready === ready || probing.aborted) return;
        this.status.ready = ready;
        this.around.changed();
      },
    };
    void probeReadiness(readinessProbe, prober, probing);
  }

  private terminated(box: ContainerBox, log: ContainerLog, end: RunEnd): void {
    const { terminationMessagePolicy } = this.container;
    this.status.state = terminatedState(
      { ...end, containerID: this.status.containerID },
      end.why ?? lastWords(box.terminationMessage, log, { terminationMessagePolicy, exitCode: end.exitCode }),
    );
    this.status.started = false;
    this.status.ready = this.kind === "init" && end.exitCode === 0;
    this.around.changed();
  }

  private async waitBackOff(finished: number): Promise<void> {
    const wait = this.#backOff.delayAfter(finished);
    const ended = this.status.state;
    if (wait > 0) {
      const { name } = this.container;
      const pod = describePod(this.around.pod());
      this.event("Warning", "BackOff", `Back-off restarting failed container ${name} in pod ${pod}`);
      const message = `back-off ${formatDelay(wait)} restarting failed container=${name} pod=${pod}`;
      this.status.lastState = ended;
      this.wait("CrashLoopBackOff", message);
      await pause(finished + wait - Date.now(), this.around.signal);
    }
    this.status.lastState = ended;
    this.#backOff.next(finished, Date.now());
  }

  private runToEnd(command: string[], timeoutSeconds: number): Promise<CommandResult> {
    return new Promise((resolve) => {
      let output = "";
      const keep = (chunk: Buffer) => {
        output = `${output}${chunk.toString("utf8")}`.slice(0, MOST_PROBE_OUTPUT);
      };
      try {
        const child = this.exec(command, (exitCode) => {
          clearTimeout(overdue);
          resolve({ exitCode, output });
        });
        const overdue = setTimeout(() => {
          resolve({ exitCode: undefined, output });
          if (child.pid !== undefined) this.node.processes.kill(child.pid, "SIGKILL");
        }, timeoutSeconds * 1_000);
        child.stdin.end();
        child.stdout.on("data", keep);
        child.stderr.on("data", keep);
      } catch (error) {
        resolve({ exitCode: 126, output: (error as Error).message });
      }
    });
  }
}

/** For a signal that was not aborted when it was looked at last. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
