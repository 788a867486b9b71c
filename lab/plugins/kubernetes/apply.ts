import type { EngineLog } from "../shared/engine-log";
import type { Properties } from "../shared/values";
import { namespaceOrDefault } from "./check";
import { ApiError, type ApiRequest, type KubernetesClient } from "./client";
import { isForced } from "./force";
import { ignoreFields } from "./ignore";
import { pathOf, type Kind } from "./kinds";
import { nameOf } from "./objects";
import type { Settings } from "./settings";
import { takeOverFields } from "./takeover";

/** One object to be created or applied. */
export interface Application {
  kind: Kind;
  inputs: Properties;
  fieldManager: string;
  preview: boolean;
  settings: Pick<Settings, "upsertExistingObjects" | "enablePatchForce">;
  log: EngineLog;
}

/** The preview cannot be made against the cluster as it is now: show the inputs. */
export class PreviewImpossible extends Error {}

/** Passes the time; comes back early when the signal is aborted. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>;

/** Updates an object by server-side apply: ssaUpdate in the plugin's await.go. */
export async function updateObject(
  client: KubernetesClient,
  application: Application,
  oldLive: Properties,
  ignoreChanges: string[],
): Promise<Properties> {
  const { kind, inputs, fieldManager, preview } = application;
  const path = pathOf(kind, namespaceOrDefault(oldLive), nameOf(oldLive) ?? "");
  const live = await client.request({ path });
  // What a Patch does not speak of is not its own, whoever wrote it.
  const ours = preview || kind.patch ? live : await takeOver(client, path, live, fieldManager);
  const desired = ignoreFields(inputs, ours, fieldManager, ignoreChanges);
  const applied = await apply(client, { ...application, inputs: desired }, isForced(application, ours), {});
  return preview ? applied : liveOr(client, kind, applied);
}

async function takeOver(
  client: KubernetesClient,
  path: string,
  live: Properties,
  fieldManager: string,
): Promise<Properties> {
  const value = takeOverFields(live, fieldManager);
  if (value === undefined) return live;
  return client.request({
    method: "PATCH",
    path,
    body: [{ op: "replace", path: "/metadata/managedFields", value }],
    contentType: "application/json-patch+json",
  });
}

/** Applies an object, in a preview without effect. */
export async function apply(
  client: KubernetesClient,
  { kind, inputs, fieldManager, preview }: Application,
  force: boolean,
  query: Record<string, string>,
): Promise<Properties> {
  const how = { ...query, fieldManager, force: String(force), ...(preview ? { dryRun: "All" } : {}) };
  try {
    return await client.request(applyRequest(kind, inputs, how));
  } catch (error) {
    if (error instanceof ApiError && error.reason === "Conflict") throw conflict(error, fieldManager);
    throw error;
  }
}

/** The request of a server-side apply. */
export function applyRequest(kind: Kind, object: Properties, query: Record<string, string>): ApiRequest {
  return {
    method: "PATCH",
    path: pathOf(kind, namespaceOrDefault(object), nameOf(object) ?? ""),
    query,
    body: object,
    contentType: "application/apply-patch+yaml", // JSON is YAML
  };
}

/** The object as it is; it exists from here on: a failure to read it again must not hide that. */
export async function liveOr(client: KubernetesClient, kind: Kind, applied: Properties): Promise<Properties> {
  const path = pathOf(kind, namespaceOrDefault(applied), nameOf(applied) ?? "");
  return client.request({ path }).catch(() => applied);
}

const CONFLICT_GUIDE =
  "https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/#handle-field-conflicts-on-existing-resources";

function conflict(error: ApiError, manager: string): Error {
  return new Error(
    `Server-Side Apply field conflict detected. See ${CONFLICT_GUIDE} for troubleshooting help.\n` +
      `The resource managed by field manager "${manager}" had an apply conflict: ${error.message}`,
    { cause: error },
  );
}
