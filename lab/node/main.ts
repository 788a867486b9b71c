/**
 * Plays the nodes of all clusters of a lab: `main.ts <settings.json>`. Each container of a pod is a local process. It
 * prints `ready` when every node is registered.
 *
 * Liveness and startup probes, lifecycle hooks and limits of resources are not heeded, and there is no network between
 * pods: what a pod listens on is this machine's.
 */
import { setMaxListeners } from "node:events";
import * as fs from "node:fs";
import { RUN_MARKER } from "../supervisor/marker";
import { endProcess, exitWithParent, onEnd } from "../supervisor/signals";
import { startNode } from "./node";
import { Processes } from "./processes";
import type { NodeSettings } from "./settings";

async function main(): Promise<void> {
  exitWithParent();
  const [settingsFile] = process.argv.slice(2);
  if (!settingsFile) throw new Error("usage: main.ts <settings.json>");
  const settings = JSON.parse(fs.readFileSync(settingsFile, "utf8")) as NodeSettings;
  const processes = new Processes(process.env[RUN_MARKER]);
  const ending = new AbortController();
  setMaxListeners(0, ending.signal); // each pod of each node listens
  onEnd(() => {
    ending.abort();
    processes.killAll();
  });
  // One pod's trouble must not end all others.
  process.on("uncaughtException", (error) => {
    console.error(error);
  });
  process.on("unhandledRejection", (error) => {
    console.error(error);
  });
  await Promise.all(settings.nodes.map((node) => startNode(settings, node, processes, ending.signal)));
  console.log("ready");
}

main().catch((error: unknown) => {
  console.error(error);
  void endProcess(1);
});
