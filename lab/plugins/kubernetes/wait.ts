import type { EngineLog } from "../shared/engine-log";
import type { Properties } from "../shared/values";
import type { Sleep } from "./apply";
import { namespaceOrDefault } from "./check";
import { listOf } from "./checks";
import type { KubernetesClient } from "./client";
import { follow } from "./follow";
import { collectionOf, POD, type Kind } from "./kinds";
import { annotationOf, nameOf } from "./objects";
import { readinessOf, type Readiness } from "./readiness";

const DEFAULT_TIMEOUT_S = 600;
const LONGEST_MS = 2 ** 31 - 1; // of a timer

/** The object exists, and is not ready. */
export class NotReady extends Error {
  constructor(
    readonly object: Properties,
    message: string,
    readonly troubles: string[],
  ) {
    super(message);
  }
}

export interface Waiting {
  /** Seconds, from the resource's `customTimeouts`. */
  timeout: number | undefined;
  log: EngineLog;
  sleep: Sleep;
  signal: AbortSignal;
}

/** Does the object say that nobody is to wait for it? */
export const skipsWaiting = (inputs: Properties): boolean =>
  annotationOf(inputs, "pulumi.com/skipAwait") === "true";

/**
 * The time that is granted, in milliseconds: the resource option's before the annotation's. TimeoutDuration in
 * https://github.com/pulumi/pulumi-kubernetes/blob/006584288e2fd8835ccd577a9548d3d8062fd920/provider/pkg/metadata/overrides.go
 */
export function timeLimit(timeout: number | undefined, inputs: Properties): number {
  const annotated = annotationOf(inputs, "pulumi.com/timeoutSeconds") ?? "";
  const seconds = /^[+-]?\d+$/.test(annotated) ? Number(annotated) : DEFAULT_TIMEOUT_S;
  return Math.min((timeout ?? seconds) * 1000, LONGEST_MS);
}

/**
 * Waits until an object that was applied is ready; resolves to the object as it is then. The kinds that are waited for are
 * Pod and Job. The real plugin has more, of which only a Secret of type `kubernetes.io/service-account-token` could be
 * deployed here, and it also shows the warnings among the cluster's events.
 *
 * As in the real plugin the limit is counted from the last change that was seen, not from the start: a pod that crashes
 * again and again has more time than the limit says.
 */
export async function waitUntilReady(
  client: KubernetesClient,
  kind: Kind,
  inputs: Properties,
  applied: Properties,
  waiting: Waiting,
): Promise<Properties> {
  const readiness = skipsWaiting(inputs) ? undefined : readinessOf(kind, waiting.log);
  if (readiness === undefined) return applied;
  const ready = await watchUntilReady(client, kind, applied, readiness, {
    ...waiting,
    limit: timeLimit(waiting.timeout, inputs),
  });
  await waiting.log("info", "", true); // clears what was shown
  return ready;
}

function watchUntilReady(
  client: KubernetesClient,
  kind: Kind,
  applied: Properties,
  readiness: Readiness,
  { limit, sleep, signal }: Waiting & { limit: number },
): Promise<Properties> {
  const name = nameOf(applied) ?? "";
  const namespace = namespaceOrDefault(applied);
  const watching = new AbortController();
  return new Promise((resolve, reject) => {
    let seen = applied;
    let timer: NodeJS.Timeout | undefined;
    const end = (problem?: string): void => {
      clearTimeout(timer);
      watching.abort();
      signal.removeEventListener("abort", cancel);
      if (problem === undefined) resolve(seen);
      else reject(new NotReady(seen, problem, readiness.troubles()));
    };
    const cancel = (): void => {
      end(`Resource operation was cancelled for "${name}"`);
    };
    const renew = (): void => {
      clearTimeout(timer);
      timer = setTimeout(end, limit, `'${name}' timed out waiting to be Ready`);
    };
    const onObject = (object: Properties): void => {
      if (watching.signal.aborted) return;
      seen = object;
      renew();
      const state = readiness.see(object);
      if (state === "ready") end();
      else if (state === "failed") end(failedToInitialize(name));
    };
    const onPod = (pod: Properties): void => {
      if (!watching.signal.aborted && readiness.seePod?.(seen, pod) === true) renew();
    };

    if (signal.aborted) {
      cancel();
      return;
    }
    signal.addEventListener("abort", cancel);
    renew();
    const only = { fieldSelector: `metadata.name=${name}` };
    void follow(client, collectionOf(kind, namespace), only, onObject, sleep, watching.signal);
    if (readiness.seePod === undefined) return;
    void follow(client, collectionOf(POD, namespace), {}, onPod, sleep, watching.signal);
  });
}

const failedToInitialize = (name: string): string =>
  `Resource '${name}' was created but failed to initialize`;

/** Looks once, at a refresh: throws {@link NotReady} for what is not ready. */
export async function checkReady(
  client: KubernetesClient,
  kind: Kind,
  inputs: Properties,
  live: Properties,
  log: EngineLog,
): Promise<void> {
  const readiness = skipsWaiting(inputs) ? undefined : readinessOf(kind, log);
  if (readiness === undefined) return;
  if (readiness.see(live) === "ready") {
    await log("info", "", true);
    return;
  }
  if (readiness.seePod !== undefined) {
    // Errors are left out, as by the real plugin: what is known of the object itself is enough.
    const pods = await client
      .request({ path: collectionOf(POD, namespaceOrDefault(live)) })
      .catch(() => ({}));
    for (const pod of listOf(pods, "items")) readiness.seePod(live, pod);
  }
  throw new NotReady(live, failedToInitialize(nameOf(live) ?? ""), readiness.troubles());
}
