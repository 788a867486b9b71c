import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { ServiceAccountPatch } from "@pulumi/kubernetes/core/v1/serviceAccountPatch";
import * as pulumi from "@pulumi/pulumi";
import { isRecord } from "../trust/values";
import { lateProblems } from "./problems";
import type { SettingsPath } from "./serviceAccountSettings";

type Texts = { [key: string]: pulumi.Input<string> };

/** What is applied to a ServiceAccount that exists. */
export interface PatchedMetadata {
  name: string;
  namespace: pulumi.Input<string>;
  annotations?: Texts;
  labels?: Texts;
}

/**
 * Applies annotations and labels to a ServiceAccount that exists. The field manager is the one that the Kubernetes plugin makes up
 * for each patch and keeps in the state: with one name for all, a second patch of the same ServiceAccount would take the first
 * one's keys away.
 *
 * The ServiceAccount is read first, since server-side apply makes what is not there. It is read by the URN that it has where it is
 * created here: so the engine lets a ServiceAccount go that is patched from now on, and does not delete it.
 * @see https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/
 */
export function patchServiceAccount(
  name: string,
  metadata: PatchedMetadata,
  force: boolean,
  opts: pulumi.CustomResourceOptions,
  where: SettingsPath,
): ServiceAccountPatch {
  const { parent, provider } = opts;
  const existing = ServiceAccount.get(name, pulumi.interpolate`${metadata.namespace}/${metadata.name}`, {
    ...(parent && { parent }),
    ...(provider && { provider }),
  });
  const free = (part: "annotations" | "labels", values: Texts) =>
    force ? values : unlessTaken(existing, part, values, { ...where, patched: name });
  return new ServiceAccountPatch(
    name,
    {
      metadata: {
        name: metadata.name,
        namespace: metadata.namespace,
        annotations: {
          ...free("annotations", metadata.annotations ?? {}),
          // It is read from the object, and stands there as long as the patch does.
          ...(force && { "pulumi.com/patchForce": "true" }),
        },
        ...(metadata.labels && { labels: free("labels", metadata.labels) }),
      },
    },
    pulumi.mergeOptions(opts, { dependsOn: existing }),
  );
}

/** Each value as it is, once it is known that nobody else sets another: a preview of a patch does not ask the API server. */
function unlessTaken(
  { metadata }: ServiceAccount,
  part: "annotations" | "labels",
  values: Texts,
  where: SettingsPath & { patched: string },
): Texts {
  const checked = Object.entries(values).map(([key, wanted]): [string, pulumi.Output<string>] => [
    key,
    pulumi.all([metadata, wanted]).apply(([live, value]) => {
      const others = otherOwners(live, part, key, value);
      if (others.length > 0) {
        const reason =
          `cannot be applied by "${where.patched}": ${part}[${JSON.stringify(key)}] of the ServiceAccount has another value, set by ` +
          `${others.join(", ")}. Take it out there, or set forceConflicts to true, which takes it over`;
        throw lateProblems(where.what, [{ propertyPath: where.path, reason }], where.resource);
      }
      return value;
    }),
  ]);
  return Object.fromEntries(checked);
}

/** Who, other than a Pulumi program, has set a key to another value. */
function otherOwners(live: unknown, part: "annotations" | "labels", key: string, value: string): string[] {
  const { [part]: texts, managedFields } = isRecord(live) ? live : {};
  if (!isRecord(texts) || !(key in texts) || texts[key] === value || !Array.isArray(managedFields)) {
    return [];
  }
  const managers = managedFields.filter(isRecord).flatMap(({ manager, fieldsV1 }) => {
    const fields = at(at(at(fieldsV1, "f:metadata"), `f:${part}`), `f:${key}`);
    return typeof manager === "string" && fields !== undefined ? [manager] : [];
  });
  // Ours may be among those, by the name that only the plugin knows: of them the API server judges.
  return [...new Set(managers)].filter((manager) => !manager.startsWith("pulumi-kubernetes"));
}

function at(fields: unknown, key: string): unknown {
  return isRecord(fields) ? fields[key] : undefined;
}
