import { isProperties, type Properties } from "../shared/values";
import type { Sleep } from "./apply";
import { namespaceOrDefault } from "./check";
import { ApiError, type KubernetesClient } from "./client";
import { pathOf, type Kind } from "./kinds";
import { annotationOf, metadataText } from "./objects";
import { skipsWaiting, timeLimit } from "./wait";

const POLL_MS = 200;
/** Kinds known here of which `pulumi.com/skipAwait` skips the wait for deletion too (allowsSkipAwaitWithDelete). */
const SKIPPING = ["Job", "Namespace", "Pod"];

/** The object was told to go and is still there. */
export class StillThere extends Error {
  constructor(
    readonly object: Properties,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Deletes an object and waits until it is gone; one that is gone already is fine. Deletion in
 * https://github.com/pulumi/pulumi-kubernetes/blob/0012b9d2d0417b46995cabe1edb9f659fbb65d7f/provider/pkg/await/await.go
 */
export async function deleteObject(
  client: KubernetesClient,
  kind: Kind,
  name: string,
  inputs: Properties,
  live: Properties,
  waiting: { timeout: number | undefined; sleep: Sleep; signal: AbortSignal },
): Promise<void> {
  const path = pathOf(kind, namespaceOrDefault(live), name);
  const options = {
    apiVersion: "v1",
    kind: "DeleteOptions",
    propagationPolicy: propagationOf(inputs),
  };
  const answer = await unlessGone(client.request({ method: "DELETE", path, body: options }));
  if (answer === undefined || (skipsWaiting(inputs) && SKIPPING.includes(kind.kind))) return;
  const uid = metadataText(live, "uid");

  const deadline = Date.now() + timeLimit(waiting.timeout, inputs);
  for (;;) {
    const object = await unlessGone(client.request({ path }));
    // Of the same name, but another: somebody was quicker to make it anew than we were to look.
    if (object === undefined || (uid !== undefined && metadataText(object, "uid") !== uid)) return;
    if (waiting.signal.aborted) {
      throw new StillThere(object, `Resource operation was cancelled for "${name}"`);
    }
    if (Date.now() > deadline) {
      throw new StillThere(
        object,
        `Timed out waiting for deletion of ${kind.apiVersion}/${kind.kind} "${name}"${finalizersOf(object)}`,
      );
    }
    await waiting.sleep(POLL_MS, waiting.signal);
  }
}

/**
 * Foreground: what the object owns goes before it. The cluster's garbage collector does that, and takes the finalizer
 * `foregroundDeletion` off then; without one no deletion would end. DeletionPropagation in
 * https://github.com/pulumi/pulumi-kubernetes/blob/006584288e2fd8835ccd577a9548d3d8062fd920/provider/pkg/metadata/overrides.go
 */
function propagationOf(inputs: Properties): string {
  switch (annotationOf(inputs, "pulumi.com/deletionPropagationPolicy")?.toLowerCase()) {
    case "orphan":
      return "Orphan";
    case "background":
      return "Background";
    default:
      return "Foreground";
  }
}

function finalizersOf(object: Properties): string {
  const lists = [object.metadata, object.spec].map((part) => (isProperties(part) ? part.finalizers : []));
  const names = lists
    .flatMap((list) => (Array.isArray(list) ? list : []))
    .filter((item) => typeof item === "string");
  return names.length === 0 ? "" : `; finalizers might be preventing deletion (${names.join(", ")})`;
}

async function unlessGone(request: Promise<Properties>): Promise<Properties | undefined> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return undefined;
    throw error;
  }
}
