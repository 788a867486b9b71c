import type { Properties } from "../shared/values";
import type { Sleep } from "./apply";
import { listOf, partOf, textOf } from "./checks";
import type { KubernetesClient } from "./client";

const RETRY_MS = 1000;

/**
 * Calls back with the objects of a collection as they are, and as they change or go, until the signal is aborted. What
 * the server refuses is asked again, without end, as client-go's informers do it:
 * https://github.com/kubernetes/client-go/blob/v0.34.0/tools/cache/reflector.go
 */
export async function follow(
  client: KubernetesClient,
  path: string,
  query: Record<string, string>,
  onObject: (object: Properties) => void,
  sleep: Sleep,
  signal: AbortSignal,
): Promise<void> {
  let version: string | undefined;
  while (!signal.aborted) {
    try {
      version ??= await list(client, path, query, onObject);
      for await (const event of client.watch(path, { ...query, resourceVersion: version }, signal)) {
        const object = partOf(event, "object");
        // The version is too old to go on from (410 Gone), or the server has another trouble: look at all anew.
        if (event.type === "ERROR") throw new Error(textOf(object.message));
        version = textOf(partOf(object, "metadata").resourceVersion);
        onObject(object);
      }
    } catch {
      version = undefined;
      await sleep(RETRY_MS, signal);
    }
  }
}

async function list(
  client: KubernetesClient,
  path: string,
  query: Record<string, string>,
  onObject: (object: Properties) => void,
): Promise<string> {
  const answer = await client.request({ path, query });
  listOf(answer, "items").forEach(onObject);
  return textOf(partOf(answer, "metadata").resourceVersion);
}
