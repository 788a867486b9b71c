import { setTimeout } from "node:timers/promises";
import type { KubernetesClient } from "../../../lab/plugins/kubernetes/client";
import { metadataText, nameOf } from "../../../lab/plugins/kubernetes/objects";
import { isProperties, type Properties } from "../../../lab/plugins/shared/values";

const POLL_MS = 50;
const COLLECTIONS = [
  "/api/v1/namespaces/default/pods",
  "/api/v1/namespaces/default/serviceaccounts",
  "/apis/batch/v1/namespaces/default/jobs",
];

/**
 * Stands in for a node and for the garbage collector: pods get the status that `statusOf` gives (undefined: they stay as they
 * are), and what is deleted in the foreground goes. The pods name a scheduler that is not there, so that no real node takes
 * them.
 */
export class Keeper {
  private stopped = false;
  private readonly running: Promise<void>;

  constructor(
    private readonly client: KubernetesClient,
    private readonly statusOf: (pod: Properties) => Properties | undefined,
  ) {
    this.running = this.run();
  }

  stop(): Promise<void> {
    this.stopped = true;
    return this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      for (const path of COLLECTIONS) await this.keep(path);
      await setTimeout(POLL_MS);
    }
  }

  private async keep(collection: string): Promise<void> {
    const { items } = await this.client.request({ path: collection });
    for (const object of (Array.isArray(items) ? items : []).filter(isProperties)) {
      const path = `${collection}/${nameOf(object) ?? ""}`;
      const status = collection.endsWith("/pods") ? this.statusOf(object) : undefined;
      if (metadataText(object, "deletionTimestamp") !== undefined)
        await this.patch(path, { metadata: { finalizers: null } });
      else if (status !== undefined) await this.patch(`${path}/status`, { status });
    }
  }

  /** What is gone meanwhile needs no patch. */
  private async patch(path: string, body: Properties): Promise<void> {
    const contentType = "application/merge-patch+json";
    await this.client.request({ method: "PATCH", path, body, contentType }).catch(() => undefined);
  }
}
