import { setTimeout as delay } from "node:timers/promises";
import type { Api } from "./api";
import type { Events } from "./events";
import type { Processes } from "./processes";

/** What the pods of one node have in common. */
export interface NodeContext {
  name: string;
  /** As the node. */
  api: Api;
  events: Events;
  processes: Processes;
  /** Holds a folder for each pod. */
  directory: string;
  /** PATH of a container, unless its pod says another. */
  searchPath: string;
  /** What takes the place of the network: where the lab's AWS and the node's own metadata are. */
  variables: Record<string, string>;
  log: (line: string) => void;
}

/** Waits; less if `signal` ends it. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => undefined);
}
