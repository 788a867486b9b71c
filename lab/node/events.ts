import * as crypto from "node:crypto";
import { isGone, type Api } from "./api";
import { kubernetesTime, type Pod } from "./objects";

/** Something to be told about a pod. */
export interface PodEvent {
  type: "Normal" | "Warning";
  reason: string;
  message: string;
  /** The part of the pod: `spec.containers{name}`. */
  fieldPath?: string;
}

/** How many kinds of event are remembered, to count them instead of writing them again. */
const REMEMBERED = 500;

/** Writes events, one after the other, in the name of one part of the node. */
export class Events {
  readonly #known = new Map<string, { name: string; count: number }>();
  #last: Promise<void> = Promise.resolve();

  constructor(
    private readonly api: Api,
    private readonly source: { component: string; host?: string },
    private readonly log: (line: string) => void,
  ) {}

  record(pod: Pick<Pod, "metadata">, event: PodEvent): void {
    this.#last = this.#last
      .then(() => this.write(pod, event))
      .catch((error: unknown) => {
        // An event of a namespace that is ending is refused, and missed by nobody.
        if (!isGone(error)) this.log(`event ${event.reason} was not written: ${String(error)}`);
      });
  }

  private async write({ metadata }: Pick<Pod, "metadata">, event: PodEvent): Promise<void> {
    const { namespace, name, uid } = metadata;
    const path = `/api/v1/namespaces/${namespace}/events`;
    const key = JSON.stringify([uid, event]);
    const known = this.#known.get(key);
    const now = kubernetesTime(Date.now());
    if (known) {
      known.count++;
      const body = { count: known.count, lastTimestamp: now };
      await this.api.call({ method: "PATCH", path: `${path}/${known.name}`, body });
      return;
    }
    const eventName = `${name}.${crypto.randomBytes(8).toString("hex")}`;
    const { type, reason, message, fieldPath } = event;
    await this.api.call({
      method: "POST",
      path,
      body: {
        apiVersion: "v1",
        kind: "Event",
        metadata: { name: eventName, namespace },
        involvedObject: { apiVersion: "v1", kind: "Pod", namespace, name, uid, fieldPath },
        type,
        reason,
        message: message.slice(0, 1_024), // as much as the API server takes
        source: this.source,
        reportingComponent: this.source.component,
        reportingInstance: this.source.host ?? "",
        firstTimestamp: now,
        lastTimestamp: now,
        count: 1,
      },
    });
    const [oldest] = this.#known.keys();
    if (this.#known.size >= REMEMBERED && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(key, { name: eventName, count: 1 });
  }
}
