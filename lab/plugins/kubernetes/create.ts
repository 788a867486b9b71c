import { uniqueName } from "../shared/unique-name";
import { isProperties, type Properties } from "../shared/values";
import { apply, liveOr, PreviewImpossible, type Application, type Sleep } from "./apply";
import { namespaceOrDefault } from "./check";
import { ApiError, type KubernetesClient } from "./client";
import { isForced } from "./force";
import { collectionOf } from "./kinds";
import { metadataOf, nameOf } from "./objects";

const RETRIES = 5;
const FIRST_PAUSE_MS = 1000;

/**
 * Creates an object, and tries again for half a minute while the namespace is not there. Creation in
 * https://github.com/pulumi/pulumi-kubernetes/blob/0012b9d2d0417b46995cabe1edb9f659fbb65d7f/provider/pkg/await/await.go
 *
 * Since 4.29 an object that exists already is refused, by a plain POST, unless the provider's `upsertExistingObjects` is set:
 * https://github.com/pulumi/pulumi-kubernetes/pull/4278. A Patch is applied: to what exists, and what does not exist is
 * made of it (https://github.com/pulumi/pulumi-kubernetes/issues/2194).
 */
export async function createObject(
  client: KubernetesClient,
  application: Application,
  sleep: Sleep,
  signal: AbortSignal,
): Promise<Properties> {
  const upserts = application.kind.patch === true || application.settings.upsertExistingObjects;
  const create = upserts ? applyForCreate : post;
  for (let attempt = 0; ; attempt++) {
    try {
      const created = await create(client, application);
      return application.preview ? created : await liveOr(client, application.kind, created);
    } catch (error) {
      if (application.preview && isInTheWay(error)) {
        throw new PreviewImpossible((error as Error).message, { cause: error });
      }
      const missing = error instanceof ApiError && error.code === 404;
      if (!missing || attempt >= RETRIES || signal.aborted) throw error;
      await sleep(FIRST_PAUSE_MS * 2 ** attempt, signal);
    }
  }
}

function post(client: KubernetesClient, application: Application): Promise<Properties> {
  const { kind, inputs, fieldManager, preview } = application;
  return client.request({
    method: "POST",
    path: collectionOf(kind, namespaceOrDefault(inputs)),
    query: { fieldManager, ...(preview ? { dryRun: "All" } : {}) },
    body: inputs,
  });
}

async function applyForCreate(client: KubernetesClient, application: Application): Promise<Properties> {
  const force = isForced(application, undefined);
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

/**
 * May the update be able to do what cannot be tried out now? The namespace may be made until then, and what is replaced may be
 * gone. So the preview does not tell of an object that is nobody's and exists already: Create in
 * https://github.com/pulumi/pulumi-kubernetes/blob/010f5d8e95e3cc9a384442e8239310d51fdc052e/provider/pkg/provider/provider.go
 */
function isInTheWay(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  const { details } = error.status;
  const namespaceIsMissing = error.code === 404 && isProperties(details) && details.kind === "namespaces";
  return namespaceIsMissing || error.reason === "AlreadyExists";
}
