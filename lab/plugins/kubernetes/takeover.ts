import { isProperties, type Properties, type PropertyValue } from "../shared/values";
import { managedFieldsOf } from "./objects";

/**
 * Whose fields the plugin takes as its own before it applies: what people do with kubectl, and what the plugin's versions did
 * before server-side apply. fixCSAFieldManagers in
 * https://github.com/pulumi/pulumi-kubernetes/blob/0012b9d2d0417b46995cabe1edb9f659fbb65d7f/provider/pkg/await/await.go
 * Names are prefixes (`kubectl-edit`, `kubectl-annotate`, …).
 */
const TAKEN_OVER = [
  { name: "kubectl", operation: "Apply" },
  { name: "kubectl", operation: "Update" },
  { name: "before-first-apply", operation: "Update" },
  { name: "pulumi-kubernetes", operation: "Update" },
  { name: "pulumi-resource-kubernetes", operation: "Update" },
];

/**
 * The object's `managedFields` with those entries made ours; undefined if there are none. PatchReplaceFieldsManagers in
 * https://github.com/fluxcd/pkg/blob/5805f40e73014c516c731908da0af0f7be9b0cc9/ssa/patch.go
 */
export function takeOverFields(live: Properties, fieldManager: string): Properties[] | undefined {
  const entries = managedFieldsOf(live);
  const taken = entries.filter(isTakenOver);
  if (taken.length === 0) return undefined;
  const isOurs = (entry: Properties) => entry.manager === fieldManager && entry.operation === "Apply";
  const [first, ...others] = [...entries.filter(isOurs), ...taken];
  const fields = others.reduce<PropertyValue>(
    (merged, entry) => mergeFields(merged, entry.fieldsV1 ?? {}),
    first?.fieldsV1 ?? {},
  );
  const kept = entries.filter((entry) => !isOurs(entry) && !isTakenOver(entry));
  return [...kept, { ...first, manager: fieldManager, operation: "Apply", fieldsV1: fields }];
}

const isTakenOver = ({ manager, operation, subresource }: Properties): boolean =>
  subresource === undefined &&
  typeof manager === "string" &&
  TAKEN_OVER.some((taken) => manager.startsWith(taken.name) && operation === taken.operation);

/** The union of two sets of fields. */
function mergeFields(one: PropertyValue, other: PropertyValue): PropertyValue {
  if (!isProperties(one) || !isProperties(other)) return one;
  const merged = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const present = merged[key];
    merged[key] = present === undefined ? value : mergeFields(present, value);
  }
  return merged;
}
