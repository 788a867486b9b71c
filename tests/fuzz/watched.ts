import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { wrong, type Outcome } from "./outcome";
import type { TargetName } from "./targets";
import type { Sent } from "./worker";

/** Milliseconds after which a case hangs. Far more than any needs, on a busy machine too. */
const LONGEST_CASE = 10_000;
const MOST_MEMORY_MB = 1_024;

/**
 * Tries cases in a thread of its own, which is ended when it gives no answer or takes all memory: code that hangs cannot be
 * stopped from inside.
 */
export class WatchedThread {
  #worker: Worker | undefined;
  #before: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly file = join(__dirname, "worker.ts"),
    private readonly longest = LONGEST_CASE,
  ) {}

  /** Starts the thread, which takes its time: what it imports is not small. */
  async ready(): Promise<void> {
    this.#worker ??= await this.#start();
  }

  /** One case after the other: a hunt whose time is up may leave one behind that is still being tried. */
  judge(target: TargetName, value: unknown): Promise<Outcome> {
    const outcome = this.#before.then(() => this.#judge(target, value));
    this.#before = outcome.catch(() => undefined);
    return outcome;
  }

  async #judge(target: TargetName, value: unknown): Promise<Outcome> {
    const worker = (this.#worker ??= await this.#start());
    const sent: Sent = { target, value };
    const timeout = new AbortController();
    const timer = setTimeout(() => {
      timeout.abort();
    }, this.longest);
    try {
      worker.postMessage(sent);
      const [outcome] = (await once(worker, "message", { signal: timeout.signal })) as [Outcome];
      return outcome;
    } catch (error) {
      await this.stop();
      return timeout.signal.aborted
        ? wrong(`${target}: hangs: no answer in ${this.longest / 1_000} s`)
        : wrong(`${target}: the thread ended: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      clearTimeout(timer);
    }
  }

  async stop(): Promise<void> {
    await this.#worker?.terminate();
    this.#worker = undefined;
  }

  async #start(): Promise<Worker> {
    // The hooks by which this thread reads TypeScript are not handed on.
    const start = [require.resolve("tsx/cjs"), this.file].map((file) => `require(${JSON.stringify(file)});`);
    const worker = new Worker(start.join(""), {
      eval: true,
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
    });
    await once(worker, "message");
    return worker;
  }
}
