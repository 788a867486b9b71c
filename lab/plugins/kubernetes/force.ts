import type { Properties } from "../shared/values";
import type { Application } from "./apply";
import { annotationOf, managedFieldsOf } from "./objects";

/** What wrote fields by other requests than apply: the plugin's versions before server-side apply. */
const WITHOUT_APPLY = ["pulumi-resource-kubernetes", "pulumi-kubernetes", "pulumi-kubernetes.exe"];

/**
 * Are fields taken from others that hold them with another value? `live` is the object before; undefined: it is created.
 * patchForce in
 * https://github.com/pulumi/pulumi-kubernetes/blob/0012b9d2d0417b46995cabe1edb9f659fbb65d7f/provider/pkg/await/await.go
 * with the provider's argument before the environment, as 4.29 documents it, and objects without a record of managers as
 * in https://github.com/pulumi/pulumi-kubernetes/pull/3275.
 *
 * A preview takes no fields over before it applies, and so is forced where the update will take them over: so it is for
 * what a creation without apply left under our own name. That is inferred: the source of 4.29 was not to be had, and
 * without it the preview of every first update would fail.
 */
export function isForced(
  { kind, inputs, fieldManager, preview, settings }: Application,
  live: Properties | undefined,
): boolean {
  if (annotationOf(inputs, "pulumi.com/patchForce") === "true") return true;
  if (settings.enablePatchForce !== undefined) return settings.enablePatchForce;
  // A replacement would be in conflict with what it replaces.
  if (live === undefined) return preview;
  const managed = managedFieldsOf(live);
  const names = kind.patch ? WITHOUT_APPLY : [...WITHOUT_APPLY, fieldManager];
  const isPrevious = ({ operation, manager }: Properties) =>
    operation === "Update" && typeof manager === "string" && names.includes(manager);
  return managed.length === 0 || (preview && managed.some(isPrevious));
}
