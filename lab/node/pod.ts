import * as fs from "node:fs";
import * as path from "node:path";
import { ApiError, isGone } from "./api";
import { ContainerRunner, type ContainerSurroundings } from "./container";
import { type NodeContext, pause } from "./environment";
import { type Container, type ContainerStatus, kubernetesTime, type Pod } from "./objects";
import { ADDRESS, type Failure, podStatus, type PodState } from "./status";
import { PodObjects } from "./podObjects";
import { makeVolume } from "./volumes";

const DEFAULT_GRACE = 30;

/** One pod from its binding to its end. */
export class PodRunner {
  readonly init: ContainerRunner[];
  readonly main: ContainerRunner[];
  readonly #objects: PodObjects;
  readonly #ending = new AbortController();
  readonly #folder: string;
  #pod: Pod;
  #state: Omit<PodState, "init" | "main">;
  #publishing: Promise<void> | undefined;
  #dirty = false;
  #running: Promise<void> = Promise.resolve();
  #removing = false;
  #gone = false;
  #deadline: NodeJS.Timeout | undefined;

  constructor(
    private readonly node: NodeContext,
    pod: Pod,
  ) {
    this.#pod = pod;
    this.#folder = path.join(node.directory, pod.metadata.uid);
    this.#objects = new PodObjects(node, () => this.#pod);
    const startTime = pod.status?.startTime ?? kubernetesTime(Date.now());
    this.#state = { prepared: false, ended: false, startTime };
    const { initContainers = [], containers } = pod.spec;
    const waiting = initContainers.length ? "PodInitializing" : "ContainerCreating";
    const make =
      (kind: "init" | "main", statuses: ContainerStatus[] = []) =>
      (container: Container) => {
        const before = statuses.find(({ name }) => name === container.name);
        return new ContainerRunner(node, container, kind, this.surroundings(container), before, waiting);
      };
    this.init = initContainers.map(make("init", pod.status?.initContainerStatuses));
    this.main = containers.map(make("main", pod.status?.containerStatuses));
  }

  get pod(): Pod {
    return this.#pod;
  }

  find(container: string): ContainerRunner | undefined {
    return [...this.init, ...this.main].find((one) => one.container.name === container);
  }

