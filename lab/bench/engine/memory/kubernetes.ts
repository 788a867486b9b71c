import { randomUUID } from "node:crypto";
import type { ApiRequest, KubernetesClient } from "../../../plugins/kubernetes/client";
import type { Connected } from "../../../plugins/kubernetes/connection";
import { isProperties, type Properties } from "../../../plugins/shared/values";

const MADE = "2026-01-01T00:00:00Z";

/**
 * A cluster that is a map: it keeps the objects that are posted, with what an API server adds to them, and gives them back.
 * That is all that an `up` and a preview without changes ask for.
 */
export function memoryCluster(): Connected {
  const objects = new Map<string, Properties>();
  const request = (asked: ApiRequest): Promise<Properties> => {
    const { method = "GET", path, query } = asked;
    const kept = objects.get(path);
    if (method === "GET" && kept !== undefined) return Promise.resolve(kept);
    if (method !== "POST" || !isProperties(asked.body)) {
      return Promise.reject(new Error(`the cluster in memory has no answer to ${method} ${path}`));
    }
    const object = asStored(asked.body, query?.fieldManager ?? "");
    const { name } = metadataOf(object);
    if (query?.dryRun === undefined && typeof name === "string") objects.set(`${path}/${name}`, object);
    return Promise.resolve(object);
  };
  return { connection: { client: { request } as unknown as KubernetesClient }, defaultNamespace: "default" };
}

function metadataOf({ metadata }: Properties): Properties {
  return isProperties(metadata) ? metadata : {};
}

function asStored(object: Properties, manager: string): Properties {
  const metadata = metadataOf(object);
  const { annotations } = metadata;
  const owned = isProperties(annotations) ? Object.keys(annotations) : [];
  return {
    ...object,
    metadata: {
      ...metadata,
      creationTimestamp: MADE,
      resourceVersion: "100",
      uid: randomUUID(),
      managedFields: [
        {
          apiVersion: "v1",
          fieldsType: "FieldsV1",
          fieldsV1: {
            "f:metadata": {
              "f:annotations": Object.fromEntries(
                [".", ...owned.map((key) => `f:${key}`)].map((key) => [key, {}]),
              ),
            },
          },
          manager,
          operation: "Update",
          time: MADE,
        },
      ],
    },
  };
}
