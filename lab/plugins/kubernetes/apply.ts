import type { EngineLog } from "../shared/engine-log";
import { uniqueName } from "../shared/unique-name";
import { isProperties, type Properties } from "../shared/values";
import { namespaceOrDefault } from "./check";
import { ApiError, type KubernetesClient } from "./client";
import { ignoreFields } from "./ignore";
import { pathOf, type Kind } from "./kinds";
import { annotationOf, metadataOf, nameOf } from "./objects";
import { takeOverFields } from "./takeover";

/** One object to be applied. */
export interface Application {
  kind: Kind;
  inputs: Properties;
  fieldManager: string;
  preview: boolean;
  log: EngineLog;
}

/** The preview cannot be made against the cluster as it is now: show the inputs. */
export class PreviewImpossible extends Error {}

/** Passes the time; comes back early when the signal is aborted. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>;

const RETRIES = 5;
const FIRST_PAUSE_MS = 1000;

/**
 * Creates an object by server-side apply. Like the real plugin, it takes over an object that is there already (and fails
 * on a conflict if another field manager holds a field that differs), and tries again for half a minute while the
 * namespace is not there. Creation in
 * https://github.com/pulumi/pulumi-kubernetes/blob/0012b9d2d0417b46995cabe1edb9f659fbb65d7f/provider/pkg/await/await.go
 */
export async function createObject(
  client: KubernetesClient,
  application: Application,
  sleep: Sleep,
  signal: AbortSignal,
): Promise<Properties> {
  for (let attempt = 0; ; attempt++) {
    try {
      const applied = await applyForCreate(client, application);
      return application.preview ? applied : await liveOr(client, application.kind, applied);
    } catch (error) {
      const missing = error instanceof ApiError && error.code === 404;
      if (application.preview && missing && isNamespaceMissing(error)) {
        throw new PreviewImpossible(error.message, { cause: error });
      }
      if (!missing || attempt >= RETRIES || signal.aborted) throw error;
      await sleep(FIRST_PAUSE_MS * 2 ** attempt, signal);
    }
  }
}

async function applyForCreate(client: KubernetesClient, application: Application): Promise<Properties> {
  const force = application.preview || isForced(application.inputs);
  try {
    return await apply(client, application, force, { fieldValidation: "Warn" });
  } catch (error) {
    // A replacement cannot be tried out on the object that it replaces: under another name it can. The real plugin does
    // this for these words of the server only: a pod's "pod updates may not change fields other than …" fails the preview
    // (https://github.com/pulumi/pulumi-kubernetes/issues/3984 shows it for a StatefulSet).
    const immutable = error instanceof ApiError && error.message.includes("field is immutable");
    if (!application.preview || !immutable) throw error;
    const metadata = metadataOf(application.inputs);
    const previewName = uniqueName(nameOf(application.inputs) ?? "", new Uint8Array(), 5);
    await application.log(
      "info",
      `Preview creation failed due to immutable fields; retrying with name "${previewName}"`,
    );
    const renamed = { ...application.inputs, metadata: { ...metadata, name: previewName } };
    return apply(client, { ...application, inputs: renamed }, force, {});
  }
}

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
  const ours = preview ? live : await takeOver(client, path, live, fieldManager);
  const desired = ignoreFields(inputs, ours, fieldManager, ignoreChanges);
  const applied = await apply(client, { ...application, inputs: desired }, isForced(inputs), {});
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

async function apply(
  client: KubernetesClient,
  { kind, inputs, fieldManager, preview }: Application,
  force: boolean,
  query: Record<string, string>,
): Promise<Properties> {
  try {
    return await client.request({
      method: "PATCH",
      path: pathOf(kind, namespaceOrDefault(inputs), nameOf(inputs) ?? ""),
      query: { ...query, fieldManager, force: String(force), ...(preview ? { dryRun: "All" } : {}) },
      body: inputs,
      contentType: "application/apply-patch+yaml", // JSON is YAML
    });
  } catch (error) {
    if (error instanceof ApiError && error.code === 409) throw conflict(error, fieldManager);
    throw error;
  }
}

// The object exists from here on: a failure to read it again must not hide that.
async function liveOr(client: KubernetesClient, kind: Kind, applied: Properties): Promise<Properties> {
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

// patchForce in the plugin's await.go; a preview of a creation always forces, so that a replacement is in no conflict
// with what it replaces.
function isForced(inputs: Properties): boolean {
  if (annotationOf(inputs, "pulumi.com/patchForce") === "true") return true;
  return process.env.PULUMI_K8S_ENABLE_PATCH_FORCE === "true";
}

function isNamespaceMissing(error: ApiError): boolean {
  const { details } = error.status;
  return isProperties(details) && details.kind === "namespaces";
}