  /** Begins; what became of the pod is told to the API server. */
  start(): void {
    const { phase } = this.#pod.status ?? {};
    if (phase === "Succeeded" || phase === "Failed") {
      this.#gone = true; // it has ended before this process began, and nothing is to be said of it any more
    } else {
      this.#running = this.run()
        .catch((error: unknown) => {
          this.node.log(`pod ${this.#pod.metadata.name}: ${String(error)}`);
        })
        .finally(() => {
          this.#objects.stop();
          clearTimeout(this.#deadline);
        });
      this.watchDeadline();
    }
    this.update(this.#pod);
  }

  /** The pod's object is another now. */
  update(pod: Pod): void {
    if (Number(pod.metadata.resourceVersion) >= Number(this.#pod.metadata.resourceVersion)) {
      this.#pod = pod;
    }
    if (pod.metadata.deletionTimestamp === undefined || this.#removing) return;
    this.#removing = true;
    void this.remove(pod.metadata.deletionGracePeriodSeconds ?? DEFAULT_GRACE).catch((error: unknown) => {
      this.node.log(`pod ${pod.metadata.name} could not be removed: ${String(error)}`);
    });
  }

  /** The pod's object is no more, and nobody waits for its containers. */
  async vanished(): Promise<void> {
    this.#gone = true;
    await this.stop(0);
    this.clean();
  }

  private async run(): Promise<void> {
    this.changed();
    if (!(await this.makeVolumes())) return;
    this.#state.prepared = true;
    this.changed();
    for (const container of this.init) {
      const exitCode = await container.run();
      if (exitCode !== 0 || this.#ending.signal.aborted) return;
    }
    await Promise.all(this.main.map((container) => container.run()));
    this.changed();
  }

  /** False if the pod is to end before its volumes are there. */
  private async makeVolumes(): Promise<boolean> {
    const { signal } = this.#ending;
    for (let delay = 500; !signal.aborted; delay = Math.min(delay * 2, 120_000)) {
      let failing = "";
      try {
        this.refuseUnknown();
        for (const volume of this.#pod.spec.volumes ?? []) {
          failing = volume.name;
          await makeVolume(this.#pod, volume, this.volumeFolder(volume.name), {
            read: this.#objects.read,
            keepToken: this.#objects.keepToken,
            address: ADDRESS,
          });
        }
        return !isAborted(signal);
      } catch (error) {
        this.#objects.stop();
        const what = failing ? `MountVolume.SetUp failed for volume ${JSON.stringify(failing)} : ` : "";
        const reason = failing ? "FailedMount" : "FailedCreatePodContainer";
        const message = `${what}${(error as Error).message}`;
        this.node.events.record(this.#pod, { type: "Warning", reason, message });
        await pause(delay, signal);
      }
    }
    return false;
  }

  private refuseUnknown(): void {
    const beside = this.#pod.spec.initContainers?.find(({ restartPolicy }) => restartPolicy === "Always");
    if (beside) throw new Error(`the lab's node runs no init container beside the others, as ${beside.name}`);
  }

  private watchDeadline(): void {
    const seconds = this.#pod.spec.activeDeadlineSeconds;
    if (seconds === undefined) return;
    const left = Date.parse(this.#state.startTime) + seconds * 1_000 - Date.now();
    this.#deadline = setTimeout(
      () => {
        // Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/active_deadline.go
        const message = "Pod was active on the node longer than the specified deadline";
        this.node.events.record(this.#pod, { type: "Normal", reason: "DeadlineExceeded", message });
        void this.fail({ reason: "DeadlineExceeded", message });
      },
      Math.min(Math.max(left, 0), 2 ** 31 - 1),
    );
  }

  private async fail(failure: Failure): Promise<void> {
    this.#state.failure = failure;
    this.changed();
    await this.stop(this.#pod.spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE);
    this.changed();
  }

  /** Asks all containers to end, and makes them when `graceSeconds` have gone. */
  private async stop(graceSeconds: number): Promise<void> {
    this.#state.ended = true;
    this.#ending.abort();
    clearTimeout(this.#deadline);
    const running = [...this.init, ...this.main].filter((container) => container.running);
    for (const container of running) {
      // Its pod may be no more, and with it the namespace that the event would go into.
      if (!this.#gone) container.event("Normal", "Killing", `Stopping container ${container.container.name}`);
      container.kill(graceSeconds > 0 ? "SIGTERM" : "SIGKILL");
    }
    const overdue = setTimeout(() => {
      for (const container of running) container.kill("SIGKILL");
    }, graceSeconds * 1_000);
    await this.#running;
    clearTimeout(overdue);
    this.#objects.stop();
  }

  private async remove(graceSeconds: number): Promise<void> {
    await this.stop(graceSeconds);
    if (!this.#gone) this.changed();
    await this.#publishing;
    const { namespace, name, uid } = this.#pod.metadata;
    const body = { gracePeriodSeconds: 0, preconditions: { uid } };
    await this.insist(() =>
      this.node.api.call({ method: "DELETE", path: `/api/v1/namespaces/${namespace}/pods/${name}`, body }),
    );
    this.clean();
  }

  private clean(): void {
    fs.rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Tells the API server of the state there is when it comes to it. */
  private changed(): void {
    this.#dirty = true;
    this.#publishing ??= this.publish().finally(() => {
      this.#publishing = undefined;
    });
  }

  private async publish(): Promise<void> {
    await Promise.resolve(); // for further changes of the present turn
    while (this.#dirty && !this.#gone) {
      this.#dirty = false;
      const { namespace, name, uid } = this.#pod.metadata;
      const path = `/api/v1/namespaces/${namespace}/pods/${name}/status`;
      await this.insist(async () => {
        const init = this.init.map(({ status }) => status);
        const main = this.main.map(({ status }) => status);
        const status = podStatus(this.#pod, { ...this.#state, init, main }, Date.now());
        this.update(
          await this.node.api.call<Pod>({ method: "PATCH", path, body: { metadata: { uid }, status } }),
        );
      });
    }
  }

  /** Does a call until the server answers; it may be away for a while. */
  private async insist(call: () => Promise<unknown>): Promise<void> {
    for (let delay = 200; !this.#gone; delay = Math.min(delay * 2, 5_000)) {
      try {
        await call();
        return;
      } catch (error) {
        if (isGone(error)) return;
        const refused = error instanceof ApiError && error.status === 422;
        this.node.log(`pod ${this.#pod.metadata.name}: ${String(error)}`);
        if (refused) return;
        await pause(delay);
      }
    }
  }

  private volumeFolder(name: string): string {
    return path.join(this.#folder, "volumes", name);
  }

  private surroundings({ name }: Container): ContainerSurroundings {
    const folder = path.join(this.#folder, "containers", name);
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    return {
      pod: () => this.#pod,
      folder,
      volume: (volume) => this.volumeFolder(volume),
      read: (kind, object) => this.#objects.read(kind, object),
      changed: () => {
        this.changed();
      },
      signal: this.#ending.signal,
    };
  }
}

/** For a signal that was not aborted when it was looked at last. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
