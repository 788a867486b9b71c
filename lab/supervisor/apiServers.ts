import {
  type ApiServerOptions,
  apiServerName,
  startApiServer,
  type StartedApiServer,
} from "../kubernetes/apiServer";
import { untilReady } from "../kubernetes/cluster";
import type { Children } from "./children";
import { exists, pause, signal } from "./processes";

/** The API servers of a lab, each of which can fail and come back while the lab runs. */
export class ApiServers {
  readonly #options = new Map<string, ApiServerOptions>();

  constructor(private readonly children: Children) {}

  start(options: Omit<ApiServerOptions, "children">): StartedApiServer {
    const complete = { ...options, children: this.children };
    this.#options.set(options.spec.name, complete);
    return startApiServer(complete);
  }

  /** Ends one at once, as a crash would. What it has stored stays in etcd. */
  async stop(cluster: string): Promise<void> {
    this.optionsOf(cluster);
    const pid = this.children.pid(apiServerName(cluster));
    if (pid === undefined) return;
    signal(pid, "SIGKILL");
    while (exists(pid)) await pause(20);
  }

  /** Starts one again that was stopped, at its old address, and waits until it is ready. */
  async restart(cluster: string): Promise<void> {
    const options = this.optionsOf(cluster);
    if (this.children.pid(apiServerName(cluster)) === undefined) {
      await untilReady(startApiServer(options), this.children);
    }
  }

  private optionsOf(cluster: string): ApiServerOptions {
    const options = this.#options.get(cluster);
    if (options === undefined) throw new Error(`the lab has no cluster "${cluster}"`);
    return options;
  }
}
