import type { NodeContext } from "./environment";
import type { Pod } from "./objects";
import { PodRunner } from "./pod";

/** All pods of a node. */
export class Pods {
  readonly #runners = new Map<string, PodRunner>();

  constructor(private readonly node: NodeContext) {}

  /** Runs what the API server binds to the node. Resolves when `signal` ends it. */
  async run(signal: AbortSignal): Promise<void> {
    const deleted = ({ metadata }: Pick<Pod, "metadata">) => {
      this.forget(metadata.uid);
    };
    const changed = (pod: Pod) => {
      this.take(pod);
    };
    const all = (pods: Pod[]) => {
      const present = new Set(pods.map(({ metadata }) => metadata.uid));
      const gone = [...this.#runners.keys()].filter((uid) => !present.has(uid));
      gone.forEach((uid) => {
        this.forget(uid);
      });
      pods.forEach(changed);
    };
    const selector = `spec.nodeName%3D${this.node.name}`;
    await this.node.api.watch<Pod>("/api/v1/pods", selector, { all, changed, deleted }, signal);
  }

  /** The pod of a name; of two, of which one is ending, the one that came last. */
  find(namespace: string, name: string): PodRunner | undefined {
    return [...this.#runners.values()]
      .reverse()
      .find(({ pod: { metadata } }) => metadata.namespace === namespace && metadata.name === name);
  }

  private take(pod: Pod): void {
    const known = this.#runners.get(pod.metadata.uid);
    if (known) {
      known.update(pod);
      return;
    }
    const runner = new PodRunner(this.node, pod);
    this.#runners.set(pod.metadata.uid, runner);
    runner.start();
  }

  private forget(uid: string): void {
    const runner = this.#runners.get(uid);
    this.#runners.delete(uid);
    runner?.vanished().catch((error: unknown) => {
      this.node.log(`pod ${runner.pod.metadata.name} could not be cleared away: ${String(error)}`);
    });
  }
}
